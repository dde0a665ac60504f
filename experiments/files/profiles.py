"""Seeker profiles from files: our own schema and SAGE's; and how they are split."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.programs.domains.reading import default_folder
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile

from ..errors import UserError, short
from .record_files import place_of, read_records, type_of

SAMPLES = Path(__file__).parents[1] / "samples"
_DEFAULT = default_folder()
SAMPLE_PROFILES = _DEFAULT / "profiles.jsonl"
SAMPLE_CORPUS = _DEFAULT / "corpus.json"
SAMPLE_DRAFTS = _DEFAULT / "bank.json"

_SAGE_FIELDS = {
    "id": "id",
    "player": "persona",
    "scene": "scene",
    "task": "hidden_intention",
    "first_talk": "opening",
    "main_cha": "character",
    "cha_group": "traits",
    "topic": "topic",
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


def sample_profiles() -> list[Profile]:
    """The 24 simulated seekers that come with the package: 8 hidden intentions, 3 seekers each."""
    return read_profiles([SAMPLE_PROFILES])


def read_profiles(paths: Sequence[Path]) -> list[Profile]:
    """All profiles of some files (JSON array or JSONL, plain or .gz; our schema or SAGE's).

    Raises:
        UserError: A file or record is bad, or an id repeats; names the file, record and field.
    """
    profiles: dict[str, Profile] = {}
    places: dict[str, str] = {}
    for path in paths:
        for number, record in read_records(path):
            place = place_of(path, number)
            profile = profile_of(record, place)
            if profile.id in profiles:
                raise UserError(
                    f"{place}, field 'id': ids must be unique, but {short(profile.id)!r} stands at "
                    f"{places[profile.id]} already. Give one of the two another id."
                )
            profiles[profile.id] = profile
            places[profile.id] = place
    return list(profiles.values())


def profile_of(record: Any, place: str) -> Profile:  # noqa: ANN401 - any JSON value
    """One record, of our schema or SAGE's, as a profile.

    Raises:
        UserError: It is no profile; names the place and the field.
    """
    if isinstance(record, ValueError):
        raise UserError(f"{place}: must be JSON, but is not ({record}). Correct or remove it.")
    if not isinstance(record, dict):
        raise UserError(
            f"{place}: a profile must be an object, but is {type_of(record)}. Correct or remove it."
        )
    sage = "player" in record
    names = {ours: theirs for theirs, ours in _SAGE_FIELDS.items()} if sage else {}
    opening = names.get("opening", "opening")
    if record.get(opening) is None or not str(record[opening]).strip():
        raise UserError(
            f"{place}, field {opening!r}: a profile must have an opening line, but has none. "
            "Add the seeker's first words."
        )
    try:
        return Profile.model_validate(ours_of_sage(record) if sage else record)
    except ValidationError as error:
        raise UserError(f"{place}, {_problem(error, names)}") from error


def _problem(error: ValidationError, names: Mapping[str, str]) -> str:
    """The first problem as a sentence with a way out, in the field names of the file."""
    problem = error.errors()[0]
    ours, *inner = [str(part) for part in problem["loc"]] or ["the profile"]
    field = ".".join((names.get(ours, ours), *inner))
    value = problem["input"]
    match problem["type"]:
        case "missing":
            return f"field {field!r}: must be there, but is not. Add it."
        case "extra_forbidden":
            return f"field {field!r}: a profile has no such field. Remove it, or correct the name."
        case "string_too_short":
            return f"field {field!r}: must be a text, but is empty. Fill it in."
        case "string_type":
            return f"field {field!r}: must be a text, but is {type_of(value)}. Correct it."
        case _:
            found = short(repr(value)) if isinstance(value, str) else type_of(value)
            return f"field {field!r}: {problem['msg']}, but is {found}. Correct it."


def ours_of_sage(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of SAGE's schema in the fields of ours; what it lacks is missing."""
    data = {ours: record[theirs] for theirs, ours in _SAGE_FIELDS.items() if theirs in record}
    task, character = str(record.get("task")), record.get("main_cha")
    if isinstance(character, str):
        data["character"] = _SAGE_CHARACTERS.get(character, character)
    group = next((group for mark, group in _SAGE_GROUPS.items() if mark in task), "")
    return {**data, "language": "zh", "group": group}


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
    shares = {"train": train, "validation": validation, "test": test}
    if min(shares.values()) < 0 or not abs(sum(shares.values()) - 1) < 1e-6:
        raise UserError(
            "the shares of a split must be positive and sum to 1, but are "
            f"{train:g}, {validation:g} and {test:g}. Correct them."
        )
    dealt = _dealt(profiles, seed)
    first_cut, second_cut = (round(len(dealt) * share) for share in (train, train + validation))
    parts = {
        "train": dealt[:first_cut],
        "validation": dealt[first_cut:second_cut],
        "test": dealt[second_cut:],
    }
    for name, share in shares.items():
        if share and not parts[name]:
            raise UserError(
                f"a split needs a profile in each part, but {len(profiles)} profiles leave none "
                f"for {name}. Give more profiles or another share."
            )
    return Split.model_validate(parts)


def _dealt(profiles: Sequence[Profile], seed: int) -> list[Profile]:
    """The profiles in an order of which every stretch has each group in proportion."""
    groups: defaultdict[str, list[Profile]] = defaultdict(list)
    for profile in sorted(profiles, key=lambda profile: profile.id):
        groups[profile.group].append(profile)
    rng = random.Random(derive_seed(seed, "split"))
    for name in sorted(groups):
        rng.shuffle(groups[name])
    placed = [
        ((rank + 0.5) / len(members), profile)
        for members in groups.values()
        for rank, profile in enumerate(members)
    ]
    return [profile for _, profile in sorted(placed, key=lambda entry: entry[0])]
