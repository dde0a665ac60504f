"""Comparison of two runs: which is better, with what certainty, at what cost."""

from pathlib import Path

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.challenge import gain_of
from esc_skills.optimizers.events import Result
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout, Spend

from ..files.run_directory import concurrencies_of, read_experiment, read_result
from ..rehearsal import REHEARSAL


class RunSummary(Frozen):
    """The figures of one run that stand beside those of another."""

    name: str
    """The run directory."""
    simulator: str
    """The seeker's model; levels differ between simulators."""
    concurrency: str = ""
    """How much was played at once; empty where it is not known."""
    gain: Interval | None
    """Of its final over its first bank on its sealed test, in points; None without a test."""
    score: Interval | None
    """Of its final bank on all of its test seekers, 0..100."""
    success: float | None
    """Share of these dialogues that end in success, 0..1."""
    failure: float | None
    accepted: int
    tried: int
    """Edits."""
    skills: int
    """In the final bank."""
    spend: Spend
    stopped: str


class Comparison(Frozen):
    """What can be said of two runs."""

    runs: tuple[RunSummary, RunSummary]
    difference: Interval | None
    """Second minus first final score, in points, on the test dialogues that both played; its `n`
    counts these. None where they share none, or met different simulators."""
    seekers: int
    """Test seekers that both runs share."""

    @property
    def verdict(self) -> str:
        """Which run is better and by how much, in one sentence."""
        first, second = self.runs
        if first.simulator != second.simulator:
            return (
                f"The runs cannot be compared: {first.name} used the simulator {first.simulator}, "
                f"{second.name} used {second.simulator}."
            )
        if self.difference is None:
            return "The runs share no test dialogues, so they cannot be compared fairly."
        gap = self.difference
        spread = (
            f"{second.name} minus {first.name}: {gap.mean:+.1f} points, 95% interval "
            f"{gap.low:+.1f} to {gap.high:+.1f}, {gap.n} paired dialogues with the {self.seekers} "
            "test seekers that both share"
        )
        if not gap.excludes_zero:
            return f"Neither run is significantly better ({spread})."
        better = second if gap.mean > 0 else first
        return f"{better.name} is better ({spread})."

    @property
    def caution(self) -> str | None:
        """That the runs were measured under different loads, in one sentence; None if not."""
        first, second = self.runs
        loads = first.concurrency, second.concurrency
        if loads[0] == loads[1] or not all(loads) or first.simulator.startswith(REHEARSAL):
            return None
        return (
            f"The scores were measured at different concurrency ({first.name}: {loads[0]}; "
            f"{second.name}: {loads[1]}); some servers answer differently under load."
        )


def compare(first: Path, second: Path) -> Comparison:
    """Compare two run directories.

    Raises:
        UserError: One is not a finished run.
    """
    results = read_result(first), read_result(second)
    runs = _summary(first, results[0]), _summary(second, results[1])
    pairs = _shared(*results)
    comparable = runs[0].simulator == runs[1].simulator
    return Comparison(
        runs=runs,
        difference=gain_of(pairs) if comparable else None,
        seekers=len({before.profile for before, _ in pairs}),
    )


def _shared(first: Result, second: Result) -> list[tuple[Rollout, Rollout]]:
    """The dialogues of the final banks on the test seekers and replicates that both played."""
    finals = [
        {(r.profile, r.replicate): r for r in (result.test.rollouts_after if result.test else ())}
        for result in (first, second)
    ]
    return [(finals[0][key], finals[1][key]) for key in sorted(finals[0].keys() & finals[1].keys())]


def _summary(path: Path, result: Result) -> RunSummary:
    test = result.test
    return RunSummary(
        name=str(path),
        simulator=read_experiment(path).simulator,
        concurrency=" and ".join(concurrencies_of(path)),
        gain=test and test.gain,
        score=test and test.after.score,
        success=test and test.after.success,
        failure=test and test.after.failure,
        accepted=result.verdicts["accepted"],
        tried=len(result.decisions),
        skills=len(result.final.skills),
        spend=result.spend,
        stopped=result.stopped,
    )
