"""Pictures of a search, in plotly: progress, emotion curves by group, genealogy of the bank."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from esc_skills.optimizers.events import Decision, Measured, Result, SealedTest

if TYPE_CHECKING:
    import plotly.graph_objects as go

BEFORE, AFTER, BAND, REJECTED = "#8a8f98", "#1f77b4", "rgba(31,119,180,0.15)", "#c9ccd1"
TEST = "#d1495b"
ON_TOP = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right"}
"""A legend that stays beside its plot, however tall that is."""
LABEL = 26
"""Characters of an edit that fit beside a line."""
FONT = {"family": "Inter, Segoe UI, Helvetica, Arial, sans-serif", "size": 13}
MARGIN = {"l": 60, "r": 30, "t": 60, "b": 55}


def progress(
    measured: Sequence[Measured],
    decisions: Sequence[Decision],
    test: SealedTest | None = None,
) -> "go.Figure":
    """Validation score of the incumbent against model calls spent, with its 95% band.

    The sealed test of the first and of the final bank stand at its two ends.
    """
    import plotly.graph_objects as go

    spent = [event.spend.calls for event in measured]
    figure = go.Figure()
    figure.add_scatter(
        x=[*spent, *reversed(spent)],
        y=[*(e.score.high for e in measured), *(e.score.low for e in reversed(measured))],
        fill="toself", fillcolor=BAND, line={"width": 0}, hoverinfo="skip", mode="lines",
        name="95% interval",
    )  # fmt: skip
    figure.add_scatter(
        x=spent, y=[event.score.mean for event in measured],
        mode="lines+markers", line={"color": AFTER}, name="incumbent on validation",
    )  # fmt: skip
    if test is not None:
        last = max([*spent, *(decision.spend.calls for decision in decisions)], default=0)
        _draw_sealed_test(figure, test, last)
    _mark_accepted(figure, [decision for decision in decisions if decision.accepted])
    figure.update_layout(
        title="Search progress",
        xaxis_title="model calls spent", yaxis_title="mean final emotion (points)",
        yaxis_range=[0, 100], template="plotly_white", font=FONT, margin=MARGIN,
        legend={"orientation": "h", "y": -0.2},
    )  # fmt: skip
    return figure


def _draw_sealed_test(figure: "go.Figure", test: SealedTest, last: int) -> None:
    """The levels of the sealed test: first and final bank at the two ends, no bank as a line."""
    scores = [test.before.score, test.after.score]
    figure.add_scatter(
        x=[0, last], y=[score.mean for score in scores],
        error_y={
            "array": [score.high - score.mean for score in scores],
            "arrayminus": [score.mean - score.low for score in scores],
        },
        mode="markers", marker={"symbol": "diamond", "size": 11, "color": TEST},
        name="first and final bank on the sealed test",
    )  # fmt: skip
    if test.no_bank is not None:
        level = test.no_bank.level.score.mean
        figure.add_hline(
            y=level, line={"dash": "dash", "color": TEST},
            annotation={"text": f"no bank on the sealed test: {level:.1f}"},
        )  # fmt: skip


def _mark_accepted(figure: "go.Figure", accepted: Sequence[Decision]) -> None:
    for place in dict.fromkeys(decision.spend.calls for decision in accepted):
        names = [d.title for d in accepted if d.spend.calls == place]
        more = f" +{len(names) - 1}" if len(names) > 1 else ""
        figure.add_vline(
            x=place, line={"dash": "dot", "color": AFTER},
            annotation={"text": _short(names[0]) + more, "textangle": -90, "yanchor": "top"},
        )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= LABEL else f"{text[: LABEL - 3]}..."


def emotion_curves(test: SealedTest) -> "go.Figure":
    """Mean emotion after each reply on the test seekers, before and after, for each group."""
    from plotly.subplots import make_subplots

    groups = {"all": (test.before, test.after)} | {
        name: (test.groups_before[name], test.groups_after[name])
        for name in sorted(test.groups_before.keys() & test.groups_after.keys())
    }
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    figure = make_subplots(
        rows=rows, cols=columns, shared_yaxes=True, subplot_titles=list(groups),
        vertical_spacing=0.5 / (rows + 1),
    )  # fmt: skip
    for place, (before, after) in enumerate(groups.values()):
        row, column = place // columns + 1, place % columns + 1
        for summary, name, colour in ((before, "first bank", BEFORE), (after, "final bank", AFTER)):
            figure.add_scatter(
                x=list(range(len(summary.curve))), y=list(summary.curve), name=name,
                line={"color": colour}, showlegend=place == 0, row=row, col=column,
            )  # fmt: skip
    figure.update_yaxes(range=[0, 100])
    figure.update_layout(
        title="Emotion after each reply, sealed test", template="plotly_white", font=FONT,
        margin=MARGIN, height=240 * rows + 120, legend={"orientation": "h", "y": -0.1},
    )  # fmt: skip
    return figure


def decisions(made: Sequence[Decision]) -> "go.Figure":
    """Every challenge with the interval of its gain: accepted, rejected, and by which gate."""
    import plotly.graph_objects as go

    played = [decision for decision in made if decision.gain is not None]
    figure = go.Figure()
    for accepted, name, colour in ((True, "accepted", AFTER), (False, "rejected", REJECTED)):
        chosen = [d for d in played if d.accepted is accepted]
        gains = [d.gain for d in chosen if d.gain]
        figure.add_scatter(
            x=[gain.mean for gain in gains], y=[f"{d.number}: {d.summary}" for d in chosen],
            error_x={
                "array": [gain.high - gain.mean for gain in gains],
                "arrayminus": [gain.mean - gain.low for gain in gains],
            },
            mode="markers", marker={"color": colour, "size": 9}, name=name,
            text=[d.reason for d in chosen],
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": "black", "width": 1})
    figure.update_layout(
        title="Edits tried: gain with 95% interval", xaxis_title="gain (points)",
        template="plotly_white", font=FONT, margin={**MARGIN, "l": 260},
        height=max(320, 26 * len(played) + 160), legend=ON_TOP,
    )  # fmt: skip
    figure.update_yaxes(
        categoryorder="array", categoryarray=[f"{d.number}: {d.summary}" for d in reversed(played)]
    )
    return figure


def genealogy(result: Result) -> "go.Figure":
    """Which skill entered, changed or left with which accepted edit."""
    import plotly.graph_objects as go

    names = list(dict.fromkeys(name for bank in result.banks for name in bank.names))
    accepted = [d for d in result.decisions if d.accepted]
    labels = ["first bank", *(_short(d.title) for d in accepted)]
    grid, hover = [], []
    for name in names:
        skills = [bank.get(name) for bank in result.banks]
        texts = [None if skill is None else skill.texts for skill in skills]
        grid.append(
            [
                None if text is None else 1.0 if place and text != texts[place - 1] else 0.4
                for place, text in enumerate(texts)
            ]
        )
        hover.append(["" if skill is None else skill.guidance[:120] for skill in skills])
    figure = go.Figure()
    if names:
        figure.add_heatmap(
            z=grid, x=[f"{n}: {label}" for n, label in enumerate(labels)], y=names, text=hover,
            zmin=0, zmax=1, showscale=False, xgap=3, ygap=3,
            colorscale=[[0, "#ffffff"], [0.4, "#bcd4ea"], [1, AFTER]],
        )  # fmt: skip
    figure.update_layout(
        title="Genealogy of the bank: dark where a skill is new or changed",
        template="plotly_white", font=FONT, margin={**MARGIN, "l": 200, "b": 120},
        height=max(300, 34 * len(names) + 200),
    )  # fmt: skip
    return figure
