"""The performance profile of a tournament as a small SVG, for documents."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from .match import Score
from .overall import within

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 60, 24, 170, 50
FARTHEST = 30
"""Points from the best to which the curves are drawn."""
COLOURS = (
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#e377c2", "#17becf",
    "#bcbd22", "#7f7f7f", "#393b79", "#637939",
)  # fmt: skip


def draw(scores: Sequence[Score]) -> str:
    """Share of cells in which each optimizer is within so many points of the best, as SVG."""
    distances = [number / 2 for number in range(2 * FARTHEST + 1)]
    shares = within(scores, distances)
    ranked = sorted(shares, key=lambda name: -sum(shares[name]))
    lines = [_curve(place, name, shares[name], distances) for place, name in enumerate(ranked)]
    style = 'font-family="sans-serif" font-size="12"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            *_axes(),
            *lines,
            "</svg>\n",
        ]
    )


def _x(distance: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * distance / FARTHEST


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _axes() -> list[str]:
    found: list[str] = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        found.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share):.1f}" y2="{_y(share):.1f}" '
            'stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{_y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>'
        )
    for distance in range(0, FARTHEST + 1, 5):
        found.append(
            f'<text x="{_x(distance):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f"{distance}</text>"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    label = "within so many points of the best optimizer (share of worlds, starts and budgets)"
    found.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{label}</text>')
    return found


def _curve(place: int, name: str, shares: Sequence[float], distances: Sequence[float]) -> str:
    colour = COLOURS[place % len(COLOURS)]
    points = " ".join(
        f"{_x(d):.1f},{_y(share):.1f}" for d, share in zip(distances, shares, strict=True)
    )
    across, down = WIDTH - RIGHT + 16, TOP + 10 + 20 * place
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<line x1="{across}" x2="{across + 18}" y1="{down - 4}" y2="{down - 4}" '
        f'stroke="{colour}" stroke-width="2"/>'
        f'<text x="{across + 24}" y="{down}">{escape(name)}</text>'
    )
