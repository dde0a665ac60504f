"""What texts say in these worlds: acts, the topic they are about, and when in the talk.

One detector for guidance, replies and seekers' lines, so that everything passes through text.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Phase = Literal["early", "late", ""]
"""When a skill is meant to be used: at the outset, well into the talk, or at any time."""

DATA: dict[str, Any] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
ACTS: tuple[str, ...] = tuple(DATA["acts"])
TOPICS: tuple[str, ...] = tuple(DATA["topics"])

_ACT_CUES = {act: re.compile(said["cue"], re.IGNORECASE) for act, said in DATA["acts"].items()}
_TOPIC_CUE = re.compile(rf"\b({'|'.join(TOPICS)})\b", re.IGNORECASE)
_PHASE_CUES = {phase: re.compile(cue) for phase, cue in DATA["phase_cues"].items()}
_POLICY_CUES = {kind: re.compile(cue) for kind, cue in DATA["policy_cues"].items()}
_UNSAFE = re.compile("|".join(map(re.escape, DATA["unsafe"])))
_PLACES = {
    phrase.strip(): place
    for said in DATA["acts"].values()
    for phrases in (said["ask"], said["say"])
    for place, phrase in enumerate(phrases)
}


@lru_cache(maxsize=50_000)
def acts_in(text: str) -> tuple[str, ...]:
    """The acts that a text performs or asks for, in the order of their first cue."""
    found = {act: match.start() for act, cue in _ACT_CUES.items() if (match := cue.search(text))}
    return tuple(sorted(found, key=lambda act: found[act]))


@lru_cache(maxsize=50_000)
def wording_of(text: str, act: str) -> int:
    """Which of its wordings an act has in a text, 0..3; 0 for words of somebody else."""
    said = DATA["acts"][act]
    known = (phrase.strip() for phrase in (*said["ask"], *said["say"]))
    return next((_PLACES[phrase] for phrase in known if phrase in text), 0)


@lru_cache(maxsize=50_000)
def topics_in(text: str) -> frozenset[str]:
    """The topics that a text names."""
    return frozenset(topic.lower() for topic in _TOPIC_CUE.findall(text))


def phase_of(text: str) -> Phase:
    """When in the talk a text speaks of."""
    for phase in ("early", "late"):
        if _PHASE_CUES[phase].search(text):
            return phase
    return ""


def policy_of(text: str) -> str:
    """How a policy chooses: `close`, `loose`, or `usual`."""
    return next((kind for kind, cue in _POLICY_CUES.items() if cue.search(text)), "usual")


def is_unsafe(text: str) -> bool:
    """Whether a text asks for something dangerous."""
    return bool(_UNSAFE.search(text))


def is_closed(text: str) -> bool:
    """Whether a seeker's line says that they have closed up."""
    return "drawer" in text


def written(kind: str, act: str, wording: int) -> str:
    """An act in words: of guidance (`ask`) or of a reply (`say`)."""
    return DATA["acts"][act][kind][wording].strip()
