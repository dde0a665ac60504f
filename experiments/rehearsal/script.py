"""What the rehearsal says and does in a domain: the data of the domain's folder `rehearsal`.

A domain may leave out how people speak, how traits show and who is invented; these are then those
of emotional support. Which script is played is a matter of context, as the domain itself is.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from esc_skills.programs.domains.reading import DomainError, default_domain
from esc_skills.signatures.domains import Domain

_GENERAL = ("manner", "people", "traits")
Cues = dict[str, re.Pattern[str]]


class Script:
    """The data of one domain, with its patterns compiled.

    Args:
        domain: The domain.

    Raises:
        DomainError: It has nothing to rehearse, or an entry is missing or no pattern.
    """

    def __init__(self, domain: Domain) -> None:
        if not domain.rehearsal:
            raise DomainError(
                f"the domain {domain.name!r} cannot be played by the rehearsal model, since its "
                "folder has no rehearsal/. Name a real model with --model"
            )
        usual = {name: default_domain().rehearsal[name] for name in _GENERAL}
        files = {**usual, **domain.rehearsal}
        self.domain = domain
        try:
            self._read(files)
        except (KeyError, TypeError, re.error) as error:
            lacking = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise DomainError(
                f"the rehearsal of the domain {domain.name!r} cannot be played, since {lacking}. "
                "Compare its folder rehearsal/ with that of primary-care"
            ) from error

    def _read(self, files: Mapping[str, Any]) -> None:
        rules, needs, moves = files["rules"], files["needs"], files["moves"]
        self.needs_said: dict[str, Any] = needs
        self.replies: dict[str, Any] = files["replies"]
        self.skills: dict[str, Any] = files["skills"]
        self.manner: dict[str, Any] = files["manner"]
        self.people: dict[str, Any] = files["people"]
        self.persons: dict[str, Any] = files["persons"]
        self.traits: dict[str, Any] = files["traits"]
        self.needs: tuple[str, ...] = tuple(needs["intentions"])
        self.core_moves: dict[str, str] = rules["core_moves"]
        """What helps most with a need, once the seeker feels heard."""
        self.kin: dict[str, dict[str, float]] = rules["kin"]
        """Moves that help a little with a need besides the one that helps most."""
        self.exploration: frozenset[str] = frozenset(rules["exploration"])
        """Moves of the first stage: Hill's exploration skills, or a domain's own."""
        self.too_early: frozenset[str] = frozenset(rules["too_early"])
        self.harm: dict[str, float] = rules["harm"]
        self.opening_moves: list[str] = rules["opening_moves"]
        """What an editor lets a skill for the first stage do."""
        self.opening_need: str = rules["opening_need"]
        """The need that the first stage serves."""
        self.asked_for: str = rules["asked_for"]
        """The need that an editor takes an unknown second move to serve."""
        self.wrong: list[str] = rules["wrong"]
        """What a bad editor asks for."""
        self.plain: dict[str, int] = rules["plain"]
        """Moves of a supporter without a skill, with their weights."""
        self.read_as: dict[str, str] = rules["read_as"]
        """Actions that an annotator takes moves for which are none."""
        self.opens: dict[str, float] = rules["opens"]
        """Moves that now and then get a fact told which they did not ask for, and how often."""
        self.need_cues = _patterns(needs["cues"])
        self.stage_cues = _patterns(needs["stages"])
        self.move_cues = {
            move: re.compile("|".join(said), re.IGNORECASE) for move, said in moves["cues"].items()
        }
        self.negation = re.compile("|".join(moves["negations"]), re.IGNORECASE)
        self.reactions = _patterns(self.skills["reaction"])
        words = {word.lower(): new for word, new in self.domain.words.items()}
        seeker, supporter = (words.get(w, w) for w in ("seeker", "supporter"))
        self.speakers = {seeker.capitalize(): "seeker", supporter.capitalize(): "supporter"}
        """Who speaks, by what a transcript calls them."""
        names = "|".join(map(re.escape, self.speakers))
        self.turn = re.compile(rf"^({names}): ", re.MULTILINE)
        """The beginning of a turn in a transcript."""
        self.said = re.compile(rf"^\[(\d+)\] {re.escape(seeker.capitalize())}: ", re.MULTILINE)
        """The beginning of an exchange, as a judge reads it."""
        self.scored = re.compile(
            rf"^\[(\d+)\] {re.escape(seeker)}: (.*?) \| {re.escape(supporter)} \((.*?)\): (.*?)"
            r"(?: \| chosen: .*?)? \| emotion (\d+) -> (\d+) \| (.*)$",
            re.DOTALL,
        )
        """An exchange, as an analyst reads it."""
        self.answered = f"\n  {supporter.capitalize()}: "
        """Stands before the supporter's words in an exchange, as a judge reads it."""


def _patterns(cues: Mapping[str, str]) -> Cues:
    return {name: re.compile(said, re.IGNORECASE) for name, said in cues.items()}


@lru_cache(maxsize=16)
def script_of(domain: Domain) -> Script:
    """The script of a domain.

    Raises:
        DomainError: It has nothing to rehearse, or an entry is missing or no pattern.
    """
    return Script(domain)


def require_script(domain: Domain) -> None:
    """Make sure that the rehearsal can play in a domain.

    Raises:
        DomainError: It cannot.
    """
    script_of(domain)


_SCRIPT: ContextVar[Script | None] = ContextVar("script", default=None)


@contextmanager
def playing(domain: Domain) -> Generator[None]:
    """Within the block the rehearsal plays a domain."""
    token = _SCRIPT.set(script_of(domain))
    try:
        yield
    finally:
        _SCRIPT.reset(token)


def script() -> Script:
    """The script that is played; that of emotional support where none is."""
    return _SCRIPT.get() or script_of(default_domain())
