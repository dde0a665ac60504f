"""Whether seekers keep to what they know: facts told where asked, and no knowledge made up."""

import re
from collections.abc import Iterable

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .drafts import telling_words

_TOLD = 0.6
"""Share of a fact's telling words in one line by which the line tells it."""
_ADMITS = re.compile(
    r"don't know|do not know|no idea|can't say|couldn't say|cannot say|not sure|wouldn't know"
    r"|nobody (?:told|tells)|不知道|不清楚|说不上|没听说",
    re.IGNORECASE,
)

Played = tuple[Profile, Rollout]


class KnowledgeHeld(Frozen):
    """What became of what seekers know and cannot know."""

    facts: int = 0
    """Facts that could be told: those of each seeker, in each dialogue with the bank."""
    told: int = 0
    """Those that a line tells."""
    silent: int = 0
    """Facts that could be told to a silent listener, who asks for none."""
    unasked: int = 0
    """Those that a line tells all the same."""
    asked: int = 0
    """Replies that ask for something that the seeker cannot know."""
    admitted: int = 0
    """Those after which the seeker says so."""


def knowledge_held(with_bank: Iterable[Played], in_silence: Iterable[Played]) -> KnowledgeHeld:
    """What seekers told of what they know and cannot know.

    Args:
        with_bank: Dialogues with a supporter that may ask.
        in_silence: Dialogues with one that asks nothing.
    """
    played = list(with_bank)
    facts, told = _told(played)
    silent, unasked = _told(in_silence)
    bounds = [admits for pair in played for admits in _bounds(*pair)]
    return KnowledgeHeld(
        facts=facts,
        told=told,
        silent=silent,
        unasked=unasked,
        asked=len(bounds),
        admitted=sum(bounds),
    )


def _told(played: Iterable[Played]) -> tuple[int, int]:
    """Facts that could be told, and those that were."""
    facts = told = 0
    for profile, rollout in played:
        lines = [telling_words(said.seeker, profile.language) for said in rollout.exchanges[1:]]
        for fact in profile.knows:
            words = telling_words(fact, profile.language)
            facts += 1
            told += any(len(words & line) >= _TOLD * len(words) for line in lines if words)
    return facts, told


def _bounds(profile: Profile, rollout: Rollout) -> Iterable[bool]:
    """Of each reply that asks for what the seeker cannot know, whether the seeker says so."""
    unknown = [telling_words(text, profile.language) for text in profile.cannot_know]
    for said, after in zip(rollout.exchanges, rollout.exchanges[1:], strict=False):
        reply = said.reply or ""
        asks = telling_words(reply, profile.language) if re.search("[?？]", reply) else set[str]()  # noqa: RUF001 - a Chinese mark
        if any(len(words & asks) >= _TOLD * len(words) for words in unknown if words):
            yield bool(_ADMITS.search(after.seeker))
