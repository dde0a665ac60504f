"""Commands that measure single promises: bench coverage, guarantees and reading."""

from typing import Annotated

import typer
from rich.console import Console


def register(bench: typer.Typer) -> None:
    """Add the commands to the group `bench`."""
    bench.command("coverage")(coverage)
    bench.command("guarantees")(guarantees)
    bench.command("reading")(reading)


def coverage(
    runs: Annotated[int, typer.Option(min=1, help="Sealed tests simulated in each cell.")] = 1000,
) -> None:
    """Show how often the sealed test's interval contains the true gain, for skewed gains too."""
    from ..bench.coverage import coverage as measured

    Console().print(measured(runs))


def reading(
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="Conversations of a corpus; may be repeated.")
    ] = None,
) -> None:
    """Measure speed and peak memory of reading six formats of corpora (10,000 and 100,000)."""
    from ..bench.reading import SIZES, reading

    Console().print(reading(size or SIZES))


def guarantees(
    searches: Annotated[int, typer.Option(min=1, help="Searches with each kind of edit.")] = 200,
    budget: Annotated[int, typer.Option(min=1_000, help="Model calls of each search.")] = 8_000,
    processes: Annotated[int, typer.Option(min=1, help="Searches that run in parallel.")] = 2,
) -> None:
    """Show how often the search keeps edits of known effect: without any, harmful ones, good ones.

    The dialogues are simulated without a model; all that decides is the search itself.
    """
    from ..bench.guarantees import guarantees as measured

    Console().print(measured(searches, budget, processes))
