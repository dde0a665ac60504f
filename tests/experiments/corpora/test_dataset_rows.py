"""Corpora that are Hugging Face datasets: read as the same records in JSON would be."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import esc, refused
from datasets import Dataset, DatasetDict

from esc_skills.experiments.corpora.reading import Reading, ReadReport, read_conversations
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import SAMPLE_CORPUS
from esc_skills.signatures.dialogue import Conversation

RECORDS: list[dict[str, Any]] = json.loads(SAMPLE_CORPUS.read_text(encoding="utf-8"))[:3]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", cache)
    monkeypatch.setattr("datasets.config.DOWNLOADED_DATASETS_PATH", cache / "downloads")


def read(path: Path | str, reader: str = "auto") -> list[Conversation]:
    return list(read_conversations([Path(path)], ReadReport(), Reading(reader=reader)))


def contents(conversations: list[Conversation]) -> list[dict[str, Any]]:
    return [each.model_dump(exclude={"id"}) for each in conversations]


@pytest.fixture
def expected(tmp_path: Path) -> list[dict[str, Any]]:
    (tmp_path / "same.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    return contents(read(tmp_path / "same.json"))


def test_parquet_is_read_as_json_is(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    Dataset.from_list(RECORDS).to_parquet(tmp_path / "talks.parquet")
    found = read(tmp_path / "talks.parquet")
    assert [each.id for each in found] == [f"talks.parquet#{n}" for n in (1, 2, 3)]
    assert contents(found) == expected


def test_csv_holds_nested_columns_as_json(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    flat = [
        {key: value if isinstance(value, str) else json.dumps(value) for key, value in row.items()}
        for row in RECORDS
    ]
    Dataset.from_list(flat).to_csv(tmp_path / "talks.csv")
    assert contents(read(tmp_path / "talks.csv")) == expected


def test_a_record_may_be_json_in_a_column_text(
    tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    """So the Hub's copy of ESConv keeps them, with other names in the turns."""
    names = {"seeker": "usr", "supporter": "sys"}
    rows = [
        {
            **record,
            "dialog": [
                {
                    "speaker": names[turn["speaker"]],
                    "text": turn["content"],
                    "annotation": turn.get("annotation", {}),
                }
                for turn in record["dialog"]
            ],
        }
        for record in RECORDS
    ]
    Dataset.from_list([{"text": json.dumps(row)} for row in rows]).to_parquet(
        tmp_path / "t.parquet"
    )
    assert contents(read(tmp_path / "t.parquet")) == expected


def test_the_plain_reader_reads_rows_too(tmp_path: Path) -> None:
    turns = [
        {"speaker": "seeker", "text": "I lost my job."},
        {"speaker": "supporter", "text": "Oh."},
    ]
    rows = [
        {"outcome": "failure", "emotion": "sad", "turns": turns},
        {"outcome": "success", "turns": turns[::-1]},
    ]
    Dataset.from_list(rows).to_parquet(tmp_path / "t.parquet")
    first, second = read(tmp_path / "t.parquet", "plain")
    assert (first.emotion, second.emotion) == ("sad", "")


def test_a_saved_dataset_is_read_by_its_folder(
    tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    Dataset.from_list(RECORDS).save_to_disk(tmp_path / "saved")
    assert contents(read(tmp_path / "saved")) == expected


def test_a_folder_of_parquet_has_splits_that_are_named(
    tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    for split, rows in (("train", RECORDS), ("test", RECORDS[:1])):
        Dataset.from_list(rows).to_parquet(tmp_path / "folder" / f"{split}.parquet")
    folder = f"hf:{tmp_path / 'folder'}"
    assert contents(read(f"{folder}:train")) == expected
    assert contents(read(f"{folder}:test")) == expected[:1]
    with pytest.raises(UserError, match=f"splits: train, test. Name one, as {folder}:train"):
        read(folder)
    with pytest.raises(UserError, match="has no split 'other'; it has: train, test"):
        read(f"{folder}:other")


def test_a_saved_dictionary_of_splits_is_read(tmp_path: Path) -> None:
    DatasetDict({"only": Dataset.from_list(RECORDS[:2])}).save_to_disk(tmp_path / "saved")
    assert len(read(tmp_path / "saved")) == 2


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refused(esc("mine", "folder", cwd=tmp_path), "folder must hold conversations", "holds no such")


def test_a_hub_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    code = """
import sys
sys.argv = ["esc-skills", "mine", "hf:some/talks:train"]
from esc_skills.experiments.cli import main
main()
"""
    switches = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}  # else it asks for 20 s
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **switches},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    refused(result, "hf:some/talks:train", "Hugging Face Hub, which cannot be reached. Go online")


def test_reading_leaves_the_settings_of_the_hub_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for switch in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.delenv(switch, raising=False)
    Dataset.from_list(RECORDS).to_parquet(tmp_path / "t.parquet")
    read(tmp_path / "t.parquet")
    assert not {"HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"} & set(os.environ)
