"""A run as one self-contained HTML page: verdict, pictures, decisions, bank, sample dialogues."""

from pathlib import Path

from esc_skills.metrics.sage.quality import Quality, quality
from esc_skills.optimizers.events import Result
from esc_skills.optimizers.turn_trust import trust_line
from esc_skills.programs.simulation.dialogue import render
from esc_skills.signatures.rollouts import Rollout

from ..files.run_directory import concurrencies_of, read_experiment, read_result, unfinished
from ..files.run_transcripts import profiles_of
from ..setup.config import Experiment
from . import conduct, figures, readings
from .pages import embedded, write_page
from .progress import spend_line, watch_line
from .result import unsafe_lines

_SAMPLES = 3
"""Pairs of dialogues that are shown in full."""


def write_report(run: Path, to: Path) -> None:
    """Write the page of a finished run.

    Raises:
        UserError: The run has not finished, or the page cannot be written.
    """
    experiment, result = read_experiment(run), read_result(run)
    write_page(
        to,
        "report.html",
        experiment=experiment,
        result=result,
        concurrency=" and ".join(concurrencies_of(run)),
        unsafe=unsafe_lines(result, run),
        warning=unfinished(run),
        refused=result.refused.most_common(),
        cards=_cards(result),
        trust="" if result.trust is None else trust_line(result.trust),
        watched="" if result.watch is None else watch_line(result.watch),
        figures=_pictures(result),
        faults=_faults(experiment, result),
        conduct_columns=conduct.COLUMNS,
        conduct=[conduct.cells(row) for row in result.conduct.rules],
        guarded=conduct.conduct_line(result.conduct),
        reading_columns=readings.COLUMNS,
        readings=[readings.cells(row) for row in result.readings],
        samples=_samples(result),
        render=render,
    )


def _cards(result: Result) -> list[tuple[str, str]]:
    """Figures, each with its meaning."""
    cards: list[tuple[str, str]] = []
    if result.test is not None:
        gain, after, before = result.test.gain, result.test.after, result.test.before
        no_bank = result.test.no_bank
        none = "" if no_bank is None else f", no bank {no_bank.level.score.mean:.1f}"
        sure = "significant at 95%" if gain.excludes_zero else "not significant"
        cards += [
            (
                f"{gain.mean:+.1f}",
                f"points gained over the first bank [{gain.low:+.1f}, {gain.high:+.1f}], {sure}",
            ),
            (f"{after.score.mean:.1f}", f"final score (first {before.score.mean:.1f}{none})"),
            (f"{after.success:.0%}", f"success (first {before.success:.0%})"),
            (f"{after.failure:.0%}", f"failure (first {before.failure:.0%})"),
        ]
        if no_bank is not None:
            gain = no_bank.gain
            told = f"points gained over no bank [{gain.low:+.1f}, {gain.high:+.1f}]"
            cards.insert(1, (f"{gain.mean:+.1f}", told))
        if result.test.missing:
            cards.append((f"{result.test.missing}", "test pairs missing, not counted"))
        if after.silent or before.silent:
            cards.append(
                (f"{after.silent}", f"without a reply, count as 0 (first {before.silent})")
            )
    verdicts = result.verdicts
    cards += [
        (
            f"{verdicts['accepted']} of {result.tried}",
            "edits accepted" + ", some taken back" * bool(verdicts["taken back"]),
        ),
        (f"{result.spend.rollouts}", spend_line(result.spend)),
    ]
    if verdicts["given up"]:
        cards.append(("given up", "the first bank, which did worse than none"))
    return cards


def _pictures(result: Result) -> list[str]:
    drawn = [figures.progress(result.measured, result.decisions, result.test)]
    if result.test is not None:
        drawn.append(figures.emotion_curves(result.test))
    return embedded([*drawn, figures.decisions(result.decisions), figures.genealogy(result)])


def _faults(experiment: Experiment, result: Result) -> Quality | None:
    """Implausible seeker lines in the sealed test."""
    if result.test is None:
        return None
    known = profiles_of(experiment)
    # without an accepted edit both banks are one and their dialogues the same
    played = dict.fromkeys((*result.test.rollouts_before, *result.test.rollouts_after))
    return quality((rollout, known.get(rollout.profile)) for rollout in played)


def _samples(result: Result) -> list[tuple[tuple[str, Rollout], ...]]:
    """Dialogues before and after, where the final bank helped most."""
    if result.test is None:
        return []
    chosen = sorted(result.test.played, key=lambda pair: pair[0].score - pair[1].score)
    return [(("first bank", a), ("final bank", b)) for a, b in chosen[:_SAMPLES]]
