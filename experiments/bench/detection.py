"""Cost of detecting a small true gain: turn-level trials against pairs of whole dialogues.

Two edits of about the same true gain in the default world. One is spread: every seeker gains a
little. The other is concentrated: one seeker in eight gains much, the others nothing. Beside each
stands the bound: what a test on the same replies would cost that knew in advance what they show.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from rich.table import Table
from scipy.stats import norm

from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence
from esc_skills.optimizers.candidates import Candidate
from esc_skills.optimizers.challenge import PairSequence
from esc_skills.optimizers.incumbent import Incumbent
from esc_skills.optimizers.turn_trial import TurnTrial
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Processes
from esc_skills.signatures.edits import AddSkill
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank, Skill

from ..rehearsal.world import WorldParameters
from ..show.tables import table_of
from .rehearsal_worlds import RehearsalWorld

GAIN, POWER, ERROR = 5.0, 0.8, 0.05
WHOLE_PAIRS, CALLS_PER_DIALOGUE = 590, 24
"""Pairs of whole dialogues that see a gain of 5 points at this power and error where their paired
difference has SAGE's published standard deviation of 43 points, and calls of a dialogue."""
PRICE = 2 * WHOLE_PAIRS * CALLS_PER_DIALOGUE
MOST = PRICE // 5
"""Calls after which a trial is given up; more expensive trials need no exact cost."""
RUNS = 40
RULE = ChallengeRule(error_rate=ERROR, smallest_gain=0.0, max_pairs=800)
"""Evidence or futility ends a trial; a trial with 800 replies will not pass."""
LOOK_EVERY = 2
"""Moments with each seeker between two looks at the evidence."""
BISECTIONS = 5


class Edit(NamedTuple):
    """An edit whose true gain is known."""

    world: WorldParameters
    before: Bank
    skill: Skill
    """What is added to it."""
    gain: float
    """True gain over the population of seekers, in points."""

    @property
    def after(self) -> Bank:
        """The bank with the skill."""
        return Bank(skills=(*self.before.skills, self.skill))


class Tried(NamedTuple):
    """How a trial of an edit ended."""

    passed: bool
    calls: int
    evidence: PairedEvidence
    """Of the replies that differed."""


def detection(runs: int = RUNS, processes: int = 2) -> Table:
    """Calls within which four trials in five have passed an edit that gains some five points."""
    rows: list[tuple[str, ...]] = []
    with Processes(processes) as work:
        for name, edit in (("spread", spread()), ("concentrated", concentrated())):
            tried = list(work.map(partial(trial, edit), range(runs)))
            passed = sum(one.passed for one in tried) / runs
            spent = (_price(calls) for calls in (calls_for_power(tried), calls_at_best(tried)))
            rows.append((name, f"{edit.gain:+.1f}", f"{passed:.0%}", *spent))
    title = f"Calls to detect a gain (power {POWER}, error {ERROR}), {runs} trials each"
    table = table_of(title, ("gain", "true points", "passed", "calls", "at best"), rows)
    table.caption = (
        f"In percent: of the {PRICE:,} calls of {WHOLE_PAIRS} pairs of whole dialogues. At best: "
        "a test of fixed size on the same replies, by somebody who knows their mean and spread."
    )
    return table


def _price(calls: float) -> str:
    return f"{calls:,.0f} ({calls / PRICE:.1%})" if math.isfinite(calls) else f"over {MOST:,}"


def calls_for_power(tried: Sequence[Tried]) -> float:
    """Calls within which the share `POWER` of trials has passed; infinite where fewer ever do."""
    needed = math.ceil(POWER * len(tried))
    spent = sorted(one.calls if one.passed else math.inf for one in tried)
    return spent[needed - 1]


def calls_at_best(tried: Sequence[Tried]) -> float:
    """Calls of a one-sided z-test of fixed size with that power and error on such replies.

    Mean and spread of a reply are read off all trials together: a trial ends when it looks good,
    but by Wald's identity the sum of all their replies over the number of them does not lean.
    Infinite where they gain nothing. At least one trial must have seen two replies that differ.
    """
    told = [one.evidence for one in tried if one.evidence.n > 1]
    n = np.array([evidence.n for evidence in told])
    means = np.array([evidence.mean for evidence in told])
    variances = n * np.array([evidence.standard_error for evidence in told]) ** 2
    mean = float(np.average(means, weights=n))
    variance = float(np.average(variances + (means - mean) ** 2, weights=n))
    if mean <= 0:
        return math.inf
    replies = float(norm.ppf(POWER) + norm.ppf(1 - ERROR)) ** 2 * variance / mean**2
    return replies * sum(one.calls for one in tried) / float(n.sum())


def trial(edit: Edit, seed: int) -> Tried:
    """Read on until the evidence passes the edit or gives it up, or the budget ends."""
    world = RehearsalWorld(edit.world)
    models = Models(ledger=Ledger(Budget(calls=MOST)), engines={"rehearsal": world.engine()})
    runner = Runner(models, seed=seed, threads=1)
    agent = SupportAgent(edit.before)
    profiles = world.profiles()
    incumbent = Incumbent(agent, runner, PairSequence(profiles, seed, 0), profiles)
    adding = AddSkill(skill=edit.skill, reason="to see whether its gain is seen")
    candidate = Candidate(adding, edit.before, edit.after, RULE, Spend())
    looked = TurnTrial(runner, incumbent, [candidate])
    while candidate.status == "undecided" and not looked.ended:
        looked.read(LOOK_EVERY)
    runner.close()
    return Tried(candidate.status == "pass", runner.ledger.spend.calls, candidate.evidence)


def concentrated() -> Edit:
    """A skill for the need of one group in eight, beside one to hear people out."""
    world = RehearsalWorld()
    opening, *later = world.best_bank().skills
    before = Bank(skills=(opening,))
    first = world.population_truth(before)
    edits = [
        Edit(
            world.parameters,
            before,
            skill,
            world.population_truth(Bank(skills=(opening, skill))) - first,
        )
        for skill in later
    ]
    return min(edits, key=lambda edit: abs(edit.gain - GAIN))


def spread() -> Edit:
    """A skill to hear people out, which the supporter carries out just reliably enough."""
    opening = RehearsalWorld().best_bank().skills[0]
    low, high = 0.0, 1.0
    edits: list[Edit] = []
    for _ in range(BISECTIONS):
        world = RehearsalWorld(WorldParameters(reliability=(low + high) / 2))
        before, after = Bank(), Bank(skills=(opening,))
        gain = world.population_truth(after) - world.population_truth(before)
        edits.append(Edit(world.parameters, before, opening, gain))
        low, high = (
            (low, world.parameters.reliability)
            if gain > GAIN
            else (world.parameters.reliability, high)
        )
    return min(edits, key=lambda edit: abs(edit.gain - GAIN))
