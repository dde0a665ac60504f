"""Real support conversations: ESConv, FailedESConv and anything in their schema, as a stream.

A record that is broken is skipped and reported; a file of which nothing can be read is an error.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from esc_skills.signatures.dialogue import Conversation, Language, Speaker, Turn
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from .record_files import read_records

if TYPE_CHECKING:
    import datasets

_SPEAKERS: dict[str, Speaker] = {
    "seeker": "seeker",
    "speaker": "seeker",
    "supporter": "supporter",
    "listener": "supporter",
}
Outcome = Literal["success", "failure", "unknown"]

SCHEMA = (
    'A conversation is {"dialog": [{"speaker": "seeker", "content": "..."}, '
    '{"speaker": "supporter", "content": "..."}, ...]}.'
)
"""What a record must have, in one sentence."""
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
    repeated = sorted(str(path) for path in set(paths) if list(paths).count(path) > 1)
    if repeated:
        raise UserError(
            f"a corpus file must be named once, but {repeated[0]} is named more often. "
            "Its evidence would count twice; name it once."
        )
    names = _names(paths)
    for path in paths:
        report.read[str(path)] = 0
        for row in corpus_dataset({str(path): names[path]}):
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
                f"has it; record {last.record}: {last.why}. {SCHEMA}"
            )


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """What files are called in conversation ids: the name, or the path where names repeat."""
    short = [path.name for path in paths]
    return {path: path.name if short.count(path.name) == 1 else str(path) for path in paths}


def corpus_dataset(files: Mapping[str, str]) -> "datasets.IterableDataset":
    """Files as a streaming dataset with the columns file, record, conversation (JSON), error.

    `files` maps paths to what they are called in the ids of conversations. `error` says why a
    record is no conversation; `conversation` is then empty.
    """
    for switch in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):  # look-ups cost 24 s otherwise
        os.environ.setdefault(switch, "1")
    from datasets import IterableDataset

    return IterableDataset.from_generator(_rows, gen_kwargs={"files": dict(files)})


def _rows(files: dict[str, str]) -> Iterator[dict[str, Any]]:
    for file, name in files.items():
        for number, record in read_records(Path(file)):
            row = {"file": file, "record": number, "conversation": "", "error": ""}
            try:
                conversation = conversation_of(record, f"{name}#{number}")
                row["conversation"] = conversation.model_dump_json()
            except ValidationError as error:
                row["error"] = first_problem(error)
            except ValueError as error:
                row["error"] = str(error)
            yield row


def conversation_of(record: Any, name: str) -> Conversation:  # noqa: ANN401 - any JSON value
    """A record in the ESConv schema as a conversation.

    FailedESConv, told by its naming (`speaker`, `listener`) with a survey, holds failures only.
    Elsewhere the seeker's survey decides: a lower final intensity of the emotion is a success, no
    lower one a failure. Without a finished survey the name of the file is the last resort:
    `ESConv...` holds successes and `FailedESConv...` failures, as published; otherwise unknown.

    Raises:
        ValueError: The record does not have the schema; says where.
    """
    if isinstance(record, ValueError):
        raise ValueError(f"must be JSON, but is not ({record})")
    if not isinstance(record, dict) or not isinstance(record.get("dialog"), list):
        raise ValueError("must be an object with a list 'dialog'")
    read = (_turn(turn, place) for place, turn in enumerate(record["dialog"]))
    turns = tuple(turn for turn in read if turn.text)
    if not turns:
        raise ValueError("'dialog' must have turns, but says nothing")
    return Conversation(
        id=name,
        outcome=_outcome(record, name),
        situation=str(record.get("situation") or ""),
        problem=str(record.get("problem_type") or ""),
        emotion=str(record.get("emotion_type") or ""),
        language=_language(turns),
        intensity=_intensity(record),
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
    return Turn(
        speaker=speaker,
        text=turn["content"].strip(),
        strategy=labels.get("strategy"),
        feedback=labels.get("feedback") or None,
    )


def _outcome(record: dict[str, Any], name: str) -> Outcome:
    if not isinstance(_survey(record), dict):
        return _published_outcome(name)
    if any(turn["speaker"] == "listener" for turn in record["dialog"]):
        return "failure"
    intensity = _intensity(record)
    if intensity is None:
        return _published_outcome(name)
    before, after = intensity
    return "success" if after < before else "failure"


def _survey(record: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """What the seeker was asked at the end; None where nothing was."""
    surveys = record.get("survey_score")
    return surveys.get("seeker") if isinstance(surveys, dict) else None


def _intensity(record: dict[str, Any]) -> tuple[int, int] | None:
    """Intensity of the emotion before and after; None without a finished survey."""
    try:
        survey = _survey(record)
        return int(survey["initial_emotion_intensity"]), int(survey["final_emotion_intensity"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _published_outcome(name: str) -> Outcome:
    """What the corpus holds that a record's file is named after."""
    file = Path(name).name.lower()
    if file.startswith("failedesconv"):
        return "failure"
    return "success" if file.startswith("esconv") else "unknown"


def _language(turns: Sequence[Turn]) -> Language:
    text = "".join(turn.text for turn in turns)
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if han > _HAN_SHARE * max(1, len(text)) else "en"
