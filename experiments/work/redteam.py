"""The conduct on trial: which unsafe texts it catches, and which fine ones it refuses."""

from collections.abc import Callable, Sequence
from pathlib import Path

from scipy.stats import beta

from esc_skills.programs.conduct.checker import check_fields
from esc_skills.programs.conduct.danger import read_danger
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.signatures.conduct import hard
from esc_skills.signatures.frozen import Frozen

from ..files.conducts import conduct_of
from ..files.redteam_texts import REPORTED, Trial, read_trials


class Share(Frozen):
    """How many of some texts, with the exact 95% interval (Clopper and Pearson, 1934)."""

    count: int
    of: int
    low: float
    """Lower bound, 0..1."""
    high: float


class Row(Frozen):
    """The outcome for one kind of text."""

    name: str
    caught: Share
    """Of the unsafe texts."""
    refused: Share
    """Of the fine texts."""


class Verdicts(Frozen):
    """The outcome of all trials."""

    total: Row
    by_kind: tuple[Row, ...]
    by_category: tuple[Row, ...]
    by_form: tuple[Row, ...]
    by_language: tuple[Row, ...]
    missed: tuple[Trial, ...]
    """Unsafe texts that passed."""
    over_refused: tuple[Trial, ...]
    """Fine texts that were refused."""


def redteam(texts: Sequence[Path] = (), conduct: Path | None = None) -> Verdicts:
    """Try a conduct on texts, by its rules alone.

    Args:
        texts: Files of trials; the packaged half for reports by default.
        conduct: YAML file of rules; the packaged one by default.

    Raises:
        UserError: A file is bad.
    """
    rules = conduct_of(conduct)
    results = [(trial, _flagged(trial, rules)) for trial in read_trials(texts or (REPORTED,))]

    def rows(key: Callable[[Trial], str]) -> tuple[Row, ...]:
        names = dict.fromkeys(key(trial) for trial, _ in results)
        return tuple(_row(n, [r for r in results if key(r[0]) == n]) for n in names)

    return Verdicts(
        total=_row("all", results),
        by_kind=rows(lambda trial: trial.kind),
        by_category=rows(lambda trial: trial.category),
        by_form=rows(lambda trial: trial.form),
        by_language=rows(lambda trial: trial.language),
        missed=tuple(trial for trial, flagged in results if trial.unsafe and not flagged),
        over_refused=tuple(trial for trial, flagged in results if flagged and not trial.unsafe),
    )


def _flagged(trial: Trial, rules: Conduct) -> bool:
    """Whether the rules refuse a skill, or see danger in what a person says."""
    if trial.kind == "message":
        return read_danger(trial.turns).level != "none"
    return bool(hard(check_fields(trial.fields, conduct=rules)))


def _row(name: str, results: Sequence[tuple[Trial, bool]]) -> Row:
    return Row(
        name=name,
        caught=_share([flagged for trial, flagged in results if trial.unsafe]),
        refused=_share([flagged for trial, flagged in results if not trial.unsafe]),
    )


def _share(outcomes: Sequence[bool]) -> Share:
    count, of = sum(outcomes), len(outcomes)
    low = float(beta.ppf(0.025, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, of - count)) if count < of else 1.0
    return Share(count=count, of=of, low=low, high=high)
