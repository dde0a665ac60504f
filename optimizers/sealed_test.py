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
SHARE, LARGEST_SHARE = 1 / 4, 9 / 10
"""Of the budget, which the test takes where nobody says how often it plays; and what two dialogues
with each seeker may take."""
FEWEST, MOST, UNBOUNDED = 2, 8, 4
"""Dialogues of a bank with each seeker: at least, where they fit; at most; and where nothing limits
their number. More seekers narrow the interval more than that."""
MARGIN = 1.2
"""What a further dialogue with each seeker may take, as a multiple of what one took so far."""
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
    no_bank = plays_no_bank(settings, first)
    agents = [first, final, *([first.with_bank(Bank())] if no_bank else [])]
    (before, after, *none), pairs = _levels(runner, settings, agents, profiles)
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
        missing=pairs - len(both),
        rollouts_before=rollouts_before,
        rollouts_after=rollouts_after,
    )


def _levels(
    runner: Runner,
    settings: EvolutionSettings,
    agents: Sequence[SupportAgent],
    profiles: Sequence[Profile],
) -> tuple[list[list[Rollout]], int]:
    """The rollouts of each agent on the same pairs, and how many pairs these are.

    Where nobody has said how many, what the search has left of the budget goes into more of them.
    """
    each = replicates_of(runner, settings, len(profiles), no_bank=len(agents) > 2)
    banks = len({agent.bank.value.identity for agent in agents})
    changed = agents[0].bank.value.identity != agents[1].bank.value.identity
    later = cost_of_watch(settings.watch, len(profiles)) if changed else Spend()
    most = MOST if settings.test_replicates is None and _limits(runner) and banks > 1 else each

    def play(replicates: range) -> list[list[Rollout]]:
        those = [TEST_REPLICATE + replicate for replicate in replicates]
        pairs = [(profile, replicate) for profile in profiles for replicate in those]
        return _played(runner, agents, pairs, later)

    before = runner.ledger.spend.calls
    levels = play(range(each))
    once = MARGIN * (runner.ledger.spend.calls - before) / each
    again = Spend(calls=round(once), rollouts=banks * len(profiles))
    again += runner.cost_of(1) + later
    while each < most and runner.ledger.room_for(again):
        for level, more in zip(levels, play(range(each, each + 1)), strict=True):
            level += more
        each += 1
    return levels, each * len(profiles)


def plays_no_bank(settings: EvolutionSettings, first: SupportAgent) -> bool:
    """Whether the test has a third level: the first bank is not empty itself."""
    return settings.test_no_bank and bool(first.bank.value.skills)


def replicates_of(
    runner: Runner, settings: EvolutionSettings, profiles: int, no_bank: bool = False
) -> int:
    """Dialogues with each test seeker, for each bank that is tested.

    Args:
        runner: Knows the budget, and what a rollout can cost.
        settings: The dials of the search.
        profiles: Number of test seekers.
        no_bank: Whether no bank is played, too.
    """
    if settings.test_replicates is not None:
        return settings.test_replicates
    once = runner.cost_of((2 + no_bank) * max(1, profiles))
    watch = cost_of_watch(settings.watch, profiles)
    fit = [
        (most - getattr(watch, name)) / getattr(once, name)
        for name, most in _limits(runner).items()
    ]
    if not fit:
        return UNBOUNDED
    least = FEWEST if LARGEST_SHARE * min(fit) >= FEWEST else 1
    return max(least, min(MOST, int(SHARE * min(fit))))


def _limits(runner: Runner) -> dict[str, int]:
    """How many calls and dialogues the budget has, where it limits them."""
    budget = runner.ledger.budget
    return budget.model_dump(include={"calls", "rollouts"}, exclude_none=True)


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
    rollouts = (2 + no_bank) * profiles * replicates_of(runner, settings, profiles, no_bank)
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
