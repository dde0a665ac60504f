"""Whether a model is fit to be a simulator: it tells replies apart, and honours seeds."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Literal

from esc_skills.programs.models.failures import DialogueError, boundary
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.seeker import Seeker
from esc_skills.programs.work import Inline
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import EMOTION_START

from .reply_pairs import REPLY_PAIRS, ReplyPair

Seeds = Literal["honoured", "not honoured", "no variation", "not sent"]
"""Of three answers, two with one seed and one with another: the same two are equal; they differ;
all three are equal; or no seed is sent."""
ENOUGH = 8
"""Pairs of ten that an appraiser must tell apart; by chance, 8 or more happen in 5 of 100 tries."""


class SimulatorCheck(Frozen):
    """How the model of the seeker did."""

    model: str
    pairs: int
    """Pairs of an empathic and a dismissive reply of which both could be appraised."""
    told_apart: int
    """Those in which the empathic reply was received better."""
    difference: float
    """Mean difference of the changes of emotion, in points; 0 without a pair."""
    seeds: Seeds

    @property
    def meaning(self) -> str:
        """What that means for a run, in sentences."""
        if self.told_apart >= ENOUGH:
            sees = "The seeker tells an empathic from a dismissive reply."
        else:
            sees = (
                "The seeker does not tell an empathic from a dismissive reply, so its score would "
                "be noise; give another model: --model seeker=PROVIDER/NAME."
            )
        if self.seeds == "not honoured":
            return (
                f"{sees} Repeated calls differ; the run's journal keeps its answers all the same."
            )
        if self.seeds == "no variation":
            return f"{sees} Another seed changes nothing, so that replicates repeat each other."
        return sees


def check_simulator(models: Models, on_pair: Callable[..., None] = lambda: None) -> SimulatorCheck:
    """Appraise ten pairs of replies and ask one thing three times; some 23 calls.

    Args:
        models: The seeker's is checked.
        on_pair: Called as each pair is done.
    """
    runner = Runner(models, work=Inline())
    found: list[float | None] = []
    for pair in REPLY_PAIRS:
        found.append(_difference(runner, pair))
        on_pair()
    differences = [difference for difference in found if difference is not None]
    return SimulatorCheck(
        model=models.configs["seeker"].model,
        pairs=len(differences),
        told_apart=sum(difference > 0 for difference in differences),
        difference=sum(differences) / len(differences) if differences else 0.0,
        seeds=_seeds(models),
    )


def _difference(runner: Runner, pair: ReplyPair) -> float | None:
    """How much better the empathic reply was received; None where one could not be appraised."""
    profile = Profile(
        id="check",
        group="check",
        character="plain",
        topic="check",
        persona=pair.persona,
        scene=pair.scene,
        hidden_intention=pair.hidden_intention,
        opening=pair.line,
    )
    history = [Turn(speaker="seeker", text=pair.line)]

    def change(reply: str) -> int:
        feel = partial(Seeker().feel, profile, history, EMOTION_START, reply)
        return runner.consult(feel, "check", pair.line).change

    with suppress(DialogueError):
        return change(pair.empathic) - change(pair.dismissive)
    return None


def _seeds(models: Models) -> Seeds:
    lm = models.lms["seeker"]
    if not lm.config.seeded or any("refuses seed" in clause for clause in models.learnt):
        return "not sent"

    def said(seed: int) -> str:
        with models.active(), boundary("doctor"), seed_scope(seed, "doctor"):
            return str(lm("Write one sentence about something that made you glad today."))

    first, again, other = said(1), said(1), said(2)
    if first != again:
        return "not honoured"
    return "no variation" if other == first else "honoured"
