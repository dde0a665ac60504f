"""A bound on the share of useless edits among all that a run accepts.

Each edit's own test errs at a fixed rate, so a run that tries many edits accepts some in vain.
e-LOND (Xu and Ramdas, "Online multiple testing with e-values", AISTATS 2024) tests the t-th edit at
the level rate * (accepted + 1) / (t (t + 1)). A false acceptance of edit t needs an e-value of at
least 1 / level; it leaves at least accepted + 1 edits in the run, and so adds at most
rate * e-value / (t (t + 1)) to the false share. The e-value of an edit without effect is at most 1
in expectation, and the terms 1 / (t (t + 1)) sum to 1. The expected false share is thus at most the
rate, however edits and evidence depend on each other.
"""

from collections.abc import Callable

from esc_skills.metrics.evidence.statistics import ChallengeRule


class DiscoveryRate:
    """Hands out the error rates of a run's tests, one after the other.

    Args:
        rate: Largest expected share, in (0, 1), of edits without effect among the accepted ones;
            None leaves every edit its own error rate.
        accepted: How many edits the run has accepted so far.
    """

    def __init__(self, rate: float | None, accepted: Callable[[], int]) -> None:
        self._rate, self._accepted = rate, accepted
        self._tests = 0

    def rule_for_next(self, rule: ChallengeRule) -> ChallengeRule:
        """The rule of an edit that is about to be tested; to be asked before its first evidence."""
        if self._rate is None:
            return rule
        self._tests += 1
        level = self._rate * (self._accepted() + 1) / (self._tests * (self._tests + 1))
        return rule.model_copy(update={"error_rate": min(level, rule.error_rate)})
