import gzip
import json
from pathlib import Path

import pytest
from fakes import CountingEngine
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.experiments.corpora import ReadReport, read_conversations
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.mining import mine, render_report
from esc_skills.experiments.profile_files import (
    SAMPLE_CORPUS,
    SAMPLE_PROFILES,
    read_profiles,
    split_profiles,
)
from esc_skills.experiments.transcripts import read_transcripts
from esc_skills.metrics.summary import summarize
from esc_skills.programs.journal import Journal
from esc_skills.programs.miner import BankBuilder, merged
from esc_skills.programs.models import Models
from esc_skills.signatures.dialogue import Turn

GOOD = {
    "dialog": [
        {"speaker": "seeker", "annotation": {}, "content": "I am stuck."},
        {"speaker": "supporter", "annotation": {"strategy": "Question"}, "content": "How so?"},
        {"speaker": "seeker", "annotation": {"feedback": "5"}, "content": "Thank you for asking."},
    ]
}
PROFILE = json.loads(SAMPLE_PROFILES.read_text().splitlines()[0])


def write(path: Path, data: object) -> Path:
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def conversations(path: Path) -> tuple[list, ReadReport]:
    report = ReadReport()
    return list(read_conversations([path], report)), report


def test_both_speaker_naming_styles_are_read(tmp_path):
    old = json.loads(json.dumps(GOOD).replace("seeker", "speaker").replace("supporter", "listener"))
    found, _ = conversations(write(tmp_path / "c.json", [GOOD, old]))
    assert [turn.speaker for turn in found[1].turns] == ["seeker", "supporter", "seeker"]
    assert [c.outcome for c in found] == ["success", "failure"]
    assert found[0].turns[2].feedback == 5


def test_a_broken_record_is_skipped_and_named(tmp_path):
    bad = {"dialog": [{"speaker": "robot", "content": "hi"}]}
    found, report = conversations(write(tmp_path / "c.json", [GOOD, bad, {"x": 1}]))
    assert len(found) == 1
    assert [(entry.record, entry.why) for entry in report.skipped] == [
        (2, "dialog.0.speaker: must be one of seeker, speaker, supporter, listener"),
        (3, "must be an object with a list 'dialog'"),
    ]


