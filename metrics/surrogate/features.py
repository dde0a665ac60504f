"""Features of a turn for a surrogate: named numbers and hashed character n-grams.

Nothing here is fitted, so the same text gives the same features everywhere. English and Chinese.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import sparse

from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.words import words

from .cues import CUES, LOWERS, RAISES
from .moments import Moment

BUCKETS = 2**14
"""Buckets that the n-grams of one text are hashed into."""
_PARTS = re.compile(r"[.;\n\u3002\uff01\uff1f\uff1b]")
_MOST = 6
"""Finds of one cue that count."""
_STEPS = 21
"""Emotion in steps of five: 0..4, ..., 100."""

Bigrams = frozenset[tuple[str, str]]


def state_features(moments: Sequence[Moment]) -> sparse.csr_matrix:
    """The dialogue's state before the reply: emotion, turn, last change; nothing of the reply.

    Returns:
        (moments, 33) matrix: emotion by steps of five, turn, emotion / 50, last change / 5.
    """
    rows = np.zeros((len(moments), _STEPS + SEEKER_TURNS + 2))
    for row, moment in zip(rows, moments, strict=True):
        row[min(moment.emotion // 5, _STEPS - 1)] = 1
        row[_STEPS + min(moment.turn, SEEKER_TURNS - 1)] = 1
        row[-2:] = moment.emotion / 50, moment.last_change / 5
    return sparse.csr_matrix(rows)


def ngrams(texts: Sequence[str]) -> sparse.csr_matrix:
    """Hashed runs of one to three characters, by the logarithm of how often they occur.

    Returns:
        (texts, BUCKETS) matrix, rows of length 1.
    """
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.preprocessing import normalize

    hashing = HashingVectorizer(
        analyzer="char",
        ngram_range=(1, 3),
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,  # type: ignore[arg-type] - its stubs lack None
    )
    counts = sparse.csr_matrix(hashing.transform(texts))
    counts.data = 1 + np.log(counts.data)
    return sparse.csr_matrix(normalize(counts))


def reply_features(moments: Sequence[Moment]) -> np.ndarray:
    """Length, cues, and overlaps of the reply with what was said and with the seeker's texts.

    Returns:
        (moments, features) array, not standardised.
    """
    return np.array([[*_manner(moment.reply), *_overlaps(moment)] for moment in moments])


def _manner(reply: str) -> list[float]:
    """Length, and each cue's number and density."""
    found = [len(cue.findall(reply)) for cue in CUES.values()]
    numbers = [math.sqrt(min(count, _MOST)) for count in found]
    return [
        math.log1p(len(words(reply))),
        *numbers,
        *(30 * count / max(1, len(reply)) for count in found),
    ]


def _overlaps(moment: Moment) -> list[float]:
    said, line = _bigrams(moment.reply), _bigrams(moment.exchange.seeker)
    earlier = moment.before.reply if moment.before and moment.before.reply else ""
    shared = [_share(said, line), _share(line, said), _share(said, _bigrams(earlier))]
    profile = moment.profile
    if profile is None:
        return [*shared, 0.0, 0.0, 0.0, 0.0, 0.0]
    raising, lowering = rubric(profile.scene)
    return [
        *shared,
        _share(said, _bigrams(profile.scene)),
        _share(said, _bigrams(profile.persona)),
        _share(said, _bigrams(profile.hidden_intention)),
        _share(said, raising - lowering),
        _share(said, lowering - raising),
    ]


def _share(part: Bigrams, whole: Bigrams) -> float:
    return len(part & whole) / len(part) if part else 0.0


@lru_cache(maxsize=4096)  # a seeker's texts are met at every turn, with every supporter
def _bigrams(text: str) -> Bigrams:
    said = words(text)
    return frozenset(pairwise(said))


@lru_cache(maxsize=1024)
def rubric(scene: str) -> tuple[Bigrams, Bigrams]:
    """Word pairs of what a scene says raises the emotion, and of what it says lowers it."""
    raising: set[tuple[str, str]] = set()
    lowering: set[tuple[str, str]] = set()
    into: set[tuple[str, str]] | None = None
    for sentence in _PARTS.split(scene):
        if LOWERS.search(sentence):
            into = lowering
        elif RAISES.search(sentence):
            into = raising
        if into is not None:
            into |= _bigrams(sentence)
    return frozenset(raising), frozenset(lowering)
