"""An analyst that copies what it reads brings nothing private into a supporter's prompt or bank."""

import re

import pytest
from dspy.lm15 import Request, Response
from fakes import CountingEngine, text_response

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.events import Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.conduct.privacy import RULE
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent

SMALL = EvolutionSettings(
    generations=2, patience=20, edits_first=4, train_rollouts=6, rule=ChallengeRule(max_pairs=8),
    look_every=4, test_replicates=1, policy_trials=0,
)  # fmt: skip
CANARY = re.compile(r"CANARY[a-z]+")


def asked(request: Request) -> str:
    return f"{request.system}\n" + "\n".join(m.text or "" for m in request.messages)


class Copying(CountingEngine):
    """The rehearsal, whose seekers feel canaries, and whose analysts copy each one they read."""

    def complete(self, request: Request) -> Response:
        text, prompt = super().complete(request).message.text or "", asked(request)
        if "reply" in prompt and '"feeling"' in text:
            text = re.sub(r'("(?:feeling|inner_activity)": *")', r"\1CANARYfelt ", text)
        elif seen := " ".join(sorted(set(CANARY.findall(prompt)))):
            text = re.sub(r'("(?:guidance|when_to_use|text|remedy)": *")', rf"\1({seen}) ", text)
        return text_response(request, text)


def searched(name: str, profiles, bank) -> tuple[Result, list[str]]:
    """The result, and every prompt of the supporter."""
    profiles = [
        one.model_copy(update={"persona": f"{one.persona} CANARYpersona"}) for one in profiles
    ]
    engine = Copying()
    models = Models(engines={"rehearsal": engine}, ledger=Ledger(Budget(calls=1_000)))
    optimizer = SkillEvolution(Runner(models, threads=2), SMALL, strategy=OPTIMIZERS[name]())
    optimizer.compile(SupportAgent(bank), trainset=profiles[:6], valset=profiles[6:11])
    assert optimizer.result is not None
    prompts = [asked(request) for request in engine.requests]
    marks = ("You are a supporter:", "Choose the support skill")
    return optimizer.result, [p for p in prompts if any(mark in p for mark in marks)]


@pytest.mark.parametrize("name", ["evolution", "skillopt-rule"])
def test_no_private_text_reaches_a_prompt_of_the_supporter(name: str, profiles, bank):
    result, prompts = searched(name, profiles, bank)
    assert len(prompts) > 100
    assert not [prompt for prompt in prompts if CANARY.search(prompt)]
    assert not CANARY.search(result.final.model_dump_json())
    assert result.refused[RULE] > 0  # the analyst did copy
