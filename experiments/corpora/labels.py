"""What a corpus says of how things went: outcomes, strategies, ratings, by their usual names."""

from collections.abc import Mapping
from typing import Any, Literal

Outcome = Literal["success", "failure", "unknown"]

_OUTCOME_KEYS = (
    "outcome", "success", "successful", "resolved", "mi_quality", "quality", "label", "helpful",
    "result", "class",
)  # fmt: skip
_GOOD = frozenset(
    "success successful high good resolved yes true helpful positive pass 成功".split()
)
_BAD = frozenset(
    "failure failed fail low bad poor unresolved no false unhelpful negative 失败".split()
)
_STRATEGY_KEYS = (
    "strategy", "main_therapist_behaviour", "main_therapist_behavior", "therapist_behaviour",
    "support_strategy", "dialog_act", "act", "intent",
)  # fmt: skip
_RATING_KEYS = ("feedback", "rating", "helpfulness")
_TALK_TYPE = {"change": 4, "neutral": 3, "sustain": 2}
"""A client's talk type in motivational interviewing, as a rating 1..5 of what was said before.

Talk for change predicts change, talk against it predicts none (Miller and Rose, American
Psychologist 64, 2009). Corpora such as AnnoMI (Wu et al., ICASSP 2022) label it.
"""


def outcome_in(record: Any) -> Outcome:  # noqa: ANN401 - any JSON value
    """Whether a record's own labels call the conversation a success or a failure."""
    if not isinstance(record, Mapping):
        return "unknown"
    for key in _OUTCOME_KEYS:
        said = str(record.get(key, "")).strip().lower()
        if said in _GOOD:
            return "success"
        if said in _BAD:
            return "failure"
    return "unknown"


def strategy_in(labels: Mapping[str, Any]) -> str | None:
    """The support strategy that a turn is labelled with."""
    for place in (labels, labels.get("annotation")):
        if not isinstance(place, Mapping):
            continue
        for key in _STRATEGY_KEYS:
            said = place.get(key)
            if isinstance(said, str) and said.strip().lower() not in ("", "n/a", "none", "null"):
                return said.strip()
    return None


def rating_in(labels: Mapping[str, Any]) -> int | None:
    """How helpful the seeker found the support before this turn, 1..5, as its labels say."""
    for place in (labels, labels.get("annotation")):
        if not isinstance(place, Mapping):
            continue
        talk = _TALK_TYPE.get(str(place.get("client_talk_type", "")).strip().lower())
        if talk:
            return talk
        for key in _RATING_KEYS:
            said = str(place.get(key, "")).strip()
            if said in {"1", "2", "3", "4", "5"}:
                return int(said)
    return None


def text_in(record: Any, *keys: str) -> str:  # noqa: ANN401 - any JSON value
    """The text of the first of some fields that a record has; empty where it has none."""
    if not isinstance(record, Mapping):
        return ""
    found = (record.get(key) for key in keys)
    return next((said.strip() for said in found if isinstance(said, str) and said.strip()), "")
