"""Every optimizer in every world, with every budget and seed: many contests, none played twice."""

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.judges.panel import supporter_judge
from esc_skills.programs.work import Work
from esc_skills.signatures.frozen import Frozen, content_hash

from ..errors import UserError, first_problem
from ..files.journals import open_journal
from .ablations import ABLATIONS
from .match import Entry, Score, compete
from .starts import check_start
from .suites import SUITES, Suite
from .summary import OURS
from .worlds import WORLDS

VERSION = 3
"""Of the files that `--keep` writes."""
CONTESTS = 5
"""Raised when every contest would end differently, so that stored ones are not reused."""
SECONDS_A_CALL, TEST_CALLS = 0.0025, 1_500
"""Of one process, and calls of a sealed test, before any contest has shown them."""
SEARCH = 6
"""Raised when only our own would, so that those of the peers are."""


class Plan(Frozen):
    """Which contests there are."""

    worlds: tuple[str, ...] = ("default",)
    optimizers: tuple[str, ...] = tuple(OPTIMIZERS)
    budgets: tuple[Annotated[int, Field(ge=1_000)], ...] = (4_000, 8_000, 16_000)
    """Model calls of a search, the sealed test not counted."""
    seeds: int = 10
    missing: tuple[str, ...] = ("",)
    """Parts that ESC-Skills runs without, one per contest; the empty name is the full search."""
    second_judge: str | None = None
    """The second judge of ESC-Skills in additional contests."""
    starts: tuple[str, ...] = ("drafts",)
    """First banks: `starts.STARTS`, or paths."""

    @property
    def command(self) -> str:
        """The command line that holds exactly these contests."""
        suite = next((name for name, worlds in SUITES.items() if worlds == self.worlds), None)
        options = [f"--world {world}" for world in self.worlds] if not suite else []
        if suite:
            options.append(f"--suite {suite}")
        options += [f"--budget {calls}" for calls in self.budgets]
        if self.missing == Plan.model_fields["missing"].default:
            options += [f"--optimizer {name}" for name in self.optimizers]
        else:
            options.append("--ablate")
        if self.second_judge:
            options.append(f"--second-judge {self.second_judge}")
        if self.starts != Plan.model_fields["starts"].default:
            options += [f"--start {start}" for start in self.starts]
        return " ".join(["esc-skills bench optimizers", *options, f"--seeds {self.seeds}"])

    @property
    def entries(self) -> list[Entry]:
        """All of them, those of one seed together, so that a plan cut short is still balanced."""
        grid = product(
            range(self.seeds), self.worlds, self.starts, self.budgets, self.optimizers, self.missing
        )
        entries: list[Entry] = []
        for seed, world, start, calls, optimizer, missing in grid:
            entry = Entry(
                world=world,
                optimizer=optimizer,
                calls=calls,
                seed=seed,
                missing=missing,
                start=start,
            )
            entries.append(entry)
            if self.second_judge and entry.name == OURS:
                entries.append(entry.model_copy(update={"second_judge": self.second_judge}))
        return entries


QUICK = Plan(optimizers=("none", "evolution", "gepa", "miprov2"), budgets=(3_000,), seeds=2)
"""A first impression in under three minutes."""


def plan_of(
    worlds: Sequence[str] | None,
    optimizers: Sequence[str] | None,
    budgets: Sequence[int] | None,
    seeds: int,
    *,
    quick: bool,
    ablate: bool = False,
    second_judge: str | None = None,
    starts: Sequence[str] = (),
    suite: Suite | None = None,
) -> Plan:
    """A plan from what a user asks for; what is None is as usual.

    Raises:
        UserError: A budget is not positive, a start is no file, or --ablate and other optimizers,
            or --suite and worlds are combined.
        PluginError: An optimizer, a judge or a world does not exist or cannot be used.
    """
    if ablate and optimizers:
        raise UserError("--ablate and --optimizer exclude each other: ablations are of ESC-Skills.")
    if suite and worlds:
        raise UserError("--suite and --world exclude each other: a suite names its worlds.")
    worlds = SUITES[suite] if suite else worlds
    for start in starts:
        check_start(start)
    for name in worlds or ():
        WORLDS[name]()
    asked = {
        "worlds": tuple(worlds) if worlds else None,
        "optimizers": tuple(optimizers) if optimizers else None,
        "budgets": tuple(budgets) if budgets else None,
        "seeds": None if quick else seeds,
        "second_judge": second_judge,
        "starts": tuple(starts) if starts else None,
    }
    if ablate:
        asked |= {"optimizers": (OURS,), "missing": ("", *ABLATIONS)}
    usual = QUICK if quick else Plan()
    given = {name: value for name, value in asked.items() if value is not None}
    try:
        plan = Plan.model_validate({**usual.model_dump(), **given})
    except ValidationError as error:
        raise UserError(f"the contest cannot be held: {first_problem(error)}.") from error
    for name in plan.optimizers:
        OPTIMIZERS.check(name)
    if plan.second_judge:
        supporter_judge(plan.second_judge)
    return plan


def forecast(plan: Plan, results: Path, processes: int) -> str:
    """How much there is to play, and about how long it takes, as a sentence.

    The time is that of the contests that the file holds already, by model call; without any, that
    of a machine of 2025.
    """
    journal = open_journal(results)
    known = [Score.model_validate(record) for record in journal.values()]
    calls = sum(score.calls for score in known)
    pace = sum(score.seconds for score in known) / calls if calls else SECONDS_A_CALL
    waiting = [entry for entry in plan.entries if journal.get(_key(entry)) is None]
    seconds = pace * sum(entry.calls + TEST_CALLS for entry in waiting) / processes
    about = f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.0f} minutes"
    played = len(plan.entries) - len(waiting)
    return (
        f"{len(plan.entries)} contests, {played} of them known; the others take about {about} in "
        f"{processes} processes."
    )


def run_tournament(
    plan: Plan,
    results: Path,
    players: Callable[[], Work],
    on_score: Callable[[Score], None] = lambda score: None,
) -> list[Score]:
    """Play what has not been played yet.

    Args:
        plan: The contests.
        results: File that finished contests are kept in; it may hold others, too.
        players: Opens what plays the contests, where any are left; the scores do not depend on it.
        on_score: Called with every score, those already known first.

    Returns:
        The scores in the order of the plan.

    Raises:
        UserError: A world does not exist, or the file is no file of results.
    """
    journal = open_journal(results)
    scores: dict[Entry, Score] = {}
    for entry in plan.entries:
        record = journal.get(_key(entry))
        if record is not None:
            scores[entry] = Score.model_validate(record)
            on_score(scores[entry])
    waiting = [entry for entry in plan.entries if entry not in scores]
    if waiting:
        with closing(players()) as work, closing(work.map(compete, waiting)) as finished:
            for score in finished:
                journal.put(_key(score.entry), score.model_dump(mode="json"))
                scores[score.entry] = score
                on_score(score)
    return [scores[entry] for entry in plan.entries]


def _key(entry: Entry) -> str:
    mine = [SEARCH] if entry.optimizer == OURS else []
    return content_hash([CONTESTS, entry.model_dump(mode="json", exclude_defaults=True), *mine])
