"""One short talk, in whatever form a test of readers needs it."""

import csv
import io
from pathlib import Path
from typing import Any

from esc_skills.experiments.corpora.reading import Reading, ReadReport, read_conversations
from esc_skills.signatures.dialogue import Conversation

SAID = ["I lost my job.", "What happened?", "They closed.", "That must hurt."]
TALK = list(zip(["seeker", "supporter"] * 2, SAID, strict=True))


def read(*paths: Path, reading: Reading | None = None) -> list[Conversation]:
    return list(read_conversations(paths, ReadReport(), reading))


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in conversation.turns]


def turns(one: str, other: str, speaker: str = "role", text: str = "content") -> list[Any]:
    return [{speaker: (one, other)[n % 2], text: words} for n, words in enumerate(SAID)]


def rows(**names: str) -> list[dict[str, Any]]:
    talk, who, text = (names.get(n, n) for n in ("conversation_id", "speaker", "text"))
    return [
        {talk: number, who: ("client", "therapist")[n % 2], text: f"{words}{mark}"}
        for number, mark in ((1, ""), (2, "!"))
        for n, words in enumerate(SAID)
    ]


def table(path: Path, of: list[dict[str, Any]], delimiter: str = ",") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, of[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(of)
    path.write_bytes(text.getvalue().encode())
    return path
