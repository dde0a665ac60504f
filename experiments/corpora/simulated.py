"""Simulated dialogues as conversations to learn from: our rollouts, and SAGE's transcripts."""

from collections.abc import Mapping
from typing import Any

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.rollouts import Rollout

from ..files.transcripts import rollout_of
from .turns import language_of

_RATINGS = ((5, 5), (1, 4), (0, 3), (-4, 2))
"""Least change of emotion for each rating; below them it is 1."""


def is_simulated(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record is a rollout, a journal's entry that holds one, or a SAGE transcript."""
    if not isinstance(record, Mapping):
        return False
    return "exchanges" in record or _entry(record) is not None or _is_sage(record)


def conversation_of_rollout(record: Any, name: str) -> Conversation:  # noqa: ANN401
    """A simulated dialogue; a final emotion above the first is a success, one below a failure.

    The change of emotion after a reply becomes a rating: +5 or more 5, above 0 4, 0 3, above -5 2.

    Raises:
        ValueError: It is no valid rollout or transcript.
    """
    inner = _entry(record)
    try:
        if _is_sage(record):
            rollout = rollout_of(record, "supporter")
        else:
            rollout = Rollout.model_validate(record if inner is None else inner)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"must be a SAGE transcript, but lacks {error}") from error
    turns: list[Turn] = []
    rating: int | None = None
    for exchange in rollout.exchanges:
        turns.append(Turn(speaker="seeker", text=exchange.seeker, feedback=rating))
        if exchange.reply:
            turns.append(Turn(speaker="supporter", text=exchange.reply, strategy=exchange.skill))
        rating = _rating(exchange.appraisal.change) if exchange.appraisal else None
    if len({turn.speaker for turn in turns}) < 2:
        raise ValueError("must have a seeker and a supporter, but nobody replies")
    start, final = rollout.start, rollout.emotions[-1]
    outcome = "success" if final > start else "failure"
    return Conversation(
        id=name,
        outcome="unknown" if final == start else outcome,
        problem=rollout.group,
        language=language_of(turns),
        turns=tuple(turns),
    )


def _entry(record: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The rollout in an entry of a run's journal; None where there is none."""
    inner = record.get("record") if isinstance(record, Mapping) else None
    return inner.get("rollout") if isinstance(inner, Mapping) else None


def _is_sage(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(record, Mapping) and {"history", "emo_point"} <= set(record)


def _rating(change: int) -> int:
    return next((rating for least, rating in _RATINGS if change >= least), 1)
