import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from transcript_files import published, write

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.experiments.work.score import count_faults
from esc_skills.metrics.sage.leaderboard import leaderboards

NAME = "judge-simulator.helper-1.2.jsonl"
PUBLISHED = {
    "gpt-4.1": (68.2, 0.35, 0.13),
    "claude3.7": (54.8, 0.19, 0.24),
    "deepseek-v3-0324": (54.4, 0.19, 0.23),
    "deepseek-v3-1227": (37.6, 0.05, 0.39),
    "gpt-4o-0808": (31.8, 0.07, 0.51),
    "qwen2.5-72b": (19.1, 0.04, 0.70),
}
"""Score, success and failure as SAGE's leaderboard prints them."""


def test_the_published_leaderboard_is_reproduced_exactly(shared_data: Path):
    (board,) = leaderboards(read_transcripts([shared_data / "sage" / "transcripts"]))
    found = {row.supporter: (row.published, row.success, row.failure) for row in board.standings}
    assert board.simulator == "deepseek-v3"
    assert list(found.items()) == list(PUBLISHED.items())
    assert [row.places for row in board.standings] == [
        (1, 1), (2, 3), (2, 3), (4, 5), (4, 5), (6, 6),
    ]  # fmt: skip
    assert {len(row.intentions) for row in board.standings} == {8}
    assert {len(row.characters) for row in board.standings} == {3}
    assert board.shares is not None
    shares = board.shares.supporter, board.shares.profile, board.shares.rest
    assert [round(share, 2) for share in shares] == [0.17, 0.31, 0.51]


def test_the_faults_of_the_published_simulator_are_counted(shared_data: Path):
    counted = count_faults(read_transcripts([shared_data / "sage" / "transcripts"]))
    assert sum(row.turns for row in counted.values()) == 5305
    total = {
        kind: sum(row.counts[kind] for row in counted.values())
        for kind in ("repeat", "character break", "empty turn", "empty reply", "early farewell")
    }
    assert total == {
        "repeat": 237,
        "character break": 13,
        "empty turn": 1,
        "empty reply": 6,
        "early farewell": 1,
    }


def test_a_transcript_names_its_players_and_carries_its_seeker(tmp_path: Path):
    (found,) = read_transcripts([write(tmp_path / NAME, published(-10, 5))])
    assert (found.simulator, found.supporter) == ("judge", "helper-1.2")
    assert found.rollout.emotions == (40, 30, 35)
    assert (found.character, found.intention) == ("negative", "praise")


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        ([10] * 6, "success"),
        ([-10, -10, -10, -5], "failure"),
        ([5, -5] * 4 + [5], "turn limit"),
        ([5, 5], "farewell"),
    ],
)
def test_how_a_transcript_ended_is_read_off_it(tmp_path: Path, changes: list[int], ending: str):
    (found,) = read_transcripts([write(tmp_path / NAME, published(*changes))])
    assert found.rollout.ending == ending


def test_directories_are_searched_to_their_depths_plain_and_gzipped(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    write(tmp_path / "a" / NAME, published(5))
    packed = gzip.compress(json.dumps([published(10)]).encode())
    (tmp_path / "a" / "b" / "judge-simulator.other.json.gz").write_bytes(packed)
    (tmp_path / "notes.txt").write_text("no transcript")
    assert {t.supporter for t in read_transcripts([tmp_path, tmp_path / "a"])} == {
        "helper-1.2",
        "other",
    }
    assert len(list(read_transcripts([tmp_path, tmp_path / "a"]))) == 2


def test_a_file_that_does_not_name_its_simulator_needs_one_named(tmp_path: Path):
    path = write(tmp_path / "some.jsonl", published(5))
    with pytest.raises(UserError, match="must be named SIMULATOR-simulator"):
        list(read_transcripts([path]))
    (found,) = read_transcripts([path], simulator="judge")
    assert (found.simulator, found.supporter) == ("judge", "some")


def test_the_original_layout_names_simulator_and_supporter_by_folder_and_file(tmp_path: Path):
    for simulator in ("deepseek_v3", "gpt"):
        (tmp_path / f"{simulator}_based_simulator").mkdir()
        write(tmp_path / f"{simulator}_based_simulator" / "o3_mini_result.jsonl", published(5))
    found = [(row.simulator, row.supporter) for row in read_transcripts([tmp_path])]
    assert found == [("deepseek_v3", "o3_mini"), ("gpt", "o3_mini")]


def test_a_directory_without_transcripts_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match="must hold transcripts"):
        list(read_transcripts([tmp_path]))


def shortened() -> dict[str, Any]:
    record = published(-5, -5, -5)
    return {**record, "history": record["history"][:-2]}


def leaping() -> dict[str, Any]:
    record = published(5, 5)
    record["history"][2]["emotion-point"] = 99
    return record


def swollen() -> dict[str, Any]:
    record = published(5, emo_point=140)
    record["history"][2]["emotion-point"] = 140
    return record


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"id": "x"}, "has no 'history'"),
        ({**published(5), "history": "none"}, "no object with a list 'history'"),
        (published(5, emo_point=None), "has no 'emo_point'"),
        (published(5, character=None), "has no 'character'"),
        (published(5, scene=None), "field 'scene': must be there"),
        (shortened(), "'emo_point' is 25, but the last emotion of its history 30"),
        (leaping(), r"emotion 99 does not follow from 40 and the change \+5"),
        (swollen(), "less than or equal to 100"),
        (published(5, emo_point="45"), "'emo_point' is '45' and no whole number"),
        (published(5, history=["hello"]), "a turn of 'history' is no object"),
        (published(12), "less than or equal to 10"),
        (published(*[1] * 10), "10 scored replies, over 9"),
        ({**published(5), "history": published(5)["history"][1:]}, "does not alternate"),
    ],
)
def test_a_bad_record_is_one_sentence_with_file_and_line(
    tmp_path: Path, record: dict[str, Any], words: str
):
    path = write(tmp_path / NAME, published(5), record)
    with pytest.raises(UserError, match=words) as refused:
        list(read_transcripts([path]))
    assert f"{path}, line 2" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_torn_file_is_refused(tmp_path: Path):
    path = tmp_path / NAME
    path.write_text(json.dumps(published(5)) + "\n" + json.dumps(published(5))[:50])
    with pytest.raises(UserError, match="line 2: must be a SAGE transcript or a rollout"):
        list(read_transcripts([path]))
