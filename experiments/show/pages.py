"""Self-contained HTML pages from the templates beside this module."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..files.atomic_writes import write_whole

if TYPE_CHECKING:
    import plotly.graph_objects as go


def write_page(to: Path, template: str, **values: Any) -> None:  # noqa: ANN401 - as the template
    """Fill a template and write the page, whole or not at all.

    Texts are escaped: seekers, models and skills may say anything.

    Args:
        to: The page; its directory is made.
        template: Name of a file in `templates`.
        values: What the template names.

    Raises:
        UserError: The page cannot be written.
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    to.parent.mkdir(parents=True, exist_ok=True)
    write_whole(to, templates.get_template(template).render(values))


def embedded(figures: "Sequence[go.Figure]", *, first: bool = True) -> list[str]:
    """Figures as parts of a page.

    Args:
        figures: The figures, in order.
        first: Whether no figure stands before them. The first one brings plotly.js, once for the
            whole page, so that it opens offline.
    """
    return [
        figure.to_html(full_html=False, include_plotlyjs=first and place == 0)
        for place, figure in enumerate(figures)
    ]
