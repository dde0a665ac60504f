import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    EditError,
    MergeSkills,
    RemoveSkill,
    RewriteField,
    SetPolicy,
    SplitSkill,
    apply_edit,
    describe,
)
from esc_skills.signatures.skills import Bank, PolicyParameters, Provenance, Skill, SkillDraft

NAMES = ("alpha", "beta", "gamma")


def skill(name: str, guidance: str = "Listen.") -> Skill:
    provenance = Provenance(origin="mined", good=3, bad=1, units=(f"{name}:1",))
    return Skill(name=name, when_to_use="Always.", guidance=guidance, provenance=provenance)


def draft(name: str) -> SkillDraft:
    return SkillDraft(name=name, when_to_use="Now and then.", guidance="Ask a question.")


BANK = Bank(skills=tuple(skill(name) for name in NAMES))

edits = st.one_of(
    st.sampled_from(NAMES).map(lambda name: RemoveSkill(name=name)),
    st.sampled_from(["delta", "alpha"]).map(lambda name: AddSkill(skill=draft(name))),
    st.sampled_from(NAMES).map(lambda n: RewriteField(name=n, field="guidance", text="Wait.")),
    st.just(MergeSkills(names=("alpha", "beta"), skill=draft("both"))),
    st.just(SplitSkill(name="gamma", skills=(draft("one"), draft("two")))),
    st.integers(1, 6).map(lambda k: SetPolicy(parameters=PolicyParameters(context_turns=k))),
)


@given(st.lists(edits, max_size=6))
def test_any_sequence_of_edits_leaves_a_valid_bank_and_the_old_one_untouched(steps: list[Edit]):
    bank = BANK
    before = BANK.model_dump_json()
    for edit in steps:
        try:
            bank = apply_edit(bank, edit)
        except EditError:
            continue
        assert len(set(bank.names)) == len(bank.names)
    assert BANK.model_dump_json() == before


@given(edits)
def test_an_edit_survives_json(edit: Edit):
    adapter = TypeAdapter(Edit)
    assert adapter.validate_json(adapter.dump_json(edit)) == edit


def test_a_merged_skill_inherits_the_evidence_of_its_parents():
    merged = apply_edit(BANK, MergeSkills(names=("alpha", "beta"), skill=draft("both")))
    origin = merged.skills[0].provenance
    assert merged.names == ("both", "gamma")
    assert (origin.good, origin.bad, origin.parents) == (6, 2, ("alpha", "beta"))


def test_an_edit_of_a_skill_that_is_not_there_says_which_are():
    with pytest.raises(EditError, match="names skill 'omega', but the bank has alpha, beta, gamma"):
        apply_edit(BANK, RemoveSkill(name="omega"))


def test_an_edit_that_changes_nothing_is_refused():
    with pytest.raises(EditError, match="leaves it as it is"):
        apply_edit(BANK, RewriteField(name="alpha", field="guidance", text="Listen."))


def test_the_identity_of_a_bank_ignores_provenance_and_nothing_else():
    bare = Bank(
        skills=tuple(s.model_copy(update={"provenance": Provenance()}) for s in BANK.skills)
    )
    assert bare.identity == BANK.identity
    assert apply_edit(BANK, RemoveSkill(name="beta")).identity != BANK.identity


def test_a_repeated_skill_name_is_named():
    with pytest.raises(ValidationError, match="skill names must be unique, but alpha repeats"):
        Bank(skills=(skill("alpha"), skill("alpha")))


@pytest.mark.parametrize("name", ["a" * 10_000, "Has Spaces", "", "-dash"])
def test_a_skill_name_is_short_lower_case_words_joined_by_hyphens(name: str):
    with pytest.raises(ValidationError):
        skill(name)


def test_every_edit_describes_itself():
    assert describe(AddSkill(skill=draft("delta"))) == "add delta"
    assert describe(RemoveSkill(name="beta")) == "remove beta"
