"""The sealed test: no bank, the first bank and the final bank on held-out seekers.

No bank is a separate level, because a gain over a harmful first bank may be no gain over no bank.
"""

from collections.abc import Callable, Sequence

from esc_skills.metrics.sage.summary import by_group, summarize
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout, Spend
from esc_skills.signatures.skills import Bank

from .alarms import cost_of_watch
from .challenge import counted_difference, gain_of
from .events import NoBank, SealedTest
from .settings import EvolutionSettings

REPLAYS = 3
"""How often a dialogue that a failing model ended is played again."""
TEST_REPLICATE = 1_000_000_000
"""Replicates from here on belong to the sealed test and to nothing else."""


def run_sealed_test(
    runner: Runner,
    settings: EvolutionSettings,
    first: SupportAgent,
    final: SupportAgent,
    profiles: Sequence[Profile],
) -> SealedTest | None:
    """All levels on the same held-out pairs; None if there is nothing to compare."""
    replicates = range(TEST_REPLICATE, TEST_REPLICATE + settings.test_replicates)
    pairs: list[Pair] = [(profile, replicate) for profile in profiles for replicate in replicates]
    third = first.with_bank(Bank()) if plays_no_bank(settings, first) else None
    agents = [first, final, *([third] if third else [])]
    later = cost_of_watch(settings.watch, len(profiles))
    before, after, *none = _played(runner, agents, pairs, later)
    both = _told(before, after)
    gain = gain_of(both)
    if gain is None:
        return None
    rollouts_before, rollouts_after = tuple(a for a, _ in both), tuple(b for _, b in both)
    return SealedTest(
        before=summarize(rollouts_before),
        after=summarize(rollouts_after),
        groups_before=by_group(rollouts_before),
        groups_after=by_group(rollouts_after),
        gain=gain,
        no_bank=_no_bank(none[0], after) if none else None,
        missing=len(pairs) - len(both),
        rollouts_before=rollouts_before,
        rollouts_after=rollouts_after,
    )


def plays_no_bank(settings: EvolutionSettings, first: SupportAgent) -> bool:
    """Whether the test has a third level: the first bank is not empty itself."""
    return settings.test_no_bank and bool(first.bank.value.skills)


def cost_of_test(
    runner: Runner, settings: EvolutionSettings, profiles: int, no_bank: bool = False
) -> Spend:
    """What is kept for the test and the judge that watches it.

    No dialogue is taken to be dearer than the dearest so far; before the first, calls are bounded
    by the protocol. The last dialogue must have room for that bound, or it would not be started.

    Args:
        runner: Knows what a rollout can cost.
        settings: The dials of the search.
        profiles: Number of test seekers.
        no_bank: Whether no bank is played, too.
    """
    rollouts = (2 + no_bank) * profiles * settings.test_replicates
    likely = runner.likely_cost_of(rollouts - 1) + runner.cost_of(1)
    return likely + cost_of_watch(settings.watch, profiles)


def _no_bank(none: Sequence[Rollout], after: Sequence[Rollout]) -> NoBank | None:
    both = _told(none, after)
    gain = gain_of(both)
    if gain is None:
        return None
    return NoBank(level=summarize(tuple(rollout for rollout, _ in both)), gain=gain)


def _played(
    runner: Runner, agents: Sequence[SupportAgent], pairs: Sequence[Pair], later: Spend
) -> list[list[Rollout]]:
    """The rollouts of each agent; what failed is played again while tries and budget last.

    Args:
        runner: Plays them.
        agents: The levels of the test.
        pairs: Seekers and replicates, the same for all.
        later: Part of the budget that the repeats must leave.
    """
    levels = [_play(runner.play, agent, pairs) for agent in agents]
    reserved, runner.ledger.reserved = runner.ledger.reserved, later
    for _ in range(REPLAYS):
        for agent, rollouts in zip(agents, levels, strict=True):
            failed = [i for i, rollout in enumerate(rollouts) if rollout.ending == "invalid"]
            again = _play(runner.replay, agent, [pairs[i] for i in failed])
            for i, rollout in zip(failed, again, strict=False):
                rollouts[i] = rollout
    runner.ledger.reserved = reserved
    return levels


def _play(
    play: Callable[[SupportAgent, Sequence[Pair]], list[Rollout]],
    agent: SupportAgent,
    pairs: Sequence[Pair],
) -> list[Rollout]:
    try:
        return play(agent, pairs) if pairs else []
    except BudgetExhausted:
        return []


def _told(before: Sequence[Rollout], after: Sequence[Rollout]) -> list[tuple[Rollout, Rollout]]:
    """The pairs in which neither side is missing data."""
    pairs = zip(before, after, strict=False)
    return [pair for pair in pairs if counted_difference(*pair) is not None]
