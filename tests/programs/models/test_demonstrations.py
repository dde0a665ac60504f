"""Worked examples: valid by the stages' own rules, shown to small models, off by one switch."""

import dspy
import pytest
from fakes import CountingEngine
from pydantic_core import to_jsonable_python

from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.adapter import ChatAdapter, StructuredAdapter
from esc_skills.programs.models.prompts import stages
from esc_skills.programs.models.roles import ROLES, ModelConfig, Models
from esc_skills.signatures.demonstrations import demonstrations
from esc_skills.signatures.edit_drafts import typed_edit
from esc_skills.signatures.edits import apply_edit
from esc_skills.signatures.skills import Bank, Skill

SHOWN = [stage for stage in stages() if demonstrations(stage.__name__)]


@pytest.mark.parametrize("adapter", [ChatAdapter(), StructuredAdapter()])
@pytest.mark.parametrize("stage", SHOWN, ids=lambda stage: stage.__name__)
def test_a_demonstration_answers_in_the_form_that_is_asked_for(
    stage: type[dspy.Signature], adapter: ChatAdapter | StructuredAdapter
) -> None:
    for demo in demonstrations(stage.__name__):
        assert set(demo) == set(stage.fields)
        _, answer = adapter.format_demos(stage, [demo])
        read = adapter.parse(stage, answer["content"])
        for name in stage.output_fields:
            assert to_jsonable_python(read[name]) == to_jsonable_python(demo[name])


def test_the_edits_of_a_demonstration_apply_to_its_bank() -> None:
    (demo,) = demonstrations("ProposeEdits")
    bank = Bank(skills=tuple(Skill(**draft.model_dump()) for draft in demo["skills"]))
    for draft in demo["edits"]:
        assert apply_edit(bank, typed_edit(draft, bank)) != bank


@pytest.mark.parametrize(("switch", "shown"), [(True, 2), (False, 1)])
def test_one_switch_turns_demonstrations_off(switch: bool, shown: int, bank: Bank) -> None:
    engine = CountingEngine()
    config = ModelConfig(model="rehearsal", demonstrations=switch)
    models = Models({role: config for role in ROLES}, engines={"rehearsal": engine})
    with models.active():
        BankEditor()(bank, limit=1)
    users = [message for message in engine.requests[0].messages if message.role == "user"]
    assert len(users) == shown
