"""Differences between the replies of two banks other than score: length and spreading phrases.

A feature that grows with every step of a search, with every seeker, more likely exploits the judge
than helps the person. This module does not see scores.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.words import words

from ..evidence.statistics import Interval, clustered_interval

PHRASE = 5
"""Words of a phrase (Han characters count as one each)."""
_FACTOR = 100.0
"""The most by which lengths are taken to differ where one seeker says nothing of the spread."""


class Spread(Frozen):
    """The phrase whose share of the replies has grown most."""

    phrase: str
    share: Interval
    """Growth of the share of replies that hold it, -1..1, paired by seeker."""


def length_ratio(before: Sequence[Rollout], after: Sequence[Rollout]) -> Interval | None:
    """Words a reply after, over words a reply before.

    Returns:
        The geometric mean over the seekers that both met, with its 95% interval (Student's t on
        logarithms); None where they share no seeker whom both answered in words.
    """
    first, last = _lengths(before), _lengths(after)
    ratios = {name: [math.log(last[name] / first[name])] for name in first.keys() & last.keys()}
    if not ratios:
        return None
    found = clustered_interval(ratios, (-math.log(_FACTOR), math.log(_FACTOR)))
    low, mean, high = (math.exp(value) for value in (found.low, found.mean, found.high))
    return Interval(low=low, mean=mean, high=high, n=found.n)


def spreading_phrase(before: Sequence[Rollout], after: Sequence[Rollout]) -> Spread | None:
    """The run of `PHRASE` words whose share of the replies has grown most; None without any.

    It is the greatest of very many, so an interval above 0 alone means nothing; ask for a large
    growth. What the seeker has just said does not count, as echoing it is no phrase.
    """
    first, last = _shares(before), _shares(after)
    shared = sorted(first.keys() & last.keys())
    grown: defaultdict[str, float] = defaultdict(float)
    for name in shared:
        for phrase, share in last[name].items():
            grown[phrase] += share - first[name].get(phrase, 0.0)
    if not grown:
        return None
    phrase = max(sorted(grown), key=lambda each: grown[each])
    growth = {name: [last[name].get(phrase, 0.0) - first[name].get(phrase, 0.0)] for name in shared}
    return Spread(phrase=phrase, share=clustered_interval(growth, (-1, 1)))


def _lengths(rollouts: Iterable[Rollout]) -> dict[str, float]:
    """Mean words a reply, by seeker; without seekers who got no word."""
    sizes: defaultdict[str, list[int]] = defaultdict(list)
    for rollout in rollouts:
        for _, reply in _replies(rollout):
            sizes[rollout.profile].append(len(words(reply)))
    return {name: sum(found) / len(found) for name, found in sizes.items() if sum(found)}


def _shares(rollouts: Iterable[Rollout]) -> dict[str, dict[str, float]]:
    """Share of the replies that hold each phrase, by seeker."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    replies: Counter[str] = Counter()
    for rollout in rollouts:
        for message, reply in _replies(rollout):
            counts[rollout.profile].update(_phrases(reply) - _phrases(message))
            replies[rollout.profile] += 1
    return {
        name: {phrase: count / replies[name] for phrase, count in found.items()}
        for name, found in counts.items()
    }


def _replies(rollout: Rollout) -> Iterable[tuple[str, str]]:
    return ((each.seeker, each.reply) for each in rollout.exchanges if each.reply)


def _phrases(text: str) -> set[str]:
    said = words(text)
    return {" ".join(said[place : place + PHRASE]) for place in range(len(said) - PHRASE + 1)}
