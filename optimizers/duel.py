"""Compare two DSPy programs with a noisy metric. Works with any program and any metric.

The same sequential test as in the search, applied to two modules, examples and a metric. Pairs are
drawn until the evidence decides, so a large gain needs few pairs and a small gain many, and the
error rate holds however often the evidence is checked (metrics/evidence/statistics.py).
"""

import random
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from itertools import count
from typing import Any

import dspy

from esc_skills.metrics.evidence.statistics import ChallengeRule, Interval, clustered_interval
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, NoReply, boundary
from esc_skills.programs.models.seeds import derive_seed, seed_scope
from esc_skills.programs.work import Threads, Work
from esc_skills.signatures.frozen import Frozen

from .sequential import settle

Metric = Callable[[dspy.Example, Any], Any]
"""Score in [0, 1] of a prediction (a number, or what `float` takes); None where it has none."""
LOOK_EVERY = 8
"""Pairs between two looks at the evidence."""


class Duel(Frozen):
    """The result of a comparison of two programs."""

    better: bool
    """Whether the second is better than the first, at the error rate."""
    decided: bool
    """False where the pairs ended (a budget, failures) before the evidence decided."""
    reason: str
    pairs: int
    """Pairs that both programs were scored on."""
    missing: int
    """Pairs that were left out since a model failed or the metric gave no score."""
    e_value: float
    """Evidence against 'no gain'; `better` needs 1 / error rate."""
    gain: Interval | None
    """Mean difference in points (hundredths), clustered by example. A duel stops when the evidence
    is good, so the mean of a winner is flattered; measure it again where the amount matters."""


def duel(
    before: dspy.Module,
    after: dspy.Module,
    examples: Sequence[dspy.Example],
    metric: Metric,
    *,
    rule: ChallengeRule | None = None,
    threads: int = 8,
    seed: int = 0,
) -> Duel:
    """Play two programs against each other on the same examples until the evidence decides.

    Examples are drawn independently with replacement, so that a repeated one is a fresh draw of the
    programs' noise: each pair has a `rollout_id` of its own, the same for both programs. Where DSPy
    caches, a question that both ask the same way is paid once, and its noise cancels.

    Args:
        before: The program to beat.
        after: The program that may be better.
        examples: Inputs set (`with_inputs`), as DSPy wants them.
        metric: Called as `metric(example, prediction)`; larger is better.
        rule: Error rate, smallest gain worth having, most pairs.
        threads: Pairs at once; the result depends on it only where the programs' noise does.
        seed: Which examples are drawn, in which order, with which `rollout_id`.

    Raises:
        ValueError: There are no examples, or a score is outside [0, 1].
    """
    if not examples:
        raise ValueError("a duel needs at least one example")
    rule = rule or ChallengeRule()
    play = partial(_difference, before, after, metric)
    gains: defaultdict[str, list[float]] = defaultdict(list)
    with Threads(threads) as work:
        batches = _batches(play, examples, work, seed, gains)
        evidence, verdict, missing = settle(batches, rule)
    decided = verdict.outcome != "continue"
    return Duel(
        better=verdict.outcome == "accept",
        decided=decided,
        reason=verdict.reason if decided else f"undecided when the pairs ended: {verdict.reason}",
        pairs=evidence.n,
        missing=missing,
        e_value=evidence.e_value,
        gain=clustered_interval(gains, bounds=(-100, 100)) if gains else None,
    )


def _batches(
    play: Callable[[dspy.Example, int], float | None],
    examples: Sequence[dspy.Example],
    work: Work,
    seed: int,
    gains: defaultdict[str, list[float]],
) -> Iterator[list[float | None]]:
    """Differences of ever more pairs, until a budget ends; kept in points by example in `gains`."""
    rng = random.Random(derive_seed(seed, "duel"))
    for start in count(0, LOOK_EVERY):
        drawn = [rng.randrange(len(examples)) for _ in range(LOOK_EVERY)]
        places = [(which, derive_seed(seed, start + n)) for n, which in enumerate(drawn)]
        # the caller's DSPy settings are context variables, and a piece of work sees none of those
        tasks = [(copy_context(), examples[which], replicate) for which, replicate in places]
        try:
            found = list(work.map(lambda task: task[0].run(play, *task[1:]), tasks))
        except BudgetExhausted:
            return
        for which, difference in zip(drawn, found, strict=True):
            if difference is not None:
                gains[str(which)].append(100 * difference)
        yield found


def _difference(
    before: dspy.Module, after: dspy.Module, metric: Metric, example: dspy.Example, replicate: int
) -> float | None:
    """Score of the second minus that of the first; None if either has no score."""
    with _noise(replicate):
        first = _score(before, example, metric)
        second = None if first is None else _score(after, example, metric)
    return None if first is None or second is None else second - first


@contextmanager
def _noise(replicate: int) -> Generator[None]:
    """Within the block, models draw the noise of this replicate: DSPy's own, and ours."""
    lm = dspy.settings.lm
    fresh = {} if lm is None else {"lm": lm.copy(rollout_id=replicate)}
    with dspy.context(**fresh), seed_scope("duel", replicate):
        yield


def _score(program: dspy.Module, example: dspy.Example, metric: Metric) -> float | None:
    """The program's score, 0..1; 0 without a readable reply, None where a model failed."""
    try:
        with boundary("duel", NoReply):
            said = program(**example.inputs())
        with boundary("duel"):
            found = metric(example, said)
    except NoReply:
        return 0.0
    except DialogueError:
        return None
    if found is None:
        return None
    score = float(found)
    if not 0 <= score <= 1:
        raise ValueError(f"a score must lie in [0, 1], but is {score:g}. Scale the metric.")
    return score
