"""Corpora in formats that people bring: all are read as the same conversation."""

import gzip
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_line import esc, refused
from talks import SAID, TALK, read, rows, said, table, turns

from esc_skills.experiments.corpora.hints import Hints
from esc_skills.experiments.corpora.reading import Reading, ReadReport, read_conversations
from esc_skills.experiments.errors import UserError

RECORDS = {
    "OpenAI messages": {"messages": [
        {"role": "system", "content": "Be kind."}, *turns("user", "assistant"),
    ]},
    "content in parts": {"messages": [
        {**turn, "content": [{"type": "text", "text": turn["content"]}]}
        for turn in turns("user", "assistant")
    ]},
    "a field of any name": {"id": 3, "what_they_said": turns("user", "assistant")},
    "nested": {"data": {"session": {"log": turns("user", "assistant")}}},
    "ShareGPT": {"conversations": turns("human", "gpt", "from", "value")},
    "client and counselor": {"dialog": turns("Client", "Counselor", "speaker", "text")},
    "patient and therapist": {"turns": turns("PATIENT", "THERAPIST", "author", "message")},
    "Chinese roles": {"dialogue": turns("来访者", "咨询师")},
    "usr and sys": {"dialog": turns("usr", "sys", "speaker", "text")},
    "numbered roles": {"messages": turns("client_12", "therapist_3")},
    "initials": {"messages": turns("C", "T")},
    "one known name": {"messages": turns("Anna", "therapist")},
    "numbers": {"messages": turns("0", "1", "speaker_idx", "utterance")},
    "pairs": {"history": [SAID[:2], SAID[2:]]},
    "input and output": {"conversation": [
        {"input": SAID[0], "output": SAID[1]}, {"input": SAID[2], "output": SAID[3]},
    ]},
    "a text in a field": {"intake_form": "Anna, 45.", "dialogue": "\n".join(
        f"{('Client', 'Counselor')[n % 2]}: {words}" for n, words in enumerate(SAID)
    )},
    "messages beside a card": {"base": "x", "source": "y", "messages": turns("user", "gpt")},
    "a bare list": turns("user", "assistant"),
    "our own fields": {"turns": turns("seeker", "supporter", "speaker", "text")},
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_any_json_of_turns_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text(json.dumps(RECORDS[name], ensure_ascii=False) + "\n", encoding="utf-8")
    (found,) = read(path)
    assert said(found) == TALK


@pytest.mark.parametrize(
    "whole",
    [
        turns("client", "counselor"),
        {"messages": turns("user", "assistant")},
        {"data": [{"messages": turns("user", "assistant")}]},
        {"talk-7": turns("user", "assistant")},
        [{"messages": turns("user", "assistant")}],
    ],
    ids=["turns", "one object", "a list in an object", "by id", "array"],
)
def test_a_json_file_may_hold_one_conversation_or_many(tmp_path: Path, whole: Any) -> None:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(whole))
    (found,) = read(path)
    assert said(found) == TALK


TEXTS = {
    "labels": "Client: I lost my job.\nCounselor: What happened?\nClient: They\nclosed.\n"
    "Counselor: That must hurt.",
    "Chinese labels": "来访者\uff1aI lost my job.\n\n心理咨询师\uff1aWhat happened?\n\n"
    "来访者\uff1aThey\nclosed.\n"
    "心理咨询师\uff1aThat must hurt.",
    "Markdown": "**User:** I lost my job.\n**Bot:** What happened?\n**User:** They\nclosed.\n"
    "**Bot:** That must hurt.",
    "times": "[00:01] T: \n[00:02] C: I lost my job.\n[00:03] T: What happened?\n"
    "[00:09] C: They\nclosed.\n[00:12] T: That must hurt.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_with_labels_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(TEXTS[name], encoding="utf-8")
    (found,) = read(path)
    expected = [(speaker, text.replace("They ", "They\n")) for speaker, text in TALK]
    assert said(found) == expected


def test_a_text_may_hold_several_conversations(tmp_path: Path) -> None:
    other = "Client: Hi.\nTherapist: Hello."
    (tmp_path / "t.txt").write_text(f"Session 1\n{TEXTS['labels']}\n-----\n{other}\n")
    assert len(read(tmp_path / "t.txt")) == 2


def test_questions_with_answers_are_two_turns(tmp_path: Path) -> None:
    of = [{"questionTitle": "Job", "questionText": SAID[0], "topic": "work", "answerText": SAID[1]}]
    (found,) = read(table(tmp_path / "q.csv", of))
    assert said(found) == TALK[:2]
    assert (found.situation, found.problem) == ("Job", "work")


def test_folders_patterns_and_archives_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "talks" / "deep"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        record = {"messages": [*turns("user", "assistant"), {"role": "user", "content": name}]}
        (folder / f"{name}.json").write_text(json.dumps(record))
    (folder / "LICENSE.txt").write_text("All rights reserved.")
    with zipfile.ZipFile(tmp_path / "talks.zip", "w") as archive:
        archive.write(folder / "a.json", "deep/a.json")
    assert len(read(tmp_path / "talks")) == 2
    assert len(read(tmp_path / "talks" / "*" / "*.json")) == 2
    assert len(read(tmp_path / "talks.zip")) == 1


def lines(*records: Any) -> bytes:
    return b"\n".join(
        record if isinstance(record, bytes) else json.dumps(record).encode() for record in records
    )


def messages(**by: str) -> dict[str, Any]:
    return {"messages": [{"role": name, "content": words} for name, words in by.items()]}


GOOD = {"conversations": turns("human", "gpt", "from", "value")}
HAN = json.dumps({"messages": turns("来访者", "咨询师")}, ensure_ascii=False)
EMPTY = {"role": "user", "content": " "}
BAD = {
    "a byte order mark": (b"\xef\xbb\xbf" + lines(GOOD), ""),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), ""),
    "CRLF": (lines(GOOD) + b"\r\n\r\n", ""),
    "GB18030": (HAN.encode("gb18030"), ""),
    "a damaged byte": (lines(GOOD, b'{"messages": "\xc3\xa9\xff"}'), "bytes that are no text"),
    "a broken line": (lines(b'{"messages": [', GOOD), "cannot be read"),
    "the same twice": (lines(GOOD, RECORDS["pairs"]), "repeats"),
    "one speaker": (lines(GOOD, messages(user="Hi")), "only the seeker"),
    "three speakers": (lines(GOOD, messages(Ann="Hi", Bea="Hi", Cy="Hi")), "has 3 speakers"),
    "empty turns": (lines({"messages": [*turns("user", "assistant"), EMPTY]}), ""),
    "an absurd size": (lines(GOOD, messages(user="x" * 200_000, bot="y")), "200,000 characters"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_be_read_is_and_the_rest_is_explained(tmp_path: Path, name: str) -> None:
    content, why = BAD[name]
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    report = ReadReport()
    found = list(read_conversations([path], report))
    assert [said(each) for each in found] == [TALK]
    assert [entry.why for entry in report.skipped if why in entry.why] or not why


def test_names_that_tell_nothing_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"messages": turns("Ann", "Bob")}))
    refused(
        esc("mine", "c.json", cwd=tmp_path), "does not tell who seeks", "--speaker 'Ann'=seeker"
    )
    hints = Hints(speakers={"ann": "seeker"})
    assert said(read(path, reading=Reading(hints=hints))[0]) == TALK


