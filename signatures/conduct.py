"""What a check against the conduct finds."""

from collections.abc import Iterable
from typing import Literal

from .frozen import Frozen

Severity = Literal["hard", "soft"]
"""What breaks a hard rule is refused, or asked for again; what breaks a soft one is reported."""


class Breach(Frozen):
    """A rule that a text or a reply breaks."""

    rule: str
    severity: Severity
    why: str
    """What is wrong, as a clause."""
    quote: str
    """The words that show it; for rules of wording, in plain spelling."""
    place: str = ""
    """Where they stand, such as `skill see-no-doctor, guidance` or `reply 3`."""

    @property
    def sentence(self) -> str:
        """The breach in words."""
        return (
            f"{self.place or 'the text'} breaks the rule {self.rule}: {self.why} ({self.quote!r})"
        )


def hard(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    """The breaches for which a text is refused or a reply is asked for again."""
    return tuple(breach for breach in breaches if breach.severity == "hard")
