"""What this package writes itself, read as a corpus; and how corpora are surveyed and measured."""

import json
import logging
from pathlib import Path

from command_line import esc, refused
from transcript_files import rollout

from esc_skills.experiments.bench.reading import measure
from esc_skills.experiments.corpora.reading import ReadReport, read_conversations
from esc_skills.experiments.files.profiles import SAMPLE_PROFILES
from esc_skills.experiments.serving.logs import AUDIT, JsonLines, log
from esc_skills.experiments.serving.service import spoken_words
from esc_skills.programs.support.deployment import ChatMessage, ChatReply
from esc_skills.signatures.dialogue import Conversation

SAID = ["I lost my job.", "What happened?", "They closed.", "That must hurt."]


def read(*paths: Path) -> list[Conversation]:
    return list(read_conversations(paths, ReadReport()))


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in conversation.turns]


def test_an_audit_log_with_words_is_read_as_conversations(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(AUDIT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        for first, then in ((0, 2), (1, 3)):  # two conversations, whose replies are interleaved
            history = [ChatMessage(role="user", content=SAID[first])]
            reply = ChatReply(reply=SAID[first + 1 if then == 2 else 0])
            log(AUDIT, {"event": "reply", **spoken_words(history, reply)})
            history += [
                ChatMessage(role="assistant", content=reply.reply),
                ChatMessage(role="user", content=SAID[then]),
            ]
            log(AUDIT, {"event": "denied", "client": "a"})
            log(AUDIT, {"event": "reply", **spoken_words(history, ChatReply(reply="Mm."))})
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        handler.close()
    found = read(path)
    assert [[text for _, text in said(talk)] for talk in found] == [
        [SAID[0], SAID[1], SAID[2], "Mm."],
        [SAID[1], SAID[0], SAID[3], "Mm."],
    ]


def test_an_audit_log_without_words_says_so(tmp_path: Path) -> None:
    line = {"logger": AUDIT, "event": "reply", "client": "a", "turns": 1}
    path = tmp_path / "audit.jsonl"
    path.write_text(json.dumps(line) + "\n" + json.dumps(line) + "\n")
    refused(esc("data", "inspect", path, cwd=tmp_path), "--audit-words")


def test_the_dialogues_of_a_run_are_read_and_its_single_calls_are_not(tmp_path: Path) -> None:
    entries = [
        {"key": "a", "record": {"stage": "Respond", "text": "..."}},
        {"key": "b", "record": {"rollout": rollout(*SAID[::2]).model_dump(mode="json")}},
    ]
    (tmp_path / "run.json").write_text("{}")
    journal = tmp_path / "journal.jsonl"
    journal.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    for path in (tmp_path, journal):
        (found,) = read(path)
        assert said(found)[0] == ("seeker", SAID[0])


def test_profiles_given_as_a_corpus_are_called_what_they_are(
    tmp_path: Path, shared_data: Path
) -> None:
    ours = SAMPLE_PROFILES
    for path in (ours, shared_data / "sage" / "profiles.jsonl.gz", shared_data / "corpora/rlver"):
        refused(esc("data", "inspect", path, cwd=tmp_path), "profile of a simulated seeker")
    refused(esc("data", "inspect", shared_data / "corpora/esc-judge", cwd=tmp_path), "role card")


def test_a_table_has_a_row_for_each_corpus_read_or_not(tmp_path: Path) -> None:
    turns = [{"role": ("user", "gpt")[n % 2], "content": words} for n, words in enumerate(SAID)]
    lines = [f"{talk},{('client', 'counselor')[n % 2]},{words}"
             for talk in (1, 2) for n, words in enumerate(SAID[talk - 1 :])]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join(["conversation_id,speaker,utterance", *lines]))
    (tmp_path / "b.json").write_text(json.dumps([{"x": 1}, {"messages": turns}]))
    asked = ("data", "inspect", "a.csv", "b.json", "none.json", "--table", "--json")
    found = json.loads(esc(*asked, cwd=tmp_path).stdout)
    assert [row["readers"] for row in found] == [{"turns": 2}, {"turns": 1}, {}]
    assert [sum(row["skipped"].values()) for row in found] == [0, 1, 0]
    assert "does not exist" in found[2]["refused"]
    shown = esc(*asked[:-1], cwd=tmp_path).stdout
    assert "recognized as" in shown
    assert "has no turns" in " ".join(shown.split())


def test_reading_is_measured_in_a_process_of_its_own() -> None:
    found = measure("ShareGPT, JSON array", 500)
    assert (found.read, found.reader) == (500, "turns")
    assert 20 < found.peak < 500
