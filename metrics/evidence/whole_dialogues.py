"""Decisions by whole dialogues, which have no error rate of their own.

They confirm what the turn-level test (statistics.py) has found, verify what was accepted, and tell
whether the first bank earns its place: normal inference on few, dear differences.
"""

import math

from scipy import stats

from .statistics import ChallengeRule, Interval, PairedEvidence, Verdict, normal_reach

CONFIRMING = 0.2
"""Largest probability of a loss at which whole dialogues confirm a gain."""
CONFIRMING_PAIRS = 12
"""Most pairs of whole dialogues; further pairs would mostly add cost."""
LEAST_ERROR = 0.02
"""Lower bound on the standard error of a mean, in score; a few equal differences prove little."""
PRIOR_SHARE = 0.5
"""Share of a gain seen at single turns that is expected of whole dialogues before any were played:
it is a first-order estimate, of edits picked for it."""
VERIFYING = 0.99
"""Probability of the sign of a gain at which it is verified or refuted."""
VERIFYING_PAIRS = 150
"""Pairs of whole dialogues after which the sign of their mean decides."""
DOUBTING = 0.1
"""Largest probability that the first bank is better than none at which it is given up."""
DOUBTING_PAIRS = 18
"""Pairs of whole dialogues after which it stays."""


def confirm(
    evidence: PairedEvidence,
    rule: ChallengeRule,
    expected: Interval | None = None,
    share: float = PRIOR_SHARE,
) -> Verdict:
    """Decide whether whole dialogues confirm or refute a gain that was found elsewhere.

    Normal inference on the gain: a share of what was expected is the prior, no surer than half the
    size of what was expected. Accepts a
    gain when a loss of as much as would be worth having has at most the chance `CONFIRMING`, and
    the dialogues alone do not make any gain as unlikely; rejects when a gain worth having has at
    most the chance of the rule's futility, or after `CONFIRMING_PAIRS`. This is no test with an
    error rate of its own: the turn-level test controls the error rate.

    Args:
        evidence: The differences of whole dialogues so far, -1..1.
        rule: When to give up.
        expected: The gain in points that was seen elsewhere; None for nothing.
        share: Share of it that is believed, at most 1; below 0 counts as none.
    """
    found = _found(evidence)
    if evidence.n >= rule.min_pairs:
        mean, error = _posterior(evidence, expected, share)
        reach = normal_reach(CONFIRMING)
        refuted = evidence.mean + reach * evidence.standard_error < 0
        if mean >= 0 and mean - reach * error >= -rule.smallest_gain and not refuted:
            return Verdict(outcome="accept", reason=f"{found}{_agreement(evidence)}")
        high = mean + normal_reach(rule.futility_level) * error
        if high < rule.smallest_gain:
            reason = (
                f"{found}, {100 * high:+.1f} at best, but {100 * rule.smallest_gain:g} are needed"
            )
            return Verdict(outcome="reject", reason=reason)
    if evidence.n >= min(CONFIRMING_PAIRS, rule.max_pairs):
        return Verdict(outcome="reject", reason=f"{found}, which is too uncertain to accept")
    return Verdict(outcome="continue", reason=found)


def verify(evidence: PairedEvidence, rule: ChallengeRule) -> Verdict:
    """Decide whether edits that were accepted stay, by whole dialogues with and without them.

    Args:
        evidence: The gains with them so far, -1..1.
        rule: How many pairs there are at least.
    """
    found = _found(evidence)
    if evidence.n < rule.min_pairs:
        return Verdict(outcome="continue", reason=found)
    sure = abs(evidence.mean) > normal_reach(1 - VERIFYING) * evidence.standard_error
    if not sure and evidence.n < VERIFYING_PAIRS:
        return Verdict(outcome="continue", reason=found)
    return Verdict(outcome="accept" if evidence.mean >= 0 else "reject", reason=found)


def earns(evidence: PairedEvidence, rule: ChallengeRule) -> Verdict:
    """Decide whether the first bank earns its place, by its gains over no bank in whole dialogues.

    It does as soon as it is ahead, since somebody chose it; it does not where a gain has at most
    the chance `DOUBTING` (Student's t), after twice as many pairs as the least.

    Args:
        evidence: The gains so far, -1..1.
        rule: How many pairs there are at least.
    """
    found = _found(evidence)
    if evidence.n < rule.min_pairs:
        return Verdict(outcome="continue", reason=found)
    reach = float(stats.t.ppf(1 - DOUBTING, evidence.n - 1))
    if evidence.n >= 2 * rule.min_pairs and evidence.mean + reach * evidence.standard_error < 0:
        return Verdict(outcome="reject", reason=found)
    stays = evidence.mean >= 0 or evidence.n >= DOUBTING_PAIRS
    return Verdict(outcome="accept" if stays else "continue", reason=found)


def _found(evidence: PairedEvidence) -> str:
    return f"mean gain {100 * evidence.mean:+.1f} points in {evidence.n} pairs of whole dialogues"


def _agreement(evidence: PairedEvidence) -> str:
    """How far dialogues that confirm a gain speak for it themselves; their own gain may be none."""
    reach = normal_reach(0.025) * evidence.standard_error
    low, high = 100 * max(-1.0, evidence.mean - reach), 100 * min(1.0, evidence.mean + reach)
    word = "agree with" if evidence.mean > 0 else "cannot contradict"
    return f" [{low:+.0f}, {high:+.0f}], which {word} the gain at single turns"


def _posterior(
    evidence: PairedEvidence, expected: Interval | None, share: float
) -> tuple[float, float]:
    """Mean and standard deviation of the gain, in score, after the evidence."""
    mean, error = evidence.mean, max(evidence.standard_error, LEAST_ERROR)
    if expected is None:
        return mean, error
    promised = max(0.0, expected.mean) / 100
    prior = min(1.0, max(0.0, share)) * promised
    doubt = PRIOR_SHARE * math.hypot(promised, (expected.high - expected.low) / 200)
    weight = error**2 / (error**2 + doubt**2)
    return weight * prior + (1 - weight) * mean, math.sqrt(weight) * doubt
