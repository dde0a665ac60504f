"""Role cards: people whom others describe, of whom scene, intention or first line are missing.

Read are ESC-Eval's cards (arXiv 2406.14952; `base`, `source`, `language`), ESC-Judge's free-text
roles, intake forms as of CACTUS (arXiv 2407.03103; `intake_form`, `attitude`), profiles of SAGE's
schema or ours with gaps, and texts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import BigFive, Degree, Stance
from esc_skills.signatures.words import language_of

from ..errors import UserError
from ..files.profiles import ours_of_sage
from ..files.record_files import place_of, read_records, type_of
from ..files.small_files import read_small

MOST_FACTS = 4_000
"""Characters of a card that the writer reads; a longer one is cut at the end of a line."""
_TEXTS = (".txt", ".md")
_FACTS = ("role", "base", "intake_form", "card", "persona", "description", "profile", "background")
_TOPICS = ("topic", "challenge", "problem", "problem_type")
_ATTITUDES: dict[str, Stance] = {
    "positive": "cooperative", "neutral": "guarded", "negative": "hostile",
    "cooperative": "cooperative", "guarded": "guarded", "hostile": "hostile",
}  # fmt: skip
_MARKS: tuple[tuple[str, Degree, str], ...] = (
    ("extraversion", "low", r"introvert"),
    ("extraversion", "high", r"extr[ao]vert"),
    ("neuroticism", "low", r"emotionally stable"),
    ("neuroticism", "high", r"emotionally reactive|neurotic"),
    ("conscientiousness", "low", r"\bimpulsive\b"),
    ("conscientiousness", "high", r"\b(?:disciplined|conscientious|organi[sz]ed)\b"),
    ("agreeableness", "low", r"\b(?:detached|antagonistic)\b"),
    ("agreeableness", "high", r"\b(?:empathetic|agreeable)\b"),
    ("openness", "low", r"\btraditional\b"),
    ("openness", "high", r"\bcurious\b"),
)
"""Words by which cards mark traits, in ESC-Judge's terms."""
_TRAIT_LIST = re.compile(r"big five|personality traits|behavioral traits", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:^|\n)\s*(?:Client|Seeker|Patient|User):\s*(.+)\s*$", re.DOTALL)


class Card(Frozen):
    """What is known of a person."""

    source: str
    """`FILE#RECORD`, or the id that the record has."""
    facts: str
    language: Language
    need: str = ""
    stance: Stance | None = None
    traits: BigFive | None = None
    behaviour: SeekerBehaviour | None = None
    given: Mapping[str, str] = Field(default_factory=dict)
    """Parts of a profile that the card has: they are taken word for word."""


def read_cards(paths: Sequence[Path]) -> list[Card]:
    """The cards of some files: JSON, JSONL, plain or gzipped, or a text, which is one card.

    Raises:
        UserError: A file cannot be read, or a record is no card; names both.
    """
    return [card for path in paths for card in _cards(path)]


def is_card(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record describes a person, as a card does."""
    return isinstance(record, Mapping) and bool(_facts(_inner(record)))


def _cards(path: Path) -> Iterator[Card]:
    if path.suffix.lower() in _TEXTS:
        yield _text_card(path)
        return
    for number, record in read_records(path):
        source = f"{path.name}#{number}"
        found: Any = {"role": record} if isinstance(record, str) else record
        if isinstance(record, ValueError):
            raise UserError(f"{place_of(path, number)}: must be JSON, but is not ({record}).")
        if not is_card(found):
            raise UserError(
                f"{place_of(path, number)}: a card must say who a person is, in one of the fields "
                f"{', '.join(_FACTS)}, but is {type_of(record)} without one. Correct or remove it."
            )
        yield card_of(found, source)


def _text_card(path: Path) -> Card:
    try:
        text = read_small(path).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the card {path} must be a readable text, but: {error}.") from error
    if not text.strip():
        raise UserError(f"the card {path} must say who a person is, but is empty.")
    return card_of({"role": text}, path.name)


def card_of(record: Mapping[str, Any], source: str) -> Card:
    """A record as a card.

    Args:
        record: One of which `is_card` holds.
        source: What to call it.
    """
    if "player" in record:
        return _of_profile(ours_of_sage(record), source)
    if {"persona", "scene"} <= set(record):
        return _of_profile(record, source)
    inner = _inner(record)
    facts = _cut(_facts(inner))
    topic = next((text for key in _TOPICS if (text := _text(inner, key))), "")
    given = {"topic": topic} if topic else {}
    opening = _LAST_WORD.search(_text(inner, "dialogue_history_init"))
    if opening:
        given["opening"] = opening[1].strip()
    return Card(
        source=source,
        facts=facts,
        language=_language(inner, facts),
        stance=_ATTITUDES.get(_text(inner, "attitude").lower()),
        traits=_traits(facts),
        given=given,
    )


def _of_profile(record: Mapping[str, Any], source: str) -> Card:
    """A profile with gaps: all that it has is kept."""
    names = ("persona", "scene", "topic", "hidden_intention", "character", "opening")
    given = {name: text for name in names if (text := _text(record, name))}
    facts = _cut("\n".join(given.get(name, "") for name in ("persona", "scene")))
    return Card(
        source=_text(record, "id") or source,
        facts=facts,
        language=_language(record, facts),
        need=_text(record, "group"),
        given=given,
    )


def _inner(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a record that describes the client, as in CACTUS's `AI_client`."""
    client = record.get("AI_client")
    return client if isinstance(client, Mapping) else record


def _facts(record: Mapping[str, Any]) -> str:
    if "player" in record:
        return _text(record, "player")
    return next((text for key in _FACTS if len(text := _text(record, key)) > 20), "")


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def _language(record: Mapping[str, Any], facts: str) -> Language:
    named = _text(record, "language").lower()
    if named:
        return "zh" if named.startswith(("zh", "ch", "中")) else "en"
    return language_of(facts)


def _traits(facts: str) -> BigFive | None:
    """The traits that a card lists as such; None where it lists none, or both ends of one."""
    listed = _TRAIT_LIST.search(facts)
    if listed is None:
        return None
    marked: dict[str, set[Degree]] = {}
    for name, degree, mark in _MARKS:
        if re.search(mark, facts[listed.start() :], re.IGNORECASE):
            marked.setdefault(name, set()).add(degree)
    sure = {name: next(iter(found)) for name, found in marked.items() if len(found) == 1}
    return BigFive.model_validate(sure) if sure else None


def _cut(text: str) -> str:
    if len(text) <= MOST_FACTS:
        return text
    return text[:MOST_FACTS].rpartition("\n")[0] or text[:MOST_FACTS]
