"""Statistics of parsed answers, by stage and model."""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from esc_skills.signatures.frozen import Frozen

from ..reading.notes import Notes

Outcome = Literal["clean", "repaired", "again", "failed"]
"""Of one question: read as it stood; read after its form was put right; read only after the model
was asked again; not read after all attempts."""
OUTCOMES: tuple[Outcome, ...] = ("clean", "repaired", "again", "failed")


class StageReadings(Frozen):
    """Outcomes of the questions of one stage to one model."""

    stage: str
    """Name of the signature."""
    model: str
    format: str = ""
    """How the model is asked for the form (`formats.AnswerFormat`), by the last of its answers."""
    clean: int = Field(default=0, ge=0)
    repaired: int = Field(default=0, ge=0)
    again: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)
    dropped: int = Field(default=0, ge=0)
    """Members of lists that could not be used, while others could."""
    repairs: dict[str, int] = Field(default_factory=dict)
    """How often each rule put a form right."""

    @property
    def asked(self) -> int:
        """Questions; one that was asked again counts once."""
        return self.clean + self.repaired + self.again + self.failed

    def share(self, outcome: Outcome) -> float:
        """Share of the questions with this outcome, 0..1."""
        return getattr(self, outcome) / self.asked if self.asked else 0.0


class Readings:
    """Counts the readings of all stages; safe from any thread.

    A remembered answer counts whenever it is read, so that the rates of a run that was resumed are
    those of one that was not interrupted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: Counter[tuple[str, str, str]] = Counter()
        self._repairs: Counter[tuple[str, str, str]] = Counter()
        self._formats: dict[tuple[str, str], str] = {}

    def count(
        self,
        stage: str,
        model: str,
        outcome: Outcome,
        notes: Notes | None = None,
        format: str = "",
    ) -> None:
        """Count one question in.

        Args:
            stage: Name of the signature.
            model: Name of the model.
            outcome: What became of it.
            notes: What was put right in the answer that was used.
            format: How the model was asked for the form.
        """
        with self._lock:
            self._formats[stage, model] = format
            self._outcomes[stage, model, outcome] += 1
            if notes is not None:
                self._outcomes[stage, model, "dropped"] += len(notes.dropped)
                self._repairs.update((stage, model, rule) for rule in notes.repairs)

    def add(self, rows: Iterable[StageReadings]) -> None:
        """Count in what was counted elsewhere."""
        with self._lock:
            for row in rows:
                at = (row.stage, row.model)
                self._formats[at] = row.format
                for what in (*OUTCOMES, "dropped"):
                    self._outcomes[(*at, what)] += getattr(row, what)
                self._repairs.update({(*at, rule): n for rule, n in row.repairs.items()})

    @property
    def rows(self) -> tuple[StageReadings, ...]:
        """A row for each stage and model, in alphabetical order."""
        with self._lock:
            outcomes, repairs = dict(self._outcomes), dict(self._repairs)
        rows: list[StageReadings] = []
        for stage, model in sorted({(stage, model) for stage, model, _ in outcomes}):
            at = (stage, model)
            counts = {what: outcomes.get((*at, what), 0) for what in (*OUTCOMES, "dropped")}
            put_right = {key[2]: n for key, n in sorted(repairs.items()) if key[:2] == at}
            way = self._formats.get(at, "")
            rows.append(
                StageReadings(stage=stage, model=model, format=way, repairs=put_right, **counts)
            )
        return tuple(rows)
