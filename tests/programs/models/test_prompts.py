"""What every stage's model reads: as a reviewer saw it, reasons before numbers."""

import re

import pytest
from stage_inputs import GOLDEN, INPUTS, golden_texts

from esc_skills.programs.models.prompts import prompt_version, stages

GROUNDS = {
    "AnnotateExchange": ("evidence", "reaction"),
    "AppraiseReply": ("feeling", "change"),
    "CheckDraft": ("quote", "relation"),
    "CheckPersona": ("quote", "relation"),
    "CheckTurn": ("why", "met"),
    "DiagnoseRollouts": ("description", "kind"),
    "NameTraits": ("quote", "degree"),
    "PreferDialogue": ("why", "winner"),
    "ProposeEdits": ("reason", "kind"),
    "RateEmpathy": ("why", "score"),
    "RateRelationship": ("why", "score"),
    "RateSupport": ("why", "score"),
}


def test_every_stage_has_a_golden_prompt_that_a_reviewer_can_read() -> None:
    assert {stage.__name__ for stage in stages()} == set(INPUTS)
    assert {path.name for path in GOLDEN.iterdir()} == set(golden_texts())


@pytest.mark.parametrize(("name", "text"), golden_texts().items(), ids=list(golden_texts()))
def test_a_prompt_is_the_one_that_was_reviewed(name: str, text: str) -> None:
    kept = (GOLDEN / name).read_text(encoding="utf-8")
    assert text == kept, "read the new prompt, then write it: python tests/stage_inputs.py"


@pytest.mark.parametrize(("stage", "order"), GROUNDS.items(), ids=list(GROUNDS))
def test_the_ground_of_a_verdict_is_asked_for_before_it(stage: str, order: tuple[str, str]) -> None:
    ground, verdict = order
    keys = re.findall(r'^\s+"(\w+)": ', golden_texts()[f"{stage}.txt"], re.MULTILINE)
    assert keys.index(ground) < keys.index(verdict)


@pytest.mark.parametrize(
    ("stage", "ground", "verdict"),
    [("SelectSkill", "why", "skill"), ("ReviewSafety", "concern", "safe")],
)
def test_a_reason_is_a_field_before_the_decision(stage: str, ground: str, verdict: str) -> None:
    (signature,) = (s for s in stages() if s.__name__ == stage)
    assert list(signature.output_fields) == [ground, verdict]


def test_the_version_of_the_prompts_changes_with_any_of_them() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", prompt_version())
