"""A run as one self-contained HTML page: verdict, pictures, decisions, bank, sample dialogues."""

import html
from collections.abc import Sequence
from pathlib import Path

from esc_skills.metrics.sage.quality import quality
from esc_skills.optimizers.events import Decision, Result
from esc_skills.programs.simulation.dialogue import render
from esc_skills.signatures.rollouts import Rollout

from ..files.atomic_writes import write_whole
from ..files.run_directory import read_experiment, read_result, unfinished
from ..files.run_transcripts import profiles_of
from ..setup.config import Experiment
from . import figures
from .progress import spend_line, watch_line
from .readings import readings_page

_STYLE = """
body{font:15px/1.5 Inter,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2129;max-width:1040px;
margin:32px auto;padding:0 20px}
h1{font-size:26px;margin-bottom:4px} h2{font-size:19px;margin-top:38px}
.cards{display:flex;gap:14px;flex-wrap:wrap;margin:22px 0}
.card{border:1px solid #e3e6ea;border-radius:8px;padding:12px 18px;min-width:150px}
.card b{display:block;font-size:24px} .muted{color:#6a7079}
table{border-collapse:collapse;width:100%;font-size:14px}
td,th{border-bottom:1px solid #e3e6ea;padding:6px 8px;text-align:left;vertical-align:top}
.yes{color:#137333;font-weight:600} .unsafe{color:#b3261e;font-weight:600}
details{border:1px solid #e3e6ea;border-radius:8px;padding:8px 14px;margin:8px 0}
pre{white-space:pre-wrap;font:13px/1.5 ui-monospace,Menlo,monospace}
"""


def write_report(run: Path, to: Path) -> None:
    """Write the page of a finished run.

    Raises:
        UserError: The run has not finished, or the page cannot be written.
    """
    experiment, result = read_experiment(run), read_result(run)
    body = [
        f"<h1>{_safe(experiment.name)}</h1>",
        f"<p class=muted>simulator {_safe(experiment.simulator)}, "
        f"supporter {_safe(experiment.role_models['supporter'].model)}, "
        f"seed {experiment.seed}, stopped by {_safe(result.stopped)}</p>",
        *(f"<p class=unsafe>{_safe(warning)}</p>" for warning in [unfinished(run)] if warning),
        _cards(result),
        *_watch(result),
        *_pictures(result),
        "<h2>Decisions</h2>",
        _decisions(result.decisions),
        "<h2>The final bank</h2>",
        *_skills(result),
        *_faults(experiment, result),
        *readings_page(result.readings, result.learnt),
        *_dialogues(result),
    ]
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{_safe(experiment.name)}</title>"
        f"<style>{_STYLE}</style><body>{''.join(body)}</body></html>"
    )
    write_whole(to, page)


def _cards(result: Result) -> str:
    cards = []
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
        if after.silent or before.silent:
            cards.append(
                (f"{after.silent}", f"without a reply, count as 0 (first {before.silent})")
            )
    accepted = sum(decision.accepted for decision in result.decisions)
    cards += [
        (f"{accepted} of {len(result.decisions)}", "edits accepted"),
        (f"{result.spend.rollouts}", spend_line(result.spend)),
    ]
    items = (f"<div class=card><b>{_safe(a)}</b>{_safe(b)}</div>" for a, b in cards)
    return f"<div class=cards>{''.join(items)}</div>"


def _watch(result: Result) -> list[str]:
    """Alarms, and what was looked at."""
    if result.watch is None:
        return []
    alarms = (
        f"<p class=unsafe>Alarm ({alarm.kind}): {_safe(alarm.message)}.</p>"
        for alarm in result.watch.alarms
    )
    return [*alarms, f"<p class=muted>{_safe(watch_line(result.watch))}</p>"]


def _pictures(result: Result) -> list[str]:
    drawn = [figures.progress(result.measured, result.decisions, result.test)]
    if result.test is not None:
        drawn.append(figures.emotion_curves(result.test))
    drawn += [figures.decisions(result.decisions), figures.genealogy(result)]
    # plotly.js stands in the page once, so that it opens offline
    return [
        figure.to_html(full_html=False, include_plotlyjs=place == 0)
        for place, figure in enumerate(drawn)
    ]


def _decisions(decisions: Sequence[Decision]) -> str:
    rows = []
    for d in decisions:
        kind = "yes" if d.accepted else "unsafe" if d.gate == "safety" else "muted"
        verdict = "accepted" if d.accepted else "unsafe" if d.gate == "safety" else "rejected"
        gain = "-" if d.gain is None else f"{d.gain.mean:+.1f}"
        cells = (str(d.generation), d.summary, gain, str(d.pairs), d.reason)
        marked = "".join(f"<td>{_safe(cell)}</td>" for cell in cells)
        rows.append(f"<tr><td class={kind}>{verdict}</td>{marked}</tr>")
    names = ("", "generation", "edit", "gain", "comparisons", "why")
    head = "".join(["<tr>", *(f"<th>{name}</th>" for name in names), "</tr>"])
    return f"<table>{head}{''.join(rows)}</table>"


def _skills(result: Result) -> list[str]:
    found = []
    for skill in result.final.skills:
        rows = (
            f"<tr><th>{_safe(field.replace('_', ' '))}</th><td>{_safe(text)}</td></tr>"
            for field, text in skill.texts.items()
            if text
        )
        title = f"<summary><b>{_safe(skill.name)}</b> ({skill.provenance.origin})</summary>"
        found.append(f"<details>{title}<table>{''.join(rows)}</table></details>")
    return found or ["<p>No skills.</p>"]


def _faults(experiment: Experiment, result: Result) -> list[str]:
    """Implausible seeker lines in the sealed test."""
    if result.test is None:
        return []
    known = profiles_of(experiment)
    # without an accepted edit both banks are one and their dialogues the same
    played = dict.fromkeys((*result.test.rollouts_before, *result.test.rollouts_after))
    found = quality((rollout, known.get(rollout.profile)) for rollout in played)
    cells = (f"<tr><td>{_safe(kind)}</td><td>{n}</td></tr>" for kind, n in found.counts.items())
    unseen = f", {found.unchecked} of them not searched for leaks" if found.unchecked else ""
    return [
        "<h2>Faults of the simulation</h2>",
        f"<p>{found.turns} seeker turns in {found.dialogues} dialogues of the sealed test{unseen}."
        f"</p><table>{''.join(cells)}</table>",
    ]


def _dialogues(result: Result) -> list[str]:
    if result.test is None:
        return []
    chosen = sorted(result.test.played, key=lambda pair: pair[0].score - pair[1].score)[:3]
    parts = ["<h2>Sample dialogues: where the final bank helped most</h2>"]
    for before, after in chosen:
        parts += [_dialogue("first bank", before), _dialogue("final bank", after)]
    return parts


def _dialogue(which: str, rollout: Rollout) -> str:
    title = f"{rollout.profile}, {which}: {rollout.ending} at {rollout.emotions[-1]}"
    return (
        f"<details><summary>{_safe(title)}</summary><pre>{_safe(render(rollout))}</pre></details>"
    )


def _safe(text: object) -> str:
    return html.escape(str(text))
