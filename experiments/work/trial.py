"""Every stage played once with canned inputs, to see how a model's answers can be read."""

from collections.abc import Callable
from typing import Literal

import dspy

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.formats import AnswerFormat
from esc_skills.programs.models.ledger import metered
from esc_skills.programs.models.native_turns import chat_field
from esc_skills.programs.models.prompts import stages
from esc_skills.programs.models.readings import OUTCOMES, Outcome, StageReadings
from esc_skills.programs.models.role_lm import TIMEOUTS
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.models.roles import Models, Role
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Spend

from .canned_inputs import INPUTS
from .stage_uses import USES

Form = Literal["turns", AnswerFormat]
"""How an answer is asked for: as words in a conversation, or in one of the ways of `formats`."""


class StageTrial(Frozen):
    """How a model answered one stage."""

    stage: str
    role: Role
    model: str
    form: Form
    outcome: Outcome
    repairs: tuple[str, ...] = ()
    """The rules that put the form of the answer right."""
    dropped: int = 0
    """Members of lists that could not be used, while others could."""
    fault: str = ""
    """Why there is no answer that can be used."""
    spend: Spend

    @property
    def slow(self) -> bool:
        """Whether a call took more than half of the time that its role gives it by default."""
        return self.spend.seconds / max(1, self.spend.calls) > TIMEOUTS[self.role] / 2


def play_stages(
    models: Models, on_stage: Callable[..., None] = lambda: None
) -> tuple[StageTrial, ...]:
    """Ask each stage once with canned inputs; an answer that cannot be read is asked for again.

    One after the other, so that the seconds are those of a call and not of waiting in a queue.

    Args:
        models: Those of the roles.
        on_stage: Called as each stage is done.
    """
    own = models.with_ledger(models.ledger)  # it has readings of its own
    known = {stage.__name__: stage for stage in stages()}
    found: list[StageTrial] = []
    for name in USES:
        found.append(_play(own, known[name]))
        on_stage()
    return tuple(found)


def _play(models: Models, stage: type[dspy.Signature]) -> StageTrial:
    name, fault = stage.__name__, ""
    role = USES[name].role
    with models.active(), seed_scope(0, "trial"), metered() as meter:
        try:
            RolePredict(stage, role=role)(**INPUTS[name])
        except DialogueError as failure:
            fault = str(failure)
    reading = next((row for row in models.readings.rows if row.stage == name), None)
    return StageTrial(
        stage=name,
        role=role,
        model=models.configs[role].model,
        form="turns" if chat_field(stage) else models.lms[role].format,
        outcome=_outcome(reading),
        repairs=tuple(reading.repairs) if reading else (),
        dropped=reading.dropped if reading else 0,
        fault=fault,
        spend=meter.spend,
    )


def _outcome(reading: StageReadings | None) -> Outcome:
    """What became of the one question; one that could not be sent counts as failed."""
    if reading is None:
        return "failed"
    return next(outcome for outcome in OUTCOMES if reading.share(outcome))
