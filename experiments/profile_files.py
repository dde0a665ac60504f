"""Seeker profiles from files: our own schema and SAGE's; and how they are split."""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.programs.seeds import derive_seed
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile

from .errors import UserError
from .record_files import read_records
from .run_directory import first

SAMPLES = Path(__file__).parent / "samples"
SAMPLE_PROFILES = SAMPLES / "profiles.jsonl"
SAMPLE_CORPUS = SAMPLES / "corpus.json"

_SAGE_FIELDS = {
    "player": "persona",
    "scene": "scene",
    "task": "hidden_intention",
    "first_talk": "opening",
    "main_cha": "character",
}
_SAGE_CHARACTERS = {"负面型": "negative", "被动型": "passive", "回避型": "avoidant"}
_SAGE_GROUPS = {
    "夸奖": "praise",
    "辩证": "balance",
    "宣泄": "venting",
    "没有错": "side",
    "建议": "advice",
    "共情": "empathy",
    "自我反思": "reflection",
    "这么做的原因": "motives",
}


class Split(Frozen):
    """Disjoint profiles to learn from, to decide on, and to keep for the end."""

    train: tuple[Profile, ...]
    validation: tuple[Profile, ...]
    test: tuple[Profile, ...]


def read_profiles(paths: Sequence[Path]) -> list[Profile]:
    """All profiles of some files (JSON array or JSONL, plain or .gz; our schema or SAGE's).

    Raises:
        UserError: A file or record is bad, or an id repeats; names the file, record and field.
    """
    profiles: dict[str, Profile] = {}
    for path in paths:
        for number, record in read_records(path):
            profile = _profile(record, f"{path}, record {number}")
            if profile.id in profiles:
                raise UserError(
                    f"{path}, record {number}: ids must be unique, but {profile.id!r} repeats. "
                    "Give the profile another id."
                )
            profiles[profile.id] = profile
    return list(profiles.values())


def _profile(record: Any, place: str) -> Profile:  # noqa: ANN401 - any JSON value
    if isinstance(record, ValueError):
        raise UserError(f"{place}: must be JSON, but is not ({record}).")
    if not isinstance(record, dict):
        raise UserError(f"{place}: must be an object, but is {type(record).__name__}.")
    sage = "player" in record
    data = _from_sage(record, place) if sage else record
    if not str(data.get("opening") or "").strip():
        field = "first_talk" if sage else "opening"
        raise UserError(
            f"{place}: a profile must have an opening line, but has no {field!r}. "
            "Add the seeker's first words."
        )
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{place}: {first(error)}.") from error


def _from_sage(record: dict[str, Any], place: str) -> dict[str, Any]:
    missing = [name for name in ("id", "player", "scene", "task") if not record.get(name)]
    if missing:
        raise UserError(f"{place}: a SAGE profile must have {missing[0]!r}, but has not.")
    task = str(record["task"])
    group = next((group for mark, group in _SAGE_GROUPS.items() if mark in task), "")
    data = {ours: record.get(theirs) for theirs, ours in _SAGE_FIELDS.items()}
    character = str(record.get("main_cha") or "unknown")
    return {
        **data,
        "id": record["id"],
        "topic": record.get("topic") or "",
        "character": _SAGE_CHARACTERS.get(character, character),
        "traits": record.get("cha_group") or (),
        "language": "zh",
        "group": group,
    }


def split_profiles(
    profiles: Sequence[Profile], *, train: float, validation: float, test: float, seed: int
) -> Split:
    """Split by group, so that every part sees every group where there are enough profiles.

    Args:
        profiles: What to split; the order does not matter.
        train: Share to learn from.
        validation: Share to decide on.
        test: Share to keep; the three must sum to 1.
        seed: Chooses who goes where.

    Raises:
        UserError: The shares do not sum to 1, or a part with a share gets no profile.
    """
    if abs(train + validation + test - 1) > 1e-6:
        raise UserError(
            f"the shares of a split must sum to 1, but {train:g}, {validation:g}, {test:g} do not."
        )
    groups: defaultdict[str, list[Profile]] = defaultdict(list)
    for profile in sorted(profiles, key=lambda profile: profile.id):
        groups[profile.group].append(profile)
    rng = random.Random(derive_seed(seed, "split"))
    dealt: list[Profile] = []
    for name in sorted(groups):
        rng.shuffle(groups[name])
    for rank in range(max((len(members) for members in groups.values()), default=0)):
        dealt += [members[rank] for members in groups.values() if rank < len(members)]
    first_cut = round(len(dealt) * train)
    second_cut = first_cut + round(len(dealt) * validation)
    parts = dealt[:first_cut], dealt[first_cut:second_cut], dealt[second_cut:]
    for name, share, part in zip(
        ("train", "validation", "test"), (train, validation, test), parts, strict=True
    ):
        if share and not part:
            raise UserError(
                f"a split needs a profile in each part, but {len(profiles)} profiles leave none "
                f"for {name}. Give more profiles or another share."
            )
    return Split(train=tuple(parts[0]), validation=tuple(parts[1]), test=tuple(parts[2]))
