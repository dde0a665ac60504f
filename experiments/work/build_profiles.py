"""A set of seekers from a set file, from role cards, or from one idea in words."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import Field

from esc_skills.programs.domains.reading import default_domain
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank, Skill

from ..errors import UserError
from ..files.atomic_writes import require_writable, write_whole
from ..files.profiles import read_profiles
from ..people.cards import Card, read_cards
from ..people.drafting import Drafter, Outcome, Setup
from ..people.grid import Cell, cells_of
from ..people.own_words import cards_of_talks
from ..people.set_file import PeopleSet, of_idea, read_set
from ..setup.config import Experiment
from ..setup.domains import domain_of
from ..setup.roles_apart import warn_if_self_judged
from ..setup.session import open_session
from .progress import OnProgress, counting, silent

_SETS = (".yaml", ".yml")
REPLICATES = 2
MOST_TALKS = 200
"""Conversations that individualized seekers are made after, unless a number is wanted."""


class Built(Frozen):
    """What became of every cell."""

    outcomes: tuple[Outcome, ...]
    spend: Spend
    files: tuple[str, ...] = Field(default=())
    """Files that were written."""

    @property
    def taken(self) -> tuple[Profile, ...]:
        """The new seekers, the hard ones aside."""
        return tuple(row.profile for row in self.outcomes if row.profile and not row.hard)

    @property
    def hard(self) -> tuple[Profile, ...]:
        """Those with whom the bank always failed."""
        return tuple(row.profile for row in self.outcomes if row.profile and row.hard)

    @property
    def gaps(self) -> tuple[Outcome, ...]:
        """Cells that stayed empty."""
        return tuple(row for row in self.outcomes if row.profile is None)


def wanted_set(
    sources: Sequence[Path], idea: str | None, count: int | None, domain: Domain | None = None
) -> PeopleSet:
    """The set that sources or an idea ask for.

    Args:
        sources: One set file, or files of role cards.
        idea: One idea in words, in place of sources.
        count: How many are wanted; overrides the set file.
        domain: Whose needs an idea means; emotional support by default.

    Raises:
        UserError: Both or neither are given, or a file is bad.
    """
    if bool(sources) == bool(idea):
        raise UserError(
            "`profiles build` takes a set file, files of role cards, or --idea WORDS. Give one."
        )
    if idea:
        return of_idea(idea, count, domain or default_domain())
    if sources[0].suffix.lower() not in _SETS:
        name = re.sub(r"[^\w.-]+", "-", sources[0].name.partition(".")[0])
        return PeopleSet(name=name or "people", cards=tuple(sources), count=count)
    if len(sources) > 1:
        raise UserError(f"one set file is built at a time, but {len(sources)} are given.")
    found = read_set(sources[0])
    return found if count is None else found.model_copy(update={"count": count})


def build(
    wanted: PeopleSet,
    experiment: Experiment,
    to: Path,
    *,
    against: Sequence[Path] = (),
    for_skill: str | None = None,
    replicates: int = REPLICATES,
    on_progress: OnProgress = silent,
) -> Built:
    """Write the seekers of a set into a JSONL file, and the hard ones into `NAME.hard.jsonl`.

    Args:
        wanted: The set.
        experiment: Bank, models, budget, seed and threads.
        to: File for the new seekers. A journal beside it (`.journal.jsonl`) keeps every answer, so
            that the same command goes on where it was and pays nothing twice.
        against: Profile files that nobody may copy.
        for_skill: Name of a skill of the bank that the people are to give occasion for.
        replicates: Dialogues with each seeker.
        on_progress: Called with the number of cells.

    Raises:
        UserError: A file or model is bad, or the bank has no such skill.
        BudgetExhausted: The budget ran out on the way; the same command goes on.
    """
    require_writable(to)
    cells = cells_of(wanted, _cards(wanted), experiment.seed, domain_of(experiment))
    known = read_profiles(against) if against else []
    with open_session(experiment) as session:
        warn_if_self_judged(experiment)
        skill = _skill(session.bank, for_skill)
        runner = session.runner(to.with_suffix(".journal.jsonl"))
        advance = counting(on_progress, "cells", len(cells))
        tricks = session.runner(runner.journal, guarded=False)
        setup = Setup(runner, session.agent, wanted, replicates, tricks, skill)
        outcomes = _filled(Drafter(setup, known), cells, advance)
        built = Built(outcomes=tuple(outcomes), spend=runner.ledger.spend)
    parts = {to: built.taken, to.with_suffix(".hard.jsonl"): built.hard}
    written = [path for path, part in parts.items() if part]
    for path in written:
        lines = (profile.model_dump_json(exclude_defaults=True) for profile in parts[path])
        write_whole(path, "".join(f"{line}\n" for line in lines))
    return built.model_copy(update={"files": tuple(map(str, written))})


def _filled(drafter: Drafter, cells: Sequence[Cell], advance: Callable[[], None]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for cell in cells:
        before = outcomes[-1] if cell.session > 1 else None
        outcomes.append(drafter.fill(cell, before))
        advance()
    return outcomes


def _cards(wanted: PeopleSet) -> list[Card]:
    """The cards of a set: those of files, and those of what people said themselves."""
    cards = read_cards(wanted.cards)
    if wanted.persona == "individualized":
        cards += cards_of_talks(wanted.of, wanted.count or MOST_TALKS)
    if wanted.cards and not cards:
        raise UserError("the files of role cards must hold a card, but hold none.")
    return cards


def _skill(bank: Bank, name: str | None) -> Skill | None:
    if name is None:
        return None
    found = bank.get(name)
    if found is None:
        known = ", ".join(bank.names) or "no skill"
        raise UserError(f"--for-skill must name a skill of the bank, which has {known}.")
    return found
