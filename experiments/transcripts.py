"""Published SAGE transcripts as rollouts, so that everything that reads rollouts reads them too."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout

from .errors import UserError
from .record_files import place_of, read_records
from .run_directory import first

_APPRAISAL = {
    "content": "meaning",
    "TargetCompletion": "goal_fit",
    "activity": "inner_activity",
    "analyse": "feeling",
    "change": "change",
}


def read_transcripts(paths: Sequence[Path]) -> Iterator[Rollout]:
    """The dialogues of some SAGE transcript files.

    Raises:
        UserError: A file is bad, or a record does not have the schema; names file and record.
    """
    for path in paths:
        for number, record in read_records(path):
            try:
                yield rollout_of(record)
            except ValidationError as error:
                raise UserError(f"{place_of(path, number)}: {first(error)}.") from error
            except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                raise UserError(
                    f"{place_of(path, number)}: must be a SAGE transcript, but {error!r} is wrong. "
                    "Correct or remove it."
                ) from error


def rollout_of(record: dict[str, Any]) -> Rollout:
    """One transcript as a rollout; its bank is the supporter's name."""
    history = record["history"]
    exchanges: list[Exchange] = []
    for place in range(0, len(history), 2):
        said, reply = history[place], history[place + 1 : place + 2]
        reaction = history[place + 2] if place + 2 < len(history) else None
        planning = reaction.get("planning") if reaction else None
        exchanges.append(
            Exchange(
                seeker=said["content"],
                reply=reply[0]["content"] if reply else None,
                appraisal=_appraisal(planning) if planning else None,
                emotion=int(reaction["emotion-point"]) if reaction else None,
            )
        )
    final = int(record["emo_point"])
    ending = "success" if final >= 100 else "failure" if final < 10 else "turn limit"
    return Rollout(
        profile=record["id"],
        group=record["character"],
        replicate=0,
        bank=str(record.get("target") or "unknown"),
        exchanges=tuple(exchanges),
        ending=ending,
    )


def _appraisal(planning: dict[str, Any]) -> Appraisal:
    parts = {ours: planning.get(theirs) for theirs, ours in _APPRAISAL.items()}
    return Appraisal.model_validate(
        {k: v if k == "change" else str(v or "") for k, v in parts.items()}
    )
