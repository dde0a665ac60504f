"""Simulated dialogues that were played already: their scores, and the faults of their seekers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from esc_skills.metrics.sage.leaderboard import Leaderboard, leaderboards
from esc_skills.metrics.sage.quality import Quality, quality
from esc_skills.metrics.sage.simulator_agreement import SimulatorAgreement, simulator_agreements
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError
from ..files.run_directory import is_run
from ..files.transcripts import read_transcripts

Source = tuple[str, str]
"""Simulator and supporter."""


class Scores(Frozen):
    """Scores of played dialogues; those of different simulators are never put together."""

    boards: tuple[Leaderboard, ...]
    """One a simulator."""
    agreements: tuple[SimulatorAgreement, ...]
    """How alike simulators rank the supporters that they share."""
    runs: tuple[str, ...]
    """Run directories among the sources: their dialogues are those that the search decided on."""


def score(
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
    seed: int = 0,
) -> Scores:
    """The SAGE leaderboard of each simulator, with intervals, groups and differences.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.
        seed: Seed of the resampling.

    Raises:
        UserError: A file is bad, or there is no whole valid dialogue.
    """
    read = list(read_transcripts(transcripts, simulator=simulator, profiles=profiles))
    boards = leaderboards(read, seed)
    if not any(board.standings for board in boards):
        raise UserError("there must be a whole valid dialogue to score, but there is none.")
    return Scores(
        boards=tuple(boards),
        agreements=simulator_agreements(boards),
        runs=tuple(str(path) for path in transcripts if is_run(path)),
    )


def find_faults(
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
) -> dict[Source, Quality]:
    """What simulated seekers say and a person never would, by source of dialogues.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.

    Raises:
        UserError: A file is bad.
    """
    return count_faults(read_transcripts(transcripts, simulator=simulator, profiles=profiles))


def count_faults(transcripts: Iterable[Transcript]) -> dict[Source, Quality]:
    """The faults of each source of dialogues."""
    sources: defaultdict[Source, list[Transcript]] = defaultdict(list)
    for row in transcripts:
        sources[row.simulator, row.supporter].append(row)
    return {
        source: quality((row.rollout, row.profile) for row in sources[source])
        for source in sorted(sources)
    }
