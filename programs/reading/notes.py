"""Results of parsing an answer: faults that refuse it, and notes about repairs."""

from dataclasses import dataclass, field


class Fault(ValueError):
    """An answer cannot be used; the message is a clause that the model can act on."""


@dataclass
class Notes:
    """What was put right in one answer, so that the rates of a run can tell of it."""

    repairs: list[str] = field(default_factory=list)
    """Names of the rules that changed the form, e.g. `thoughts`, `header`, `unknown key`."""
    dropped: list[str] = field(default_factory=list)
    """Members of lists that were left out, each with its fault."""

    def repaired(self, rule: str) -> None:
        """Remember that a rule was applied."""
        if rule not in self.repairs:
            self.repairs.append(rule)


def shown(value: object, length: int = 80) -> str:
    """A value as a fault quotes it, on one line and not too long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= length else f"{text[: length - 3]}..."
