"""What a guard has seen and done, counted by rule."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.frozen import Frozen

from .replies import Moment, bears_on
from .rules import Conduct


class RuleCount(Frozen):
    """How replies kept one rule."""

    rule: str
    borne: int = 0
    """Replies that could keep or break it."""
    broken: int = 0
    """Of these, the replies that the model gave first and that broke it."""
    left: int = 0
    """Of these, the replies that break it as they were said."""

    @property
    def before(self) -> float | None:
        """Share of replies that kept it before any repair, 0..1; None where it never bore."""
        return 1 - self.broken / self.borne if self.borne else None

    @property
    def after(self) -> float | None:
        """Share of replies that keep it as they were said, 0..1."""
        return 1 - self.left / self.borne if self.borne else None


class ConductCounts(Frozen):
    """What a guard has seen and done."""

    replies: int = 0
    danger: int = 0
    """Replies to a person in danger, which name help first."""
    asked_again: int = 0
    """Replies that had to be asked for again."""
    replaced: int = 0
    """Replies in whose place safe words were said."""
    rules: tuple[RuleCount, ...] = ()
    """Every rule about replies, in the order of the conduct."""


class ConductCounter:
    """Counts; safe from any thread.

    Args:
        conduct: The rules.
    """

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._lock = Lock()
        self._did: Counter[str] = Counter()
        self._rules: Counter[tuple[str, str]] = Counter()

    def did(self, *what: str) -> None:
        """Count something that the guard did."""
        with self._lock:
            self._did.update(what)

    def reply(self, moment: Moment, first: Iterable[Breach], left: Iterable[Breach]) -> None:
        """Count a reply in.

        Args:
            moment: The reply as it was said.
            first: What the model's first reply broke.
            left: What the reply breaks as it was said.
        """
        broken, stayed = {one.rule for one in first}, {one.rule for one in left}
        with self._lock:
            self._did["replies"] += 1
            for rule in self._conduct.rules:
                name = rule.name
                if name in broken or name in stayed or bears_on(rule, moment, self._conduct):
                    self._rules[name, "borne"] += 1
                    self._rules[name, "broken"] += name in broken
                    self._rules[name, "left"] += name in stayed

    def __reduce__(self) -> tuple[type["ConductCounter"], tuple[Conduct]]:
        """A copy elsewhere begins at nothing."""
        return ConductCounter, (self._conduct,)

    def add(self, counts: ConductCounts) -> None:
        """Count in what was counted elsewhere under the same conduct."""
        with self._lock:
            self._did.update(
                {
                    "replies": counts.replies,
                    "danger": counts.danger,
                    "asked again": counts.asked_again,
                    "replaced": counts.replaced,
                }
            )
            for row in counts.rules:
                for what in ("borne", "broken", "left"):
                    self._rules[row.rule, what] += getattr(row, what)

    @property
    def counts(self) -> ConductCounts:
        """All counts so far."""
        with self._lock:
            did, rules = Counter(self._did), Counter(self._rules)
        return ConductCounts(
            replies=did["replies"],
            danger=did["danger"],
            asked_again=did["asked again"],
            replaced=did["replaced"],
            rules=tuple(
                RuleCount(
                    rule=name,
                    borne=rules[name, "borne"],
                    broken=rules[name, "broken"],
                    left=rules[name, "left"],
                )
                for name in (rule.name for rule in self._conduct.rules)
            ),
        )
