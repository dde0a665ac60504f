"""Real support conversations: ESConv, FailedESConv and anything in their schema, as a stream.

A record that is broken is skipped and reported; a file of which nothing can be read is an error.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from esc_skills.signatures.dialogue import Conversation, Language, Speaker, Turn
from esc_skills.signatures.frozen import Frozen

from .errors import UserError
from .record_files import read_records
from .run_directory import first

if TYPE_CHECKING:
    import datasets

_SPEAKERS: dict[str, Speaker] = {
    "seeker": "seeker",
    "speaker": "seeker",
    "supporter": "supporter",
    "listener": "supporter",
}
_HAN_SHARE = 0.3
"""Share of Chinese characters from which a conversation counts as Chinese."""


class Skipped(Frozen):
    """A record that could not be read."""

    file: str
    record: int
    why: str


class ReadReport:
    """What was read of each file, and what was skipped and why; filled while reading."""

    def __init__(self) -> None:
        self.read: dict[str, int] = {}
        self.skipped: list[Skipped] = []


def read_conversations(paths: Sequence[Path], report: ReadReport) -> Iterator[Conversation]:
    """The conversations of some files, one at a time.

    Raises:
        UserError: A file is missing, broken or empty, or none of its records has the schema.
    """
    for path in paths:
        report.read[str(path)] = 0
        for row in corpus_dataset([path]):
            if row["error"]:
                report.skipped.append(
                    Skipped(file=row["file"], record=row["record"], why=row["error"])
                )
                continue
            report.read[str(path)] += 1
            yield Conversation.model_validate_json(row["conversation"])
        if not report.read[str(path)]:
            last = report.skipped[-1]
            raise UserError(
                f"{path} must hold conversations in the ESConv schema, but none of its records "
                f"has it; record {last.record}: {last.why}."
            )


def corpus_dataset(paths: Sequence[Path]) -> "datasets.IterableDataset":
    """The files as a streaming dataset with the columns file, record, conversation (JSON), error.

    `error` says why a record is no conversation; `conversation` is then empty.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # look-ups of local files cost 24 s otherwise
    from datasets import IterableDataset

    return IterableDataset.from_generator(_rows, gen_kwargs={"paths": [str(p) for p in paths]})


def _rows(paths: list[str]) -> Iterator[dict[str, Any]]:
    for name in paths:
        path = Path(name)
        for number, record in read_records(path):
            row = {"file": name, "record": number, "conversation": "", "error": ""}
            try:
                conversation = conversation_of(record, f"{path.name}#{number}")
                row["conversation"] = conversation.model_dump_json()
            except ValidationError as error:
                row["error"] = first(error)
            except ValueError as error:
                row["error"] = str(error)
            yield row


def conversation_of(record: Any, name: str) -> Conversation:  # noqa: ANN401 - any JSON value
    """A record in the ESConv schema as a conversation.

    It counts as failed where the seeker's survey reports no relief, or is unfinished in a record
    of FailedESConv's naming (`speaker`, `listener`); as successful otherwise.

    Raises:
        ValueError: The record does not have the schema; says where.
    """
    if isinstance(record, ValueError):
        raise ValueError(f"must be JSON, but is not ({record})")
    if not isinstance(record, dict) or not isinstance(record.get("dialog"), list):
        raise ValueError("must be an object with a list 'dialog'")
    turns = tuple(_turn(turn, place) for place, turn in enumerate(record["dialog"]))
    if not turns:
        raise ValueError("'dialog' must have turns")
    return Conversation(
        id=name,
        outcome="failure" if _failed(record) else "success",
        situation=str(record.get("situation") or ""),
        problem=str(record.get("problem_type") or ""),
        emotion=str(record.get("emotion_type") or ""),
        language=_language(turns),
        turns=turns,
    )


def _turn(turn: Any, place: int) -> Turn:  # noqa: ANN401 - any JSON value
    if not isinstance(turn, dict):
        raise ValueError(f"dialog.{place}: must be an object")
    speaker = _SPEAKERS.get(str(turn.get("speaker")))
    if speaker is None:
        raise ValueError(f"dialog.{place}.speaker: must be one of {', '.join(_SPEAKERS)}")
    if not isinstance(turn.get("content"), str):
        raise ValueError(f"dialog.{place}.content: must be a text")
    labels = turn.get("annotation") or {}
    if not isinstance(labels, dict):
        raise ValueError(f"dialog.{place}.annotation: must be an object")
    feedback = labels.get("feedback")
    return Turn(
        speaker=speaker,
        text=turn["content"].strip(),
        strategy=labels.get("strategy"),
        feedback=int(feedback) if feedback else None,
    )


def _failed(record: dict[str, Any]) -> bool:
    survey = (record.get("survey_score") or {}).get("seeker") or {}
    before, after = survey.get("initial_emotion_intensity"), survey.get("final_emotion_intensity")
    if before and after:
        return int(after) >= int(before)
    return any(turn.get("speaker") == "listener" for turn in record["dialog"])


def _language(turns: Sequence[Turn]) -> Language:
    text = "".join(turn.text for turn in turns)
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if han > _HAN_SHARE * max(1, len(text)) else "en"
