"""Simulated dialogues from files: published SAGE transcripts, and rollouts of our own.

A score means nothing without its simulator, so that a file must name it:
`SIMULATOR-simulator.SUPPORTER.jsonl` (or .json, .gz), or SAGE's original layout,
`SIMULATOR_based_simulator/SUPPORTER_result.jsonl`. A run directory says it itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import (
    EMOTION_START,
    FAILURE_UNDER,
    SCORED_REPLIES,
    SEEKER_TURNS,
    SUCCESS_AT,
)
from esc_skills.signatures.rollouts import Appraisal, Ending, Exchange, Rollout
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError, first_problem
from .profiles import SAMPLE_PROFILES, profile_of, read_profiles
from .record_files import place_of, read_records
from .run_directory import is_run
from .run_transcripts import read_run

_SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz")
_FILE_NAME = re.compile(r"(?P<simulator>.+)-simulator\.(?P<supporter>.+?)\.jsonl?(\.gz)?")
_ORIGINAL_FOLDER = re.compile(r"(?P<simulator>.+)_based_simulator")
_ORIGINAL_NAME = re.compile(r"(?P<supporter>.+)_result\.jsonl?(\.gz)?")
_APPRAISAL = {
    "content": "meaning",
    "TargetCompletion": "goal_fit",
    "activity": "inner_activity",
    "analyse": "feeling",
    "change": "change",
}
_PROFILE = {
    "id": "id",
    "player": "player",
    "scene": "scene",
    "task": "task",
    "character": "main_cha",
    "topic": "topic",
}
"""Fields of a transcript that tell of its seeker, by their names in SAGE's profile files."""


def read_transcripts(
    paths: Sequence[Path], *, simulator: str | None = None, profiles: Sequence[Path] = ()
) -> Iterator[Transcript]:
    """The dialogues of transcript files, of run directories, and of directories that hold some.

    Args:
        paths: Where to look; a directory is searched to its depths.
        simulator: Names the simulator of files whose name does not.
        profiles: The seekers of our own rollouts; by default those of the run, or the samples.
            A published transcript carries its own.

    Raises:
        UserError: A file is bad, does not name its simulator, or a record does not have the schema;
            names file and record.
    """
    known = {profile.id: profile for profile in read_profiles(profiles)}
    for path in dict.fromkeys(source for place in paths for source in _sources(place)):
        yield from read_run(path, known) if is_run(path) else _read_file(path, simulator, known)


def _sources(path: Path) -> list[Path]:
    """The run directories and transcript files at or under a path."""
    if not path.exists():
        raise UserError(f"{path} must be a file or directory, but does not exist. Check the path.")
    if not path.is_dir() or is_run(path):
        return [path]
    found = list(_under(path))
    if not found:
        raise UserError(
            f"{path} must hold transcripts ({', '.join(_SUFFIXES)}) or run directories, but holds "
            "none. Give another path."
        )
    return found


def _under(directory: Path) -> Iterator[Path]:
    for entry in sorted(directory.iterdir()):
        if is_run(entry) or (entry.is_file() and entry.name.endswith(_SUFFIXES)):
            yield entry
        elif entry.is_dir():
            yield from _under(entry)


def _read_file(
    path: Path, simulator: str | None, known: Mapping[str, Profile]
) -> Iterator[Transcript]:
    simulator, supporter = _players(path, simulator)
    known = known or {profile.id: profile for profile in read_profiles([SAMPLE_PROFILES])}
    for number, record in read_records(path):
        place = place_of(path, number)
        try:
            ours = isinstance(record, dict) and "exchanges" in record
            rollout = Rollout.model_validate(record) if ours else rollout_of(record, supporter)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(
                f"{place}: must be a SAGE transcript or a rollout, but {_problem(error)}. "
                "Correct or remove it."
            ) from error
        profile = known.get(rollout.profile) if ours else _profile_in(record, place)
        yield Transcript(simulator=simulator, supporter=supporter, profile=profile, rollout=rollout)


