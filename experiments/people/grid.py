"""The grid of a set: one cell for each seeker that is wanted."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from esc_skills.programs.domains.reading import default_domain
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import TRAITS, BigFive, Degree, Event, Stance

from .cards import Card
from .set_file import PeopleSet

Combination = tuple[str, str, str, Language, Stance | None]
"""Need, character, topic, language and stance."""
MARKED = 2
"""Traits that are marked in a person whose traits vary."""


class Cell(Frozen):
    """One seeker that is wanted; what is None or empty is the writer's choice."""

    id: str
    need: str = ""
    """Name of the need; the hidden intention itself where it has no name."""
    hidden_intention: str = ""
    character: str = ""
    topic: str = ""
    language: Language = "en"
    stance: Stance | None = None
    traits: BigFive | None = None
    events: tuple[Event, ...] = ()
    card: Card | None = None
    session: int = 1
    """Number of the session with the same person."""

    @property
    def row(self) -> tuple[str, ...]:
        """The values on the grid's axes."""
        return self.need, self.character, self.topic, self.language, self.stance or ""


def cells_of(
    wanted: PeopleSet, cards: Sequence[Card], seed: int, domain: Domain | None = None
) -> list[Cell]:
    """The cells of a set, its sessions one after the other.

    With fewer people than combinations, those are taken that keep every axis even; with more, the
    grid starts again. Each card makes at least one person.

    Args:
        wanted: The set.
        cards: Its cards, which are dealt over the cells.
        seed: Deals the traits, and chooses among combinations that are as good.
        domain: Says what its needs mean; emotional support by default.
    """
    grid, told_in = wanted.grid, domain or default_domain()
    combined = list(
        product(
            grid.need or ("",), grid.character or ("",), grid.topic or ("",), grid.language,
            grid.stance or (None,),
        )
    )  # fmt: skip
    count = wanted.count or (len(cards) if cards else len(combined))
    if count < len(combined):
        combined = _even(combined, count, random.Random(derive_seed(seed, "grid", wanted.name)))
    traits = _dealt_traits(wanted, count, seed)
    cells: list[Cell] = []
    for number in range(count):
        need, character, topic, language, stance = combined[number % len(combined)]
        card = cards[number % len(cards)] if cards else None
        language = card.language if card else language
        cell = Cell(
            id=f"{wanted.name}-{number + 1:0{len(str(count))}d}",
            need=need,
            hidden_intention=told_in.wanted(need, language) if need else "",
            character=character,
            topic=topic,
            language=language,
            stance=stance,
            traits=next(traits),
            events=wanted.events,
            card=card,
        )
        cells += _sessions(_with_card(cell), wanted.sessions)
    return cells


def _even(combined: Sequence[Combination], count: int, rng: random.Random) -> list[Combination]:
    """So many combinations, each time one whose values were taken least often."""
    left = rng.sample(combined, len(combined))
    taken: list[Combination] = []
    used: Counter[tuple[int, str | None]] = Counter()
    for _ in range(count):
        best = min(left, key=lambda row: sum(used[place] ** 2 for place in enumerate(row)))
        left.remove(best)
        taken.append(best)
        used.update(enumerate(best))
    return taken


def _sessions(cell: Cell, sessions: int) -> Iterator[Cell]:
    if sessions == 1:
        yield cell
        return
    for session in range(1, sessions + 1):
        yield cell.model_copy(update={"id": f"{cell.id}-s{session}", "session": session})


def _with_card(cell: Cell) -> Cell:
    """The cell with what its card says itself, which goes before the grid."""
    card = cell.card
    if card is None:
        return cell
    told = card.given
    changed = {
        "hidden_intention": told.get("hidden_intention", cell.hidden_intention),
        "need": card.need or ("" if "hidden_intention" in told else cell.need),
        "character": told.get("character", cell.character),
        "topic": told.get("topic", cell.topic),
        "stance": card.stance or cell.stance,
        "traits": card.traits or cell.traits,
    }
    return cell.model_copy(update=changed)


def _dealt_traits(wanted: PeopleSet, count: int, seed: int) -> Iterator[BigFive | None]:
    """The traits of each person; varied ones are dealt so that each end comes up equally often."""
    if wanted.traits != "varied":
        given = wanted.traits
        yield from (given for _ in range(count))
        return
    rng = random.Random(derive_seed(seed, "traits", wanted.name))
    ends: list[tuple[str, Degree]] = []
    degrees: tuple[Degree, Degree] = ("low", "high")
    for _ in range(count):
        marked: dict[str, Degree] = {}
        while len(marked) < MARKED:
            if not ends:
                ends = list(product(TRAITS, degrees))
                rng.shuffle(ends)
            name, degree = ends.pop()
            marked.setdefault(name, degree)
        yield BigFive.model_validate(marked)
