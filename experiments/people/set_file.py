"""What a user asks for: a set of seekers as YAML, or one idea in words."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from esc_skills.programs.reading.yaml_text import load_yaml
from esc_skills.programs.suggestions import did_you_mean
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import STANCES, BigFive, Event, Stance

from ..errors import UserError, first_problem, short
from ..files.small_files import read_small

MOST_PEOPLE = 5_000


class Grid(Frozen):
    """Values that are combined with each other; an empty row is left to the writer."""

    need: tuple[str, ...] = ()
    """Names of the domain's needs, or hidden intentions in words."""
    character: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    language: tuple[Language, ...] = Field(default=("en",), min_length=1)
    stance: tuple[Stance, ...] = ()


class PeopleSet(Frozen):
    """A set of seekers that is wanted."""

    name: str = Field(default="people", pattern=r"^[\w.-]+$")
    """Begins the ids."""
    who: str = ""
    """The people in words."""
    count: int | None = Field(default=None, ge=1, le=MOST_PEOPLE)
    """How many; by default one of each cell of the grid, or of each card."""
    grid: Grid = Grid()
    persona: Literal["demographic", "character", "individualized"] = "demographic"
    """What makes each one of a kind: place in life; temperament and speech; or what somebody said
    in conversations of their own, which `of` names."""
    of: tuple[Path, ...] = ()
    """Conversations of the people after whom individualized seekers are made."""
    cards: tuple[Path, ...] = ()
    """Files of role cards."""
    traits: Literal["varied"] | BigFive | None = None
    """Traits of all; varied marks two of the five in each, all equally often."""
    events: tuple[Event, ...] = ()
    """Events in everybody's dialogue."""
    sessions: int = Field(default=1, ge=1, le=5)
    """Sessions with each person: further ones go on where the one before ended."""
    difficulty: Literal["any", "frontier"] = "any"
    """Frontier refuses those with whom the bank always fails or always succeeds."""


def of_idea(idea: str, count: int | None, domain: Domain) -> PeopleSet:
    """The set that an idea in words asks for: all needs, characters and stances in turn."""
    needs = tuple(domain.needs)
    grid = Grid(need=needs, character=domain.characters, stance=STANCES)
    return PeopleSet(who=idea, count=count or len(needs), grid=grid, traits="varied")


def read_set(path: Path) -> PeopleSet:
    """A set file; paths in it are relative to it.

    Raises:
        UserError: It cannot be read, or an entry is unknown or not valid.
    """
    try:
        data = load_yaml(read_small(path).decode())
    except OSError as error:
        raise UserError(f"the set file {path} must be readable: {error.strerror}.") from error
    except ValueError as error:
        raise UserError(f"the set file {path} must be YAML, but: {error}.") from error
    if not isinstance(data, dict):
        raise UserError(f"{path} must hold `name: value` entries. Known: {_known(())}.")
    try:
        found = PeopleSet.model_validate(data)
    except ValidationError as error:
        raise UserError(_explain(error, path)) from error
    if found.persona == "individualized" and not found.of:
        raise UserError(
            f"{path}: individualized people are made after conversations of their own, but `of` "
            "names no file. Name one."
        )
    here = path.parent
    return found.model_copy(
        update={
            "of": tuple(here / file for file in found.of),
            "cards": tuple(here / file for file in found.cards),
        }
    )


def _explain(error: ValidationError, path: Path) -> str:
    unknowns = [problem for problem in error.errors() if problem["type"] == "extra_forbidden"]
    if not unknowns:
        return f"{path}: {first_problem(error)}."
    named = [str(part) for part in unknowns[0]["loc"] if part != BigFive.__name__]
    *parents, unknown = named
    known = _known(tuple(parents))
    hint = did_you_mean(unknown, known.split(", "), f"Known entries: {known}.")
    return f"{path}: there is no entry {short('.'.join([*parents, unknown]))!r}. {hint}"


def _known(parents: tuple[str, ...]) -> str:
    models: dict[tuple[str, ...], type[Frozen]] = {(): PeopleSet, ("grid",): Grid}
    model = models.get(parents, BigFive if parents[:1] == ("traits",) else Event)
    return ", ".join(model.model_fields)
