"""The loop of every challenge: add paired differences in batches until the evidence decides."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence, Verdict, decide

Decide = Callable[[PairedEvidence, ChallengeRule], Verdict]
"""What the evidence so far amounts to; `decide` tests, `confirm` only looks for an objection."""


class Settled(NamedTuple):
    """The end of a sequence of looks."""

    evidence: PairedEvidence
    verdict: Verdict
    """Its outcome is `continue` where the differences ended before they decided."""
    missing: int
    """Pairs without a difference."""


def settle(
    batches: Iterable[Sequence[float | None]], rule: ChallengeRule, decide: Decide = decide
) -> Settled:
    """Look after every batch, and take no further batch once the evidence decides.

    Missing pairs are left out. Where they are as many as the rule allows pairs in all, that is the
    end as well, so that a program that never answers is not asked forever.

    Args:
        batches: Differences in [-1, 1], None where one is missing.
        rule: When to accept, and when to give up.
        decide: Reads the evidence.
    """
    evidence, missing = PairedEvidence(), 0
    verdict = Verdict(outcome="continue", reason="no pair was compared")
    for batch in batches:
        for difference in batch:
            if difference is None:
                missing += 1
            else:
                evidence = evidence.add(difference)
        verdict = decide(evidence, rule)
        if verdict.outcome != "continue" or missing >= rule.max_pairs:
            break
    return Settled(evidence, verdict, missing)
