"""Distance between simulated and real seekers in the way they talk, feature by feature.

Every feature is one number a dialogue, read off what the seeker said in the first ten turns: a SAGE
dialogue has no more. Knows nothing of where dialogues come from.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np
from scipy import stats

from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.words import words

from ..evidence.statistics import Interval

WINDOW = 40
"""Words among which different ones are counted; a dialogue with fewer has no such figure."""
RESAMPLES = 499
_GRATITUDE = re.compile(r"\bthank|\bthx\b|\bappreciate|\bgrateful|谢|感激", re.IGNORECASE)
_RESISTANCE = re.compile(
    r"^(?:but|no\b|nope|not really|well,? but)|\b(?:already|have) tried|\bnot sure|\bnot really"
    r"|\bdon'?t (?:think|want|believe|see how)|\bwon'?t (?:work|help)|\bwouldn'?t (?:work|help)"
    r"|\bcan'?t (?:do|see)|\byes,? but|\byou don'?t (?:get|understand)|\bisn'?t so simple"
    r"|不是这|试过|没用|行不通|没那么简单|不太确定|不这么看|你没明白",
    re.IGNORECASE,
)


class Talk(Frozen):
    """What the seeker of one dialogue said."""

    turns: tuple[str, ...]
    """The seeker's turns; lines in a row are one turn."""
    movement: float | None = None
    """Relief from beginning to end, -1..1 of the whole scale; None where it is not known."""


class FeatureDistance(Frozen):
    """One feature of simulated dialogues beside real ones."""

    feature: str
    real: float
    """Mean of the real dialogues."""
    simulated: float
    distance: Interval
    """Wasserstein-1 distance of the two distributions in standard deviations of the real one, with
    its 95% bootstrap interval over dialogues."""
    floor: float
    """Distance that two samples of real dialogues as large as these have on average."""
    ks: float
    """Kolmogorov-Smirnov distance, 0..1."""


def talk_of_conversation(conversation: Conversation) -> Talk:
    """The seeker's side of a real conversation; its emotion's intensity of 1..5 as a movement."""
    rows = groupby(conversation.turns, key=lambda turn: turn.speaker)
    turns = [" ".join(turn.text for turn in said) for speaker, said in rows if speaker == "seeker"]
    before, after = conversation.intensity or (0, 0)
    movement = (before - after) / 4 if conversation.intensity else None
    return Talk(turns=tuple(turns), movement=movement)


def talk_of_rollout(rollout: Rollout) -> Talk:
    """The seeker's side of a simulated dialogue."""
    turns = tuple(exchange.seeker for exchange in rollout.exchanges)
    return Talk(turns=turns, movement=(rollout.emotions[-1] - rollout.start) / 100)


def _length(turns: Sequence[str]) -> float:
    return float(np.mean([len(words(turn)) for turn in turns]))


def _pace(turns: Sequence[str]) -> float | None:
    """Average over turns of the share of the story's words that are out: 1 if all come at once."""
    known: set[str] = set()
    out: list[int] = []
    for turn in turns:
        known.update(words(turn))
        out.append(len(known))
    return float(np.mean(out)) / len(known) if known else None


def _vocabulary(turns: Sequence[str]) -> float | None:
    """Different words among `WINDOW` in a row, on average (moving type-token ratio)."""
    said = [word for turn in turns for word in words(turn)]
    if len(said) < WINDOW:
        return None
    windows = (said[start : start + WINDOW] for start in range(len(said) - WINDOW + 1))
    return float(np.mean([len(set(window)) / WINDOW for window in windows]))


def _share(pattern: re.Pattern[str]) -> Callable[[Sequence[str]], float]:
    return lambda turns: float(np.mean([bool(pattern.search(turn)) for turn in turns]))


FEATURES: dict[str, Callable[[Sequence[str]], float | None]] = {
    "words a turn": _length,
    "disclosure pace": _pace,
    "questions": _share(re.compile(r"[?？]")),  # noqa: RUF001 - Chinese stops
    "resistance": _share(_RESISTANCE),
    "gratitude": _share(_GRATITUDE),
    "vocabulary": _vocabulary,
    "turns": lambda turns: float(len(turns)),
}
"""What is read off the seeker's turns: means and shares over turns, except where it says more."""
MOVEMENT = "emotion movement"
Values = dict[str, np.ndarray]


def features(talks: Iterable[Talk]) -> Values:
    """One value a dialogue of every feature, where the dialogue has it."""
    heard = [talk for talk in talks if talk.turns]
    found: dict[str, list[float | None]] = {
        name: [measure(talk.turns[:SEEKER_TURNS]) for talk in heard]
        for name, measure in FEATURES.items()
    }
    found[MOVEMENT] = [talk.movement for talk in heard]
    return {
        name: np.array([value for value in values if value is not None])
        for name, values in found.items()
    }


def distances(real: Values, simulated: Values) -> dict[str, float]:
    """Distance of every feature that both sides have and that differs between real dialogues."""
    return {
        name: _distance(values, simulated[name])
        for name, values in real.items()
        if len(values) > 1 and len(simulated[name]) and values.std() > 0
    }


def compare(
    real: Sequence[Talk], simulated: Sequence[Talk], seed: int = 0
) -> tuple[FeatureDistance, ...]:
    """Every feature of simulated seekers beside that of real ones.

    Source of the distance: Villani, Optimal Transport (2009), chapter 6; of the interval: Efron and
    Tibshirani, An Introduction to the Bootstrap (1993), chapters 10 and 13 (percentiles, less the
    estimated bias: a resample lies further away than its sample). A distance cannot be negative,
    so small ones are estimated too large; `floor` says how large.

    Raises:
        ValueError: One of the sides has no dialogue with a word of the seeker.
    """
    ours, theirs = features(simulated), features(real)
    if not len(ours["turns"]) or not len(theirs["turns"]):
        raise ValueError("there must be real and simulated dialogues in which a seeker speaks")
    rng = np.random.default_rng(seed)
    return tuple(_compared(name, theirs[name], ours[name], rng) for name in distances(theirs, ours))


def _compared(
    name: str, real: np.ndarray, simulated: np.ndarray, rng: np.random.Generator
) -> FeatureDistance:
    def again(one: np.ndarray, other: np.ndarray) -> list[float]:
        return [
            _distance(rng.choice(one, len(real)), rng.choice(other, len(simulated)), real.std())
            for _ in range(RESAMPLES)
        ]

    # scipy.stats.bootstrap has no percentiles less the bias, and would draw other resamples
    found = _distance(real, simulated)
    resampled = np.array(again(real, simulated))
    low, high = np.percentile(resampled, (2.5, 97.5)) - resampled.mean() + found
    return FeatureDistance(
        feature=name,
        real=float(real.mean()),
        simulated=float(simulated.mean()),
        distance=Interval(low=max(0.0, float(low)), mean=found, high=float(high), n=len(simulated)),
        floor=float(np.mean(again(real, real))),
        ks=float(np.asarray(stats.ks_2samp(real, simulated))[0]),
    )


def _distance(real: np.ndarray, simulated: np.ndarray, scale: float | None = None) -> float:
    """Wasserstein-1 distance, in standard deviations of the real values."""
    return float(stats.wasserstein_distance(real, simulated) / (scale or real.std()))
