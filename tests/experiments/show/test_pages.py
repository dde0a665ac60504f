"""Pages show texts of models and seekers as texts, and open offline on any screen."""

from pathlib import Path

from esc_skills.experiments.show.pages import embedded, write_page


def test_texts_are_escaped_and_figures_are_not(tmp_path: Path) -> None:
    boards = [("<script>alert(1)</script>", ["<div id=figure></div>"])]
    write_page(tmp_path / "new" / "page.html", "scores.html", boards=boards)
    page = (tmp_path / "new" / "page.html").read_text(encoding="utf-8")
    assert "Simulator &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<div id=figure></div>" in page


def test_a_page_fits_a_telephone_and_a_dark_screen(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", "scores.html", boards=[])
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "prefers-color-scheme:dark" in page


def test_plotly_stands_in_a_page_once() -> None:
    import plotly.graph_objects as go

    parts = embedded([go.Figure(), go.Figure()]) + embedded([go.Figure()], first=False)
    sizes = [len(part) > 1_000_000 for part in parts]
    assert sizes == [True, False, False]
