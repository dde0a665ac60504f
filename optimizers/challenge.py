"""The challenge: candidate against incumbent on the same (profile, replicate) pairs.

Both play with the same seeds; the evidence is checked after every few pairs, and the error rate
holds however often it is checked (an anytime-valid test, metrics/evidence/statistics.py). The
incumbent is measured again on every pair; earlier estimates of its level are not used. Profiles are
drawn independently with replacement, so that each difference has the same expectation: the mean
gain over the validation profiles.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from esc_skills.metrics.evidence.statistics import (
    UNSEEN_GAIN,
    ChallengeRule,
    Interval,
    clustered_interval,
    decide,
)
from esc_skills.metrics.sage.summary import finals
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .sequential import Decide, settle

REPLICATES_EACH = 10_000
"""Room for the replicates of one sequence of pairs; the next one has fresh ones."""


class ChallengeOutcome(Frozen):
    """How a challenge ended."""

    accepted: bool
    decided: bool
    """False where the budget ended before the evidence did."""
    reason: str
    pairs: int
    e_value: float
    gain: Interval | None
    candidate: tuple[Rollout, ...]
    incumbent: tuple[Rollout, ...]


class Pairs(Protocol):
    """Source of the pairs of a challenge."""

    def draw(self, count: int) -> list[Pair]:
        """The next `count` pairs."""
        ...


class PairSequence:
    """The endless, reproducible sequence of pairs on which incumbents are challenged."""

    def __init__(self, profiles: Sequence[Profile], seed: int, start: int) -> None:
        """Args are the validation profiles, the run's seed, and the number of the sequence."""
        self._profiles = sorted(profiles, key=lambda profile: profile.id)
        self._rng = random.Random(derive_seed(seed, "pairs", start))
        self._next: defaultdict[str, int] = defaultdict(lambda: (start + 1) * REPLICATES_EACH)

    def draw(self, count: int) -> list[Pair]:
        """The next `count` pairs."""
        return [self._draw() for _ in range(count)]

    def draw_with(self, profile: Profile) -> Pair:
        """The next pair with this profile."""
        self._next[profile.id] += 1
        return profile, self._next[profile.id] - 1

    def after(self, first: Sequence[Pair]) -> Pairs:
        """Some other pairs, and then those of this sequence."""
        return _After(list(first), self)

    def _draw(self) -> Pair:
        return self.draw_with(self._rng.choice(self._profiles))


class _After:
    def __init__(self, first: list[Pair], then: PairSequence) -> None:
        self._first = first
        self._then = then

    def draw(self, count: int) -> list[Pair]:
        first, self._first = self._first[:count], self._first[count:]
        return first + self._then.draw(count - len(first))


def challenge(
    runner: Runner,
    incumbent: SupportAgent,
    candidate: SupportAgent,
    pairs: Pairs,
    rule: ChallengeRule,
    look_every: int,
    decide: Decide = decide,
) -> ChallengeOutcome:
    """Play candidate against incumbent until the evidence decides or the budget ends.

    A pair in which either side is missing (an infrastructure failure) is left out. A supporter that
    gives no reply has failed by itself: it counts like a final emotion of 0.
    """
    counted: list[tuple[Rollout, Rollout]] = []

    def differences() -> Iterator[list[float | None]]:
        played = look_every
        while played == look_every:
            batch = pairs.draw(look_every)
            theirs, ours = runner.play(incumbent, batch), runner.play(candidate, batch)
            both = list(zip(theirs, ours, strict=False))
            found = [counted_difference(*pair) for pair in both]
            counted.extend(pair for pair, each in zip(both, found, strict=True) if each is not None)
            played = len(both)
            yield found

    evidence, verdict, _ = settle(differences(), rule, decide)
    decided = verdict.outcome != "continue"
    kept = played_both(counted)
    reason = verdict.reason if decided else f"the budget ended undecided: {verdict.reason}"
    silent = sum(after.ending == "no reply" for _, after in counted)
    return ChallengeOutcome(
        accepted=verdict.outcome == "accept",
        decided=decided,
        reason=f"{reason}; the candidate gave no reply in {silent} dialogues" if silent else reason,
        pairs=evidence.n,
        e_value=evidence.e_value,
        gain=gain_of(counted),
        candidate=tuple(after for _, after in kept),
        incumbent=tuple(before for before, _ in kept),
    )


def played_both(pairs: Iterable[tuple[Rollout, Rollout]]) -> list[tuple[Rollout, Rollout]]:
    """The pairs that both sides played to the end."""
    return [(before, after) for before, after in pairs if before.valid and after.valid]


def counted_difference(before: Rollout, after: Rollout) -> float | None:
    """Score of the second rollout minus the first, -1..1; None if either is missing data."""
    first, second = before.counted_score, after.counted_score
    return None if first is None or second is None else second - first


def gain_of(pairs: Sequence[tuple[Rollout, Rollout]]) -> Interval | None:
    """Mean paired difference of final emotions in points; None without a pair that has one.

    The interval allows for seekers unlike those that were met (`UNSEEN_GAIN`).
    """
    by_profile: defaultdict[str, list[float]] = defaultdict(list)
    for before, after in pairs:
        difference = counted_difference(before, after)
        if difference is not None:
            by_profile[before.profile].append(100 * difference)
    if not by_profile:
        return None
    return clustered_interval(by_profile, bounds=(-100, 100), unseen=UNSEEN_GAIN)


def level_of(rollouts: Sequence[Rollout]) -> Interval | None:
    """Mean final emotion in points with its interval; None where all is missing data."""
    by_profile = finals(rollouts)
    return clustered_interval(by_profile, bounds=(0, 100)) if by_profile else None
