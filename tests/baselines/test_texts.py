import pytest

from esc_skills.baselines.texts import FURTHER, POLICY, bank_of, changes, texts_of
from esc_skills.signatures.edits import apply_edit
from esc_skills.signatures.skills import Bank

ROOM = "skill: make-room"


def test_the_texts_of_a_bank_describe_that_bank(bank: Bank):
    assert bank_of(texts_of(bank), bank) == bank
    assert bank_of(texts_of(Bank()), Bank()) == Bank()


@pytest.mark.parametrize(
    ("text", "guidance"),
    [
        ("Just be there.", "Just be there."),
        ("Guidance: Sit with it.\n\nAnd wait.", "Sit with it.\n\nAnd wait."),
        ("**Guidance:** Sit with it.", "Sit with it."),
        ("## GUIDANCE: Sit with it.", "Sit with it."),
        ("Guidance: first\nGuidance: second", "second"),
        ("Guidance:", "Listen and let them talk; reflect back the feeling."),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_whatever_a_model_writes_is_read_as_far_as_it_can_be(text, guidance, bank):
    skill = bank_of({**texts_of(bank), ROOM: text}, bank).get("make-room")
    assert skill is not None
    assert skill.guidance == guidance
    assert skill.when_to_use == bank.skills[0].when_to_use


def test_an_emptied_skill_is_taken_out_and_an_emptied_policy_stays(bank):
    found = bank_of({**texts_of(bank), ROOM: " \n", POLICY: ""}, bank)
    assert found.names == ("see-the-effort",)
    assert found.policy == bank.policy


def test_further_skills_need_a_free_name_a_time_and_guidance(bank):
    text = (
        "Some remarks.\n## Both sides!\nWhen to use: late\nGuidance: Weigh it.\n"
        "## make-room\nWhen to use: w\nGuidance: g\n## no-guidance\nWhen to use: w\n"
    )
    found = bank_of({**texts_of(bank), FURTHER: text}, bank)
    assert found.names == ("make-room", "see-the-effort", "both-sides")


def test_changes_lead_from_one_bank_to_the_other(bank):
    texts = texts_of(bank)
    new = bank_of(
        {
            **texts,
            ROOM: "Risks: It drags on.\nGuidance: Sit with it.",
            "skill: see-the-effort": "",
            POLICY: "Choose rarely.",
            FURTHER: "## both-sides\nWhen to use: late\nGuidance: Weigh it.",
        },
        bank,
    )
    reached = bank
    for edit in changes(bank, new):
        reached = apply_edit(reached, edit)
    assert reached.identity == new.identity
    assert changes(bank, bank) == ()
