"""One optimizer in one world with one budget and one seed, and what it truly achieved."""

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.events import Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

from ..files.profiles import Split, split_profiles
from .ablations import ablation
from .starts import first_bank
from .worlds import WORLDS, World

TEST_REPLICATES = 4
SETTINGS = EvolutionSettings(
    generations=10_000,
    patience=10_000,
    policy_trials=0,
    test_replicates=TEST_REPLICATES,
    test_no_bank=False,  # the true level of no bank is known without a rollout
)
"""The default dials; the budget alone ends a contest."""
WORSE = 2.0
"""True points by which a group of seekers must lose to count as made worse."""
NOTHING = 1.0
"""True points within which an edit counts as useless."""


class Entry(Frozen):
    """Who competes where."""

    world: str
    optimizer: str
    calls: int
    """Budget in model calls, without the sealed test."""
    seed: int
    missing: str = ""
    """The part that ESC-Skills runs without (`ablations`); empty for all parts."""
    second_judge: str | None = None
    """A judge by whom a bank that ESC-Skills accepts must be better, too."""
    start: str = "drafts"
    """The first bank: one of `starts.STARTS`, or the path of one."""

    @property
    def cell(self) -> tuple[str, int]:
        """Where it is compared with others: place and budget."""
        return self.place, self.calls

    @property
    def place(self) -> str:
        """World and start, as tables name them."""
        return self.world if self.start == "drafts" else f"{self.world} from {self.start}"

    @property
    def name(self) -> str:
        """Who it is in tables."""
        if self.missing:
            return f"without {self.missing}"
        return f"{self.optimizer}, second judge" if self.second_judge else self.optimizer


class Step(Frozen):
    """An accepted edit."""

    calls: int
    """Spent in the whole search when it was accepted."""
    rollouts: int
    score: float
    """True score of the new bank on the test seekers."""
    gain: float
    """How much of it the edit brought."""


class Score(Frozen):
    """How a contest ended."""

    entry: Entry
    first: float
    """True score of the first bank on the test seekers, 0..100."""
    no_bank: float | None = None
    """The same of no bank; None in contests that were kept before it was recorded."""
    final: float
    """The same of the final bank."""
    attainable: float
    """The same of the world's best bank."""
    steps: tuple[Step, ...]
    calls: int
    rollouts: int
    seconds: float
    reported: Interval | None
    """The gain that the sealed test reported."""
    population_gain: float
    """True gain, in points, over all seekers like those of the test, of whom they are a sample:
    what the reported interval speaks about, since it takes test seekers for drawn at random."""
    groups_worse: int
    """Groups of test seekers that truly lost more than two points."""
    groups: int
    alarms: tuple[str, ...] | None = None
    """Kinds of the alarms that the sealed test raised; None where nobody watched."""

    @property
    def gain(self) -> float:
        """True gain on the test seekers, in points."""
        return self.final - self.first

    def reach(self, share: float) -> Step | None:
        """The step at which that share of the attainable gain was reached for good; else None."""
        wanted = self.first + share * (self.attainable - self.first)
        reached = None
        for step in reversed(self.steps):
            if step.score < wanted:
                break
            reached = step
        return reached


class Match(NamedTuple):
    """A contest as it was held."""

    world: World
    split: Split
    result: Result
    seconds: float


def compete(entry: Entry) -> Score:
    """Hold one contest and say what was truly achieved.

    Raises:
        UserError: There is no such world.
    """
    return _score(entry, *run_match(entry))


def run_match(entry: Entry) -> Match:
    """Let an optimizer search in a world.

    Raises:
        UserError: There is no such world.
    """
    world = WORLDS[entry.world]()
    split = split_profiles(
        world.profiles(), train=1 / 3, validation=1 / 3, test=1 / 3, seed=entry.seed
    )
    ledger = Ledger(Budget(calls=entry.calls))
    models = Models(ledger=ledger, engines={"rehearsal": world.engine()})
    rules = ablation(entry.missing)
    runner = Runner(models, seed=entry.seed, threads=1, noise=rules.noise)
    strategy = rules.strategy if entry.missing else OPTIMIZERS[entry.optimizer]
    settings = rules.applied_to(SETTINGS).model_copy(update={"second_judge": entry.second_judge})
    optimizer = SkillEvolution(runner, settings, strategy=strategy())
    started = time.perf_counter()
    optimizer.compile(
        SupportAgent(first_bank(entry.world, entry.start)),
        trainset=split.train,
        valset=split.validation,
    )
    ledger.budget = Budget()
    result = optimizer.tested(split.test)
    seconds = time.perf_counter() - started
    runner.close()
    return Match(world, split, result, seconds)


def truth_for(world: World, bank: Bank, profiles: Sequence[Profile]) -> float:
    """Mean true score of a bank with some seekers, 0..100."""
    return sum(world.truth(bank, profile) for profile in profiles) / len(profiles)


def _score(entry: Entry, world: World, split: Split, result: Result, seconds: float) -> Score:
    test = split.test

    def truth(bank: Bank) -> float:
        return truth_for(world, bank, test)

    first = before = truth(result.first)
    steps: list[Step] = []
    for decision in result.decisions:
        if decision.accepted:
            score = truth(decision.bank)
            spend = decision.spend
            step = Step(
                calls=spend.calls, rollouts=spend.rollouts, score=score, gain=score - before
            )
            steps.append(step)
            before = score
    lost: defaultdict[str, list[float]] = defaultdict(list)
    for profile in test:
        change = world.truth(result.final, profile) - world.truth(result.first, profile)
        lost[profile.group].append(change)
    worse = sum(sum(changes) / len(changes) < -WORSE for changes in lost.values())
    return Score(
        entry=entry,
        first=first,
        no_bank=truth(Bank()),
        final=truth(result.final),
        attainable=truth(world.best_bank()),
        steps=tuple(steps),
        calls=result.spend.calls,
        rollouts=result.spend.rollouts,
        seconds=seconds,
        reported=result.test.gain if result.test else None,
        population_gain=world.population_truth(result.final) - world.population_truth(result.first),
        groups_worse=worse,
        groups=len(lost),
        alarms=tuple(alarm.kind for alarm in result.watch.alarms) if result.watch else None,
    )
