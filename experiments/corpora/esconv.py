"""ESConv and FailedESConv: conversations of crowd workers, with a survey before and after."""

from pathlib import Path
from typing import Any

from esc_skills.signatures.dialogue import Conversation, Speaker, Turn

from .labels import Outcome
from .readers import FileReader
from .turns import language_of

_SPEAKERS: dict[str, Speaker] = {
    "seeker": "seeker",
    "speaker": "seeker",
    "supporter": "supporter",
    "listener": "supporter",
    "usr": "seeker",  # as in the copy on the Hugging Face Hub
    "sys": "supporter",
}


class EsconvReader(FileReader):
    """Reads ESConv, FailedESConv and anything in their schema."""

    schema = (
        'the ESConv schema, {"dialog": [{"speaker": "seeker", "content": "..."}, '
        '{"speaker": "supporter", "content": "..."}, ...]}'
    )

    def conversation(self, record: Any, name: str) -> Conversation:  # noqa: ANN401 - any JSON value
        """See `conversation_of`."""
        return conversation_of(record, name)


def is_esconv(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record has a list `dialog` whose turns are ESConv's."""
    turns = record.get("dialog") if isinstance(record, dict) else None
    first = turns[0] if isinstance(turns, list) and turns else None
    return isinstance(first, dict) and str(first.get("speaker")) in _SPEAKERS


def conversation_of(record: Any, name: str) -> Conversation:  # noqa: ANN401 - any JSON value
    """A record in the ESConv schema as a conversation.

    FailedESConv, told by its naming (`speaker`, `listener`) with a survey, holds failures only.
    Elsewhere the seeker's survey decides: a lower final intensity of the emotion is a success, no
    lower one a failure. Without a finished survey the name of the file is the last resort:
    `ESConv...` holds successes and `FailedESConv...` failures, as published; otherwise unknown.

    Raises:
        ValueError: The record does not have the schema; says where.
    """
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
        language=language_of(turns),
        intensity=_intensity(record),
        turns=turns,
    )


def _turn(turn: Any, place: int) -> Turn:  # noqa: ANN401 - any JSON value
    if not isinstance(turn, dict):
        raise ValueError(f"dialog.{place}: must be an object")
    speaker = _SPEAKERS.get(str(turn.get("speaker")))
    if speaker is None:
        raise ValueError(f"dialog.{place}.speaker: must be one of {', '.join(_SPEAKERS)}")
    text = turn.get("content", turn.get("text"))
    if not isinstance(text, str):
        raise ValueError(f"dialog.{place}.content: must be a text")
    labels = turn.get("annotation") or {}
    if not isinstance(labels, dict):
        raise ValueError(f"dialog.{place}.annotation: must be an object")
    return Turn(
        speaker=speaker,
        text=text.strip(),
        strategy=labels.get("strategy", turn.get("strategy")),
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
