"""Tables of turns are read as conversations, with the columns guessed or named."""

from pathlib import Path

import pytest
from datasets import Dataset
from talks import SAID, TALK, read, rows, said, table

from esc_skills.experiments.corpora.hints import Hints
from esc_skills.experiments.corpora.reading import Reading
from esc_skills.experiments.errors import UserError


def test_tables_with_one_turn_a_row_are_read(tmp_path: Path) -> None:
    annomi = rows(conversation_id="transcript_id", speaker="interlocutor", text="utterance_text")
    Dataset.from_list(rows()).to_parquet(tmp_path / "talks.parquet")
    for path in (
        table(tmp_path / "a.csv", rows()),
        table(tmp_path / "b.tsv", annomi, "\t"),
        table(tmp_path / "c.csv", rows(speaker="col_a", text="col_b"), ";"),
        tmp_path / "talks.parquet",
    ):
        first, second = read(path)
        assert said(first) == TALK
        assert len(second.turns) == 4


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", rows(conversation_id="x", speaker="y", text="z"))
    hints = Hints(columns={"conversation": "x", "speaker": "y", "text": "z"})
    assert said(read(path, reading=Reading(hints=hints))[0]) == TALK
    with pytest.raises(UserError, match="no such column; it has 'x', 'y', 'z'"):
        read(path, reading=Reading(hints=Hints(columns={"text": "words"})))


def test_labels_of_motivational_interviewing_count(tmp_path: Path) -> None:
    of = [
        {
            "transcript_id": 1,
            "mi_quality": "low",
            "interlocutor": ("therapist", "client")[n % 2],
            "utterance_text": text,
            "client_talk_type": ("n/a", "sustain")[n % 2],
            "main_therapist_behaviour": ("question", "n/a")[n % 2],
        }
        for n, text in enumerate(SAID)
    ]
    (found,) = read(table(tmp_path / "m.csv", of))
    assert found.outcome == "failure"
    assert [turn.strategy for turn in found.turns] == ["question", None] * 2
    assert [turn.feedback for turn in found.turns] == [None, 2] * 2