def test_a_broken_line_of_jsonl_is_skipped(tmp_path):
    path = write(tmp_path / "c.jsonl", json.dumps(GOOD) + "\nnonsense\n" + json.dumps(GOOD))
    found, report = conversations(path)
    assert len(found) == 2
    assert report.skipped[0].record == 2


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("c.json", "[{", "c.json must be JSON, but is not"),
        ("c.json", "[]", "c.json must hold records, but is empty"),
        ("c.jsonl", "", "c.jsonl must hold records, but is empty"),
        ("c.json", "{}", "must be a JSON array of records, but starts with"),
        ("c.json", '[{"a": 1}]', "none of its records has it; record 1: must be an object with"),
        ("c.json.gz", "plain", "c.json.gz must be a readable file"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_one_clear_error(tmp_path, name, content, sentence):
    with pytest.raises(UserError, match=sentence.replace("(", r"\(")):
        conversations(write(tmp_path / name, content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone.json must be a file, but does not exist"):
        conversations(tmp_path / "gone.json")


def test_gzipped_files_are_read(tmp_path):
    path = tmp_path / "c.json.gz"
    path.write_bytes(gzip.compress(json.dumps([GOOD]).encode()))
    assert len(conversations(path)[0]) == 1


def test_consecutive_turns_of_a_speaker_count_as_one():
    turns = [Turn(speaker="seeker", text="a"), Turn(speaker="seeker", text="b", feedback=4)]
    assert merged(turns) == [Turn(speaker="seeker", text="a\nb", feedback=4)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opening": " "}, "line 1, field 'opening': a profile must have an opening line"),
        ({"language": "xx"}, "line 1, field 'language'.*'en' or 'zh'"),
        ({"persona": ""}, "line 1, field 'persona'"),
        ({"mood": 3}, "line 1, field 'mood'"),
    ],
)
def test_a_bad_profile_is_named_with_record_and_field(tmp_path, change, sentence):
    path = write(tmp_path / "p.jsonl", json.dumps(PROFILE | change))
    with pytest.raises(UserError, match=sentence):
        read_profiles([path])


def test_a_sage_profile_without_first_talk_is_named(tmp_path):
    record = {"id": "1", "player": "p", "scene": "s", "task": "t", "main_cha": "负面型"}
    with pytest.raises(UserError, match="field 'first_talk': a profile must have an opening line"):
        read_profiles([write(tmp_path / "p.jsonl", json.dumps(record))])


def test_a_repeated_id_is_named(tmp_path):
    path = write(tmp_path / "p.jsonl", json.dumps(PROFILE) + "\n" + json.dumps(PROFILE))
    with pytest.raises(
        UserError, match="line 2, field 'id': ids must be unique, but 'maya-night-shift'"
    ):
        read_profiles([path])


@given(seed=st.integers(0, 50), train=st.sampled_from([0.2, 0.4, 0.5]))
def test_a_split_is_disjoint_complete_and_reproducible(profiles, seed, train):
    def parts():
        return split_profiles(profiles, train=train, validation=0.3, test=0.7 - train, seed=seed)

    split = parts()
    ids = [p.id for part in (split.train, split.validation, split.test) for p in part]
    assert sorted(ids) == sorted(p.id for p in profiles)
    assert split == parts()


def test_thirds_of_the_samples_see_every_group(profiles):
    split = split_profiles(profiles, train=1 / 3, validation=1 / 3, test=1 / 3, seed=0)
    groups = {p.group for p in profiles}
    assert {p.group for p in split.train} == {p.group for p in split.test} == groups


def test_shares_that_do_not_sum_to_one_or_too_few_profiles_are_refused(profiles):
    with pytest.raises(UserError, match="must be positive and sum to 1"):
        split_profiles(profiles, train=0.5, validation=0.5, test=0.5, seed=0)
    with pytest.raises(UserError, match="2 profiles leave none for"):
        split_profiles(profiles[:2], train=0.4, validation=0.3, test=0.3, seed=0)


def test_mining_gives_the_same_bank_with_any_number_of_threads_and_pays_once(tmp_path):
    results = []
    for threads in (1, 6):
        engine = CountingEngine()
        journal = Journal(tmp_path / "journal.jsonl")
        models = Models(engines={"rehearsal": engine})
        builder = BankBuilder(min_units=2)
        results.append(
            mine([SAMPLE_CORPUS], models, threads=threads, journal=journal, builder=builder)
        )
        asked = [r for r in engine.requests if "`annotation`" in (r.system or "")]
        assert bool(asked) == (threads == 1)
    assert results[0] == results[1]
    assert results[0].bank.skills
    assert all(skill.provenance.good > 0 for skill in results[0].bank.skills)
    assert "20 conversations gave" in render_report(results[0])


def test_the_real_corpora_are_read_whole(shared_data):
    report = ReadReport()
    files = sorted((shared_data / "esconv").glob("*.json.gz"))
    found = list(read_conversations(files, report))
    assert len(found) == 617
    assert sum(c.outcome == "failure" for c in found) > 100


def test_the_hundred_sage_profiles_are_read(shared_data):
    found = read_profiles([shared_data / "sage" / "profiles.jsonl.gz"])
    assert len(found) == 100
    assert {p.character for p in found} == {"negative", "passive", "avoidant"}
    assert len({p.group for p in found}) == 8


@pytest.mark.parametrize(
    ("supporter", "score", "success", "failure"),
    [
        ("gpt-4.1", 68.2, 35, 13),
        ("claude3.7", 54.8, 19, 24),
        ("deepseek-v3-0324", 54.4, 19, 23),
        ("deepseek-v3-1227", 37.6, 5, 39),
        ("gpt-4o-0808", 31.8, 7, 51),
        ("qwen2.5-72b", 19.1, 4, 70),
    ],
)
def test_published_sage_scores_are_reproduced(shared_data, supporter, score, success, failure):
    name = f"deepseek-v3-simulator.{supporter}.jsonl.gz"
    summary = summarize(list(read_transcripts([shared_data / "sage" / "transcripts" / name])))
    assert summary.published == score
    assert round(100 * summary.success) == success
    assert round(100 * summary.failure) == failure
