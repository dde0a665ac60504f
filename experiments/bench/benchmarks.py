"""Figures that we claim, measured: runner throughput, call overhead, error rates, power.

Run with `make bench`. Speed is measured here and nowhere else; no test is timed.
"""

import statistics as stats
import time
from collections.abc import Iterator

import dspy
import numpy as np
from dspy.lm15 import Request, Response
from rich.console import Console
from rich.table import Table

from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence, decide
from esc_skills.programs.models.roles import Models

from ..rehearsal.engine import RehearsalEngine
from ..show.tables import table_of
from .coverage import coverage
from .detection import detection
from .first_banks import first_banks
from .guard_time import guard_time
from .harm import harm
from .large_bank import large_bank
from .large_journal import large_journal
from .nulls import null_edits
from .overhead import search_overhead
from .scale import scale


def main() -> None:
    """Print every figure."""
    console = Console(width=110)
    for table in scale():
        console.print(table)
    console.print(overhead())
    console.print(guard_time())
    console.print(search_overhead())
    console.print(large_bank())
    console.print(large_journal())
    console.print(power())
    console.print(coverage())
    console.print(detection())
    console.print(first_banks())
    console.print(null_edits())
    console.print(harm())


def overhead() -> Table:
    """Milliseconds per call outside the model: DSPy with its stock adapter, and a whole stage."""
    from esc_skills.programs.models.role_predict import RolePredict
    from esc_skills.signatures.strategies import NameStrategy

    said = {"message": "I don't know where to start.", "turn": "What weighs most?"}
    engine = RehearsalEngine()
    lm = dspy.LM("rehearsal", engine=engine, cache=False)
    stock = dspy.Predict(NameStrategy)
    with dspy.context(lm=lm, adapter=dspy.ChatAdapter(), disable_history=True):
        plain = _median_ms(lambda: stock(**said))
    models = Models(engines={"rehearsal": engine})
    stage = RolePredict(NameStrategy, role="judge")
    with models.active():
        ours = _median_ms(lambda: stage(**said))
    request = _some_request(lm, stock)
    alone = _median_ms(lambda: engine.complete(request))
    rows = (
        ("the rehearsal engine alone", f"{alone:.2f}"),
        ("dspy.Predict, stock chat adapter, engine included", f"{plain:.2f}"),
        ("our stage: metered, seeded, bounded, engine included", f"{ours:.2f}"),
    )
    return table_of("Time per call, median of 300", ("what", "ms"), rows)


def _some_request(lm: dspy.LM, predict: dspy.Predict) -> Request:
    """A request as the engine gets it."""
    caught: list[Request] = []

    class Catch(RehearsalEngine):
        def complete(self, request: Request) -> Response:
            caught.append(request)
            return super().complete(request)

    with dspy.context(lm=dspy.LM("rehearsal", engine=Catch(), cache=False)):
        predict(history=[], message="I don't know where to start.", skill=None)
    return caught[0]


def _median_ms(work: object) -> float:
    assert callable(work)
    seconds = []
    for _ in range(300):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return 1000 * stats.median(seconds)


def power() -> Table:
    """Share accepted and rollouts spent for true gains, at SAGE's noise and at paired noise."""
    rows: list[tuple[str, ...]] = []
    for rate in (0.05, 0.10):
        rule = ChallengeRule(error_rate=rate, max_pairs=600)
        for sd in (43, 20):
            for gain in (0, 3, 6, 10):
                share, pairs = simulate(rule, gain / 100, sd / 100, 2000)
                found = (f"{share:.3f}", f"{pairs:.0f}", f"{2 * pairs:.0f}")
                rows.append((f"{rate:.2f}", f"{gain}", f"{sd}", *found))
    return table_of(
        "Power of the challenge (2,000 simulated challenges a row)",
        ("error rate", "true gain", "sd of a pair", "accepted", "mean pairs", "rollouts"),
        rows,
        text=(),
    )


def simulate(rule: ChallengeRule, gain: float, sd: float, runs: int) -> tuple[float, float]:
    """(Share accepted, mean pairs) of simulated challenges; looks after every 8 pairs.

    Differences are drawn from a beta distribution on [-1, 1] with this mean and deviation.
    """
    rng = np.random.default_rng(0)
    mean = (gain + 1) / 2
    spread = mean * (1 - mean) / (sd / 2) ** 2 - 1
    accepted, pairs = 0, 0
    for _ in range(runs):
        evidence, outcome = PairedEvidence(), "continue"
        draws: Iterator[float] = iter(
            2 * rng.beta(mean * spread, (1 - mean) * spread, rule.max_pairs) - 1
        )
        while outcome == "continue":
            for _ in range(8):
                evidence = evidence.add(float(next(draws)))
            outcome = decide(evidence, rule).outcome
        accepted += outcome == "accept"
        pairs += evidence.n
    return accepted / runs, pairs / runs


if __name__ == "__main__":
    main()
