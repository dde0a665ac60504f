"""Error rates and power of the search as it ships, by edits whose true effects are known.

Each search is given its edits once and then spends its budget on deciding; what counts is the bank
that it returns. The dialogues are simulated (`simulated`), everything that decides is real.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from rich.table import Table
from scipy.stats import binomtest

from esc_skills.optimizers.proposing import train_pairs
from esc_skills.optimizers.search import Search
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import SearchTask, open_task
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Processes
from esc_skills.signatures.edits import Edit, RewriteField, apply_edit
from esc_skills.signatures.skills import Bank, Skill

from ..show.tables import table_of
from .simulated import (
    EVERYBODY,
    GROUPS,
    NOBODY,
    Effect,
    Effects,
    SimulatedRunner,
    seekers,
    true_score,
)

CALLS, SEARCHES = 8_000, 200
VALIDATION, TRAIN = 16, 16
SETTINGS = EvolutionSettings(
    generations=10_000, policy_trials=0, watch=None, without=("first bank",)
)
"""The default dials; a search ends with its budget, or when nothing is left to try. No judge looks,
since nothing is said in these dialogues."""
COLUMNS = ("edit", "true gain", "accepted", "95% interval", "mean calls")


class Case(NamedTuple):
    """Edits of known effect, and the one that is watched."""

    name: str
    bank: Bank
    edits: tuple[Edit, ...]
    """All that are tried together."""
    watched: tuple[int, ...]
    """Places of those whose acceptance is counted."""
    effects: Effects
    settings: EvolutionSettings = SETTINGS
    any: bool = False
    """Whether a search counts once, however many of them it keeps."""


def _bank(*skills: tuple[str, str, str]) -> Bank:
    """A bank of skills, each a name, when to use it and guidance."""
    return Bank(
        skills=tuple(
            Skill(name=name, when_to_use=when, guidance=text) for name, when, text in skills
        )
    )


def _reworded(name: str, text: str = "new") -> Edit:
    return RewriteField(name=name, field="guidance", text=text, reason="a case")


ONE = _bank(("talk", EVERYBODY, "old"))
EACH = _bank(*((f"talk-{n}", f"for group {n}", f"old {n}") for n in range(GROUPS)))
PAIR = _bank(("harm", EVERYBODY, "harmful"), ("stand-in", EVERYBODY, "old"))
EIGHT = tuple(_reworded(f"talk-{n}", f"new {n}") for n in range(GROUPS))
RUN_RATE = SETTINGS.model_copy(update={"false_discovery_rate": 0.2})
NARROWED = RewriteField(name="harm", field="when_to_use", text=NOBODY, reason="a case")
HARMFUL = {"harmful": Effect(-0.7)}


def _alone(name: str, effect: Effect) -> Case:
    return Case(name, ONE, (_reworded("talk"),), (0,), {"new": effect})


NULLS = Case("no effect, eight together", EACH, EIGHT, tuple(range(GROUPS)), {})
RARE = Case("helps one in eight: +40", EACH, (_reworded("talk-0"),), (0,), {"new": Effect(1.0)})

CASES = (
    _alone("no effect", Effect()),
    NULLS,
    NULLS._replace(name="any of these eight", any=True),
    NULLS._replace(name="any, false discovery rate 0.2", any=True, settings=RUN_RATE),
    _alone("0 on average, + or - by dialogue", Effect(-1.15, swing=2.0, by="dialogue")),
    _alone("0 on average, + or - by seeker", Effect(-1.40, swing=2.0, by="seeker")),
    _alone("helps at once, harms later: -7", Effect(1.0, later=-0.90)),
    _alone("helps at once, harms later: -14", Effect(1.0, later=-1.09)),
    _alone("helps at once, harms later: -20", Effect(1.0, later=-1.29)),
    _alone("harms everybody: -20", Effect(-0.77)),
    _alone("helps everybody: +20", Effect(0.55)),
    RARE,
    RARE._replace(name="the same, false discovery rate 0.2", settings=RUN_RATE),
    Case("another skill for a bad one, alone", PAIR, (NARROWED,), (0,), HARMFUL),
    Case(
        "the same beside a rewording",
        PAIR,
        (NARROWED, _reworded("stand-in")),
        (0,),
        HARMFUL,
    ),
    Case(
        "the rewording beside it",
        PAIR,
        (NARROWED, _reworded("stand-in")),
        (1,),
        HARMFUL,
    ),
)


class Outcome(NamedTuple):
    """How a search ended."""

    kept: int
    """Watched edits that are in its final bank."""
    calls: int


def guarantees(searches: int = SEARCHES, calls: int = CALLS, processes: int = 2) -> Table:
    """How often edits of known effect are in the bank that a search returns.

    Args:
        searches: Searches of each case.
        calls: Budget of each.
        processes: Searches at once; the table does not depend on it.
    """
    with Processes(processes) as work:
        rows = [_cells(case, searches, calls, work.map) for case in CASES]
    return table_of(
        f"Edits of known effect, {calls:,} calls, {searches} searches each", COLUMNS, rows
    )


def _cells(
    case: Case, searches: int, calls: int, each: Callable[..., Iterable[Outcome]]
) -> tuple[str, ...]:
    found = list(each(partial(searched, case, calls), range(searches)))
    tried = searches if case.any else searches * len(case.watched)
    kept = sum(min(outcome.kept, 1) if case.any else outcome.kept for outcome in found)
    bounds = binomtest(kept, tried).proportion_ci(method="wilson")
    spent = sum(outcome.calls for outcome in found) / searches
    return (
        case.name,
        f"{true_gain(case):+.1f}",
        f"{kept / tried:.1%}",
        f"{bounds.low:.1%} to {bounds.high:.1%}",
        f"{spent:,.0f}",
    )


def true_gain(case: Case) -> float:
    """What the watched edits gain alone, in points."""
    after = case.bank
    for place in case.watched:
        after = apply_edit(after, case.edits[place])
    return true_score(after, case.effects) - true_score(case.bank, case.effects)


def searched(case: Case, calls: int, seed: int) -> Outcome:
    """How a search ends that is given the edits of a case."""
    task = search_for(case, calls, seed)
    kept = sum(_holds(task.bank, case, place) for place in case.watched)
    return Outcome(kept, task.runner.ledger.spend.calls)


def search_for(case: Case, calls: int, seed: int) -> SearchTask:
    """The search itself, when it has ended."""
    runner = SimulatedRunner(case.effects, calls, seed)
    people = seekers(VALIDATION + TRAIN)
    agent = SupportAgent(case.bank)
    task = open_task(agent, people[VALIDATION:], people[:VALIDATION], runner, case.settings)
    try:
        Search(partial(_proposed, case.edits)).run(task)
    except BudgetExhausted:
        pass
    runner.close()
    return task


def _proposed(edits: Sequence[Edit], task: SearchTask, fruitless: int) -> tuple[Edit, ...]:
    """The edits in the first generation, later none; dialogues are read as in any search."""
    now, settings = task.record.generation, task.settings
    pairs = train_pairs(task.train, settings.train_rollouts, now, task.runner.seed)
    task.runner.play(task.incumbent, pairs)
    return tuple(edits) if now == 0 else ()


def _holds(bank: Bank, case: Case, place: int) -> bool:
    """Whether a bank holds the edit."""
    edit = case.edits[place]
    assert isinstance(edit, RewriteField)
    skill = bank.get(edit.name)
    return skill is not None and getattr(skill, edit.field) == edit.text