def test_a_link_out_of_a_folder_and_a_loop_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps({"messages": turns("user", "assistant")}))
    folder = tmp_path / "folder"
    folder.mkdir()
    os.symlink(outside, folder / "leak.json")
    os.symlink(folder, folder / "loop")
    with pytest.raises(UserError, match="holds no such file"):
        read(folder)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.json", b" " * (1 << 25))
    with pytest.raises(UserError, match="would unpack to 33,554,432 bytes"):
        read(tmp_path / "b.zip")


def test_personal_data_is_replaced_before_anything_sees_it(tmp_path: Path) -> None:
    words = "I am Ann Lee, ann@lee.org, +44 20 7946 0958, see https://a.org/x. I am 41."
    path = tmp_path / "c.json"
    path.write_text(json.dumps([{"role": "user", "content": words}, *turns("assistant", "user")]))
    (found,) = read(path, reading=Reading(names=("ann lee",)))
    assert found.turns[0].text == "I am [NAME], [EMAIL], [PHONE], see [LINK] I am 41."


def test_gzipped_tables_and_texts_are_read(tmp_path: Path) -> None:
    plain = table(tmp_path / "a.csv", rows())
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "t.txt.gz").write_bytes(gzip.compress(TEXTS["labels"].encode()))
    assert len(read(tmp_path / "b.csv.gz")) == 2
    assert len(read(tmp_path / "t.txt.gz")) == 1


@pytest.mark.parametrize(
    ("name", "count"), [("smilechat", 60), ("cpsycoun", 39), ("counsel-chat", 150)]
)
def test_samples_of_public_corpora_are_read(shared_data: Path, name: str, count: int) -> None:
    assert len(read(shared_data / "corpora" / name)) == count


def test_sage_transcripts_are_read_with_their_emotions(shared_data: Path) -> None:
    report = ReadReport()
    found = list(read_conversations([shared_data / "sage" / "transcripts"], report))
    assert len(found) == 600
    assert report.used == {"simulated": 600}
    assert {turn.feedback for turn in found[0].turns} > {None}


def test_inspect_says_what_it_is_and_what_it_lacks(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", rows())
    shown = esc("data", "inspect", "a.csv", cwd=tmp_path).stdout
    for words in ("1 table", "speaker='speaker'", "2 conversations", "seeker: I lost my job."):
        assert words in " ".join(shown.split())


def test_traces_of_a_tracking_store_are_joined_by_their_session(tmp_path: Path) -> None:
    """A small store of its own, with the traces that a deployed agent leaves."""
    import mlflow

    store = tmp_path / "mlflow.db"
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{store}")
    try:
        mlflow.set_experiment("talks")
        for asked, answered in (SAID[:2], SAID[2:]):
            with mlflow.start_span(name="reply") as span:
                span.set_inputs(asked)
                span.set_outputs(answered)
                mlflow.update_current_trace(metadata={"mlflow.trace.session": "s1"})
        history = turns("user", "assistant")
        with mlflow.start_span(name="chat") as span:
            span.set_inputs({"messages": history[:3]})
            span.set_outputs({"choices": [{"message": {"role": "assistant", "content": "Oh."}}]})
        mlflow.flush_trace_async_logging()
        by_session, by_history = read(Path(f"mlflow:{store}#talks"))
    finally:
        mlflow.set_tracking_uri(before)
    assert said(by_session) == TALK
    assert said(by_history) == [*TALK[:3], ("supporter", "Oh.")]