def _players(path: Path, simulator: str | None) -> tuple[str, str]:
    """(Simulator, supporter) as folder and file say; the supporter is the name's stem otherwise."""
    named = _FILE_NAME.fullmatch(path.name)
    if named:
        return named["simulator"], named["supporter"]
    folder = _ORIGINAL_FOLDER.fullmatch(path.absolute().parent.name)
    result = _ORIGINAL_NAME.fullmatch(path.name)
    simulator = folder["simulator"] if folder else simulator
    if simulator is None:
        raise UserError(
            f"{path} must be named SIMULATOR-simulator.SUPPORTER.jsonl, or lie in a folder "
            "SIMULATOR_based_simulator, since a score needs the name of its simulator, but does "
            "not. Rename it, or give --simulator NAME."
        )
    if result:
        return simulator, result["supporter"]
    suffix = next((suffix for suffix in _SUFFIXES if path.name.endswith(suffix)), "")
    return simulator, path.name.removesuffix(suffix)


def _problem(error: Exception) -> str:
    match error:
        case ValidationError():
            return first_problem(error)
        case KeyError():
            return f"has no {error}"
        case _:
            return str(error)


def rollout_of(record: Any, supporter: str) -> Rollout:  # noqa: ANN401 - any JSON value
    """One published transcript as a rollout; its bank is the supporter's name.

    Raises:
        ValueError: The record is no object, its history does not alternate from the user's turn,
            or its emotions do not follow from their changes, as when turns are missing.
        KeyError: A field is missing.
    """
    if isinstance(record, ValueError):
        raise record
    if not isinstance(record, dict) or not isinstance(record["history"], list):
        raise ValueError("it is no object with a list 'history'")
    history, final = record["history"], record["emo_point"]
    if not isinstance(final, int):
        raise ValueError(f"'emo_point' is {final!r} and no whole number")
    if not all(isinstance(turn, dict) for turn in history):
        raise ValueError("a turn of 'history' is no object")
    roles = [turn["role"] for turn in history]
    if not roles or roles != (["user", "assistant"] * len(roles))[: len(roles)]:
        raise ValueError("'history' does not alternate between user and assistant, the user first")
    rollout = Rollout(
        profile=record["id"],
        group=record["character"],
        replicate=0,
        bank=supporter,
        exchanges=tuple(
            _exchange(history[place : place + 3]) for place in range(0, len(history), 2)
        ),
        ending=_ending(roles, final),
    )
    _check(rollout, final)
    return rollout


def _exchange(turns: list[dict[str, Any]]) -> Exchange:
    """What was said, and how the next user turn took the reply to it."""
    reaction = turns[2] if len(turns) == 3 else None
    return Exchange(
        seeker=turns[0]["content"],
        reply=turns[1]["content"] if len(turns) > 1 else None,
        appraisal=_appraisal(reaction["planning"]) if reaction else None,
        emotion=reaction["emotion-point"] if reaction else None,
    )


def _ending(roles: list[str], final: int) -> Ending:
    if final >= SUCCESS_AT:
        return "success"
    if final < FAILURE_UNDER:
        return "failure"
    # a dialogue that runs out of turns ends with a reply that nobody scores
    left = roles[-1] == "user" and roles.count("user") < SEEKER_TURNS
    return "farewell" if left else "turn limit"


def _check(rollout: Rollout, final: int) -> None:
    """The protocol's arithmetic; sum and clamp hold in every published dialogue."""
    emotion = EMOTION_START
    for exchange in rollout.exchanges:
        if exchange.appraisal is None or exchange.emotion is None:
            continue
        if exchange.emotion != min(SUCCESS_AT, emotion + exchange.appraisal.change):
            raise ValueError(
                f"emotion {exchange.emotion} does not follow from {emotion} and the change "
                f"{exchange.appraisal.change:+d}"
            )
        emotion = exchange.emotion
    if emotion != final:
        raise ValueError(f"'emo_point' is {final!r}, but the last emotion of its history {emotion}")
    if len(rollout.emotions) > SCORED_REPLIES + 1:
        raise ValueError(
            f"it has {len(rollout.emotions) - 1} scored replies, over {SCORED_REPLIES}"
        )


def _appraisal(planning: dict[str, Any]) -> Appraisal:
    parts = {ours: planning.get(theirs) for theirs, ours in _APPRAISAL.items()}
    return Appraisal.model_validate(
        {k: v if k == "change" else str(v or "") for k, v in parts.items()}
    )


def _profile_in(record: dict[str, Any], place: str) -> Profile:
    """The seeker that a published transcript tells of."""
    fields = {name: record[ours] for ours, name in _PROFILE.items() if ours in record}
    return profile_of({**fields, "first_talk": record["history"][0]["content"]}, place)
