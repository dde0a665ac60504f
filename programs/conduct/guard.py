"""The guard of a deployed supporter: danger is answered with help, and no reply breaks a rule."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

import yaml

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.words import language_of

from .checker import check_text, hard
from .danger import read_danger
from .rules import Conduct


class HelpLine(Frozen):
    """A number that helps."""

    where: str
    name: str
    number: str


class HelpWords(Frozen):
    """What is said in one language."""

    help: str
    """Said first to a person in danger."""
    imminent: str
    """Said before that where the danger is imminent."""
    safe: str
    """Said in place of a reply that breaks a rule."""


class HelpFile(Frozen):
    """Where a person in danger can turn."""

    reviewed: date
    """The day on which somebody last checked the lines."""
    lines: tuple[HelpLine, ...]
    words: dict[str, HelpWords]


@lru_cache(maxsize=1)
def read_help() -> HelpFile:
    """The packaged file of help."""
    text = Path(__file__).with_name("help.yaml").read_text(encoding="utf-8")
    return HelpFile.model_validate(yaml.safe_load(text))


class Guard:
    """Reads what people say and what is answered, without a model.

    Args:
        conduct: The rules of replies; the packaged ones by default.
    """

    def __init__(self, conduct: Conduct | None = None) -> None:
        self._conduct = conduct
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def counts(self) -> dict[str, int]:
        """How often there was `danger`, a reply was `asked again`, or it was `replaced`."""
        with self._lock:
            return {name: self._counts[name] for name in ("danger", "asked again", "replaced")}

    def help_for(self, messages: Sequence[str]) -> str:
        """What to say first to a person; empty where the last message shows no danger.

        Args:
            messages: What the person has said, in order.
        """
        danger = read_danger(messages)
        if danger.level == "none":
            return ""
        self._count("danger")
        words = _words(messages)
        return f"{words.imminent} {words.help}" if danger.level == "imminent" else words.help

    def fault(self, reply: str) -> str:
        """What is wrong with a reply, as a clause for the model; empty if nothing is."""
        breaches = hard(check_text(reply, conduct=self._conduct))
        if not breaches:
            return ""
        self._count("asked again")
        first = breaches[0]
        return f"the reply must keep to the rule {first.rule}, but {first.why}: {first.quote!r}"

    def replacement(self, messages: Sequence[str]) -> str:
        """What to say in place of a reply that keeps breaking a rule."""
        self._count("replaced")
        return _words(messages).safe

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


def _words(messages: Sequence[str]) -> HelpWords:
    """The words in the language of the last message."""
    return read_help().words[language_of(messages[-1])]
