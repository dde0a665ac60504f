"""The table of the documentation is what `doctor --tokens` prints."""

import re
from pathlib import Path

import pytest
from rich.console import Console

from esc_skills.experiments.show.diagnosis import print_tokens
from esc_skills.experiments.work.prompt_tokens import StageTokens, dialogue_tokens, tokens_of

PAGE = (Path(__file__).parents[3] / "docs" / "own-model.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `?(\w+)`? \| (\d+) \|(.*)\|$", re.MULTILINE)
BEFORE, NOW_EACH, NOW = 2, 1, 3
"""Columns of the table behind the number of calls: 0545ed0 and now, a call and a dialogue."""


@pytest.fixture(scope="module")
def counted() -> dict[str, StageTokens]:
    return {row.stage: row for row in dialogue_tokens()}


@pytest.fixture(scope="module")
def written() -> dict[str, list[str]]:
    return {
        stage: [calls, *(cell.strip() for cell in cells.split("|"))]
        for stage, calls, cells in ROW.findall(PAGE)
    }


def number(cell: str) -> int:
    return int(cell.partition(" ")[0].replace(",", ""))


def test_each_row_of_the_table_is_what_the_command_counts(
    counted: dict[str, StageTokens], written: dict[str, list[str]]
) -> None:
    assert set(written) == {*counted, "all"}
    for stage, row in counted.items():
        calls, _, each, _, tokens = written[stage]
        assert (int(calls), number(each), number(tokens)) == (
            row.calls,
            round(row.each),
            round(row.tokens),
        )


def test_a_dialogue_takes_two_thirds_of_the_tokens_that_it_took(
    counted: dict[str, StageTokens], written: dict[str, list[str]]
) -> None:
    total = round(sum(row.tokens for row in counted.values()))
    before, now = number(written["all"][3]), number(written["all"][4])
    assert now == total
    assert now <= before * 2 / 3
    assert written["all"][4].endswith(f"({now / before:.1%})")


def test_the_printed_table_sums_the_stages(counted: dict[str, StageTokens]) -> None:
    console = Console(record=True, width=120)
    print_tokens(console, tuple(counted.values()), {"Respond": 1})
    text = console.export_text()
    assert f"{sum(row.tokens for row in counted.values()):,.0f}" in text
    assert "cl100k_base" in text


def test_tokens_are_counted_as_the_tokenizer_counts_them() -> None:
    assert tokens_of("hello world") == 2
