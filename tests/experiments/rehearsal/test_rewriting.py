import json
import random

import pytest

from esc_skills.baselines.texts import FURTHER, bank_of, texts_of
from esc_skills.experiments.rehearsal.rewriting import advise, instruct, rewrite
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.programs.conduct.checker import check_skill
from esc_skills.signatures.skills import Bank

ROOM = "skill: make-room"
TURN = (
    "[1] seeker: I was up all night. | supporter (make-room): Cheer up! | emotion 40 -> 30 | "
    "They hoped that somebody would see the effort. It leaves them unseen."
)


def rewritten(name: str, bank: Bank, seed: int, world: WorldParameters) -> Bank:
    rollout = {"profile": "p", "group": "g", "replicate": 0, "turns": [TURN]}
    fields = {
        "name": name,
        "text": texts_of(bank)[name],
        "skills": json.dumps([s.model_dump(exclude={"provenance"}) for s in bank.skills]),
        "rollouts": json.dumps([rollout]),
    }
    text = rewrite(fields, random.Random(seed), world)["new_text"]
    return bank_of({**texts_of(bank), name: text}, bank)


@pytest.mark.parametrize("name", [ROOM, FURTHER])
def test_texts_are_unsafe_as_often_as_the_world_says(name, bank):
    found = [rewritten(name, bank, seed, WorldParameters(unsafe=0.2)) for seed in range(300)]
    unsafe = [b for b in found if any(check_skill(skill) for skill in b.skills)]
    assert 40 <= len(unsafe) <= 80


def test_further_skills_are_added_one_at_a_time_beside_those_that_are_there(bank):
    found = [rewritten(FURTHER, bank, seed, WorldParameters()) for seed in range(100)]
    assert {len(b.skills) for b in found} == {2, 3}
    assert all(b.skills[:2] == bank.skills for b in found)


def test_one_text_is_advised_on_and_the_others_are_left_alone(bank):
    names = [f"texts[{name!r}]" for name in texts_of(bank)]
    fields = {
        "module_names": json.dumps(names),
        "worse_program_trajectory": json.dumps([{"inputs": {"dialogue": f"x\n{TURN}\ny"}}]),
    }
    for seed in range(30):
        advice = advise(fields, random.Random(seed), WorldParameters())["module_advice"]
        assert set(advice) == set(names)
        assert sum(text != "Go on as before." for text in advice.values()) <= 1


def test_an_instruction_keeps_the_format_of_the_text_that_it_replaces(bank):
    fields = {"basic_instruction": texts_of(bank)[ROOM], "task_demos": f"Dialogue: {TURN}"}
    for seed in range(30):
        text = instruct(fields, random.Random(seed), WorldParameters())["proposed_instruction"]
        assert not text or text.startswith("When to use: ")
