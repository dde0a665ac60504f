"""The challenge: candidate against incumbent on the same (profile, replicate) pairs.

Both play with the same seeds; the evidence is looked at after every few pairs, and the error rate
holds however often one looks (an anytime-valid test, metrics/statistics.py). The incumbent is
measured again on every pair; what it was once measured to be worth plays no part. Pairs that it has
already played in an earlier challenge are free. Profiles are drawn independently with replacement,
so that each difference has the same expectation: the mean gain over the validation profiles.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

from esc_skills.metrics.statistics import (
    ChallengeRule,
    Interval,
    PairedEvidence,
    clustered_interval,
    judge,
)
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.seeds import derive_seed
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

REPLICATES_PER_INCUMBENT = 10_000
"""Room for the replicates of one incumbent; the next one is measured on fresh ones."""


class Outcome(Frozen):
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


class PairSequence:
    """The endless, reproducible sequence of pairs on which one incumbent is challenged."""

    def __init__(self, profiles: Sequence[Profile], seed: int, incumbent: int) -> None:
        """Args are the validation profiles, the run's seed, and the incumbent's number."""
        self._profiles = sorted(profiles, key=lambda profile: profile.id)
        self._rng = random.Random(derive_seed(seed, "pairs", incumbent))
        self._next: defaultdict[str, int] = defaultdict(
            lambda: (incumbent + 1) * REPLICATES_PER_INCUMBENT
        )
        self._drawn: list[Pair] = []

    def head(self, count: int) -> list[Pair]:
        """The first `count` pairs; the same ones at every call."""
        while len(self._drawn) < count:
            profile = self._rng.choice(self._profiles)
            self._drawn.append((profile, self._next[profile.id]))
            self._next[profile.id] += 1
        return self._drawn[:count]


def challenge(
    runner: Runner,
    incumbent: SupportAgent,
    candidate: SupportAgent,
    pairs: PairSequence,
    rule: ChallengeRule,
    look_every: int,
) -> Outcome:
    """Play candidate against incumbent until the evidence decides or the budget ends.

    A pair in which either side is missing (an infrastructure failure) is left out.
    """
    evidence = PairedEvidence()
    kept: list[tuple[Rollout, Rollout]] = []
    asked, accepted, decided, reason = 0, False, False, "the budget ended before the evidence did"
    while not decided and asked < 2 * rule.max_pairs:
        batch = pairs.head(asked + look_every)[asked:]
        asked += len(batch)
        theirs, ours = runner.play(incumbent, batch), runner.play(candidate, batch)
        valid = [(a, b) for a, b in zip(theirs, ours, strict=False) if a.valid and b.valid]
        kept += valid
        for before, after in valid:
            evidence = evidence.add(after.score - before.score)
        verdict = judge(evidence, rule)
        if verdict.outcome != "continue":
            accepted, decided, reason = verdict.outcome == "accept", True, verdict.reason
        elif len(ours) < len(batch):
            break
    return Outcome(
        accepted=accepted,
        decided=decided,
        reason=reason,
        pairs=evidence.n,
        e_value=evidence.e_value,
        gain=gain_of(kept),
        candidate=tuple(after for _, after in kept),
        incumbent=tuple(before for before, _ in kept),
    )


def gain_of(pairs: Sequence[tuple[Rollout, Rollout]]) -> Interval | None:
    """Mean paired difference of final emotions in points; None without a pair."""
    if not pairs:
        return None
    by_profile: defaultdict[str, list[float]] = defaultdict(list)
    for before, after in pairs:
        by_profile[before.profile].append(100 * (after.score - before.score))
    return clustered_interval(by_profile, bounds=(-100, 100))


def level_of(rollouts: Sequence[Rollout]) -> Interval | None:
    """Mean final emotion in points with its interval; None without a valid rollout."""
    by_profile: defaultdict[str, list[float]] = defaultdict(list)
    for rollout in rollouts:
        if rollout.valid:
            by_profile[rollout.profile].append(100 * rollout.score)
    return clustered_interval(by_profile, bounds=(0, 100)) if by_profile else None
