"""The leaderboard of one simulator: scores with intervals, groups, paired differences, variance.

Levels of different simulators differ by up to 30 points, so nothing here ever averages or ranks
across them. Source of the figures: SAGE (arXiv 2505.02847), section 4.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.transcripts import Transcript

from ..evidence.bootstrap import bootstrap_interval
from ..evidence.statistics import Interval
from ..evidence.variance import VarianceShares, variance_shares
from .summary import finals, half_up, summarize


class LeaderboardRow(Frozen):
    """How one supporter did."""

    supporter: str
    places: tuple[int, int]
    """Best and worst place that the paired differences leave open; equal where it is sure."""
    score: Interval
    """Mean final emotion in points, 0..100, with its 95% bootstrap interval over profiles."""
    published: float
    """The score as SAGE publishes it: rounded half-up to 0.1."""
    success: float
    """Share of dialogues that ended at 100."""
    failure: float
    """Share that ended under 10, or without a reply."""
    silent: int
    """Dialogues in which the supporter gave no reply; each counts like a final emotion of 0."""
    invalid: int
    """Dialogues that are missing data and count nowhere."""
    curve: tuple[float, ...]
    """Mean emotion at the start and after each reply; an ended dialogue keeps its last value."""
    characters: dict[str, Interval]
    """Score by the seeker's character."""
    intentions: dict[str, Interval]
    """Score by the seeker's hidden intention."""


class Difference(Frozen):
    """One supporter against another on the profiles that both met."""

    better: str
    """The one with the higher mean there; whether surely so, the interval says."""
    worse: str
    points: Interval
    """Difference of final emotions in points, paired by profile, with its 95% interval."""

    @property
    def sure(self) -> bool:
        """Whether the interval leaves no doubt who is better."""
        return self.points.excludes_zero


class Leaderboard(Frozen):
    """Every supporter that met the seekers of one simulator."""

    simulator: str
    standings: tuple[LeaderboardRow, ...]
    """The highest score first."""
    differences: tuple[Difference, ...]
    """Of each two supporters that share a profile."""
    shares: VarianceShares | None
    """Where the spread comes from; None where too few profiles are shared."""
    unscored: tuple[str, ...] = ()
    """Supporters all of whose dialogues are missing data."""


def leaderboards(
    transcripts: Iterable[Transcript], seed: int = 0, level: float = 0.95
) -> tuple[Leaderboard, ...]:
    """One leaderboard for each simulator, by name."""
    played: defaultdict[str, defaultdict[str, list[Transcript]]]
    played = defaultdict(lambda: defaultdict(list))
    for transcript in transcripts:
        played[transcript.simulator][transcript.supporter].append(transcript)
    return tuple(_Scorer(seed, level).leaderboard(name, played[name]) for name in sorted(played))


class _Scorer:
    """Computes with one seed and one confidence."""

    def __init__(self, seed: int, level: float) -> None:
        self._seed, self._level = seed, level

    def leaderboard(self, simulator: str, played: dict[str, list[Transcript]]) -> Leaderboard:
        ends = {name: _finals(rows) for name, rows in sorted(played.items())}
        scored = {name: played[name] for name, found in ends.items() if found}
        means = {
            name: {profile: float(np.mean(values)) for profile, values in ends[name].items()}
            for name in scored
        }
        differences = tuple(
            difference
            for one, other in combinations(means, 2)
            if (difference := self._difference(means, one, other))
        )
        standings = [
            self._row(scored[name], name, _places(name, differences, len(means))) for name in means
        ]
        return Leaderboard(
            simulator=simulator,
            standings=tuple(sorted(standings, key=lambda row: (-row.score.mean, row.supporter))),
            differences=tuple(sorted(differences, key=lambda row: -row.points.mean)),
            shares=variance_shares(means),
            unscored=tuple(sorted(played.keys() - scored.keys())),
        )

    def _row(
        self, rows: Sequence[Transcript], name: str, places: tuple[int, int]
    ) -> LeaderboardRow:
        summary = summarize([row.rollout for row in rows])
        return LeaderboardRow(
            supporter=name,
            places=places,
            score=self._level_of(rows, name),
            published=half_up(summary.score.mean),
            success=summary.success,
            failure=summary.failure,
            silent=summary.silent,
            invalid=summary.invalid,
            curve=summary.curve,
            characters=self._by(lambda row: row.character, rows, name),
            intentions=self._by(lambda row: row.intention, rows, name),
        )

    def _by(
        self, label: Callable[[Transcript], str], rows: Sequence[Transcript], name: str
    ) -> dict[str, Interval]:
        groups: defaultdict[str, list[Transcript]] = defaultdict(list)
        for row in rows:
            if row.rollout.counted_score is not None:
                groups[label(row)].append(row)
        return {group: self._level_of(groups[group], name, group) for group in sorted(groups)}

    def _level_of(self, rows: Sequence[Transcript], *names: str) -> Interval:
        seed = derive_seed(self._seed, "level", *names)
        return bootstrap_interval(_finals(rows), (0, 100), seed=seed, level=self._level)

    def _difference(
        self, means: dict[str, dict[str, float]], one: str, other: str
    ) -> Difference | None:
        """Better minus worse, or None where they share no profile."""
        shared = means[one].keys() & means[other].keys()
        if not shared:
            return None
        gap = {name: means[one][name] - means[other][name] for name in shared}
        better, worse, sign = (one, other, 1) if sum(gap.values()) >= 0 else (other, one, -1)
        points = bootstrap_interval(
            {name: [sign * value] for name, value in gap.items()},
            (-100, 100),
            seed=derive_seed(self._seed, "difference", one, other),
            level=self._level,
        )
        return Difference(better=better, worse=worse, points=points)


def _finals(rows: Sequence[Transcript]) -> dict[str, list[float]]:
    return finals(row.rollout for row in rows)


def _places(name: str, differences: Sequence[Difference], rivals: int) -> tuple[int, int]:
    """The places that are open to one of the rivals, given who is surely better and worse."""
    above = sum(row.sure and row.worse == name for row in differences)
    below = sum(row.sure and row.better == name for row in differences)
    return 1 + above, rivals - below
