"""The start: a few whole banks race, and the search continues from the best of them.

The given bank, no bank, and for each of the two the bank with all edits that its first dialogues
suggest play the same dialogues with validation seekers; the better half plays as many again. So
skills that only pay together arrive together, and the first large step costs a few hundred calls.

This step is a choice, not a proof: a bank replaces the given one if its mean paired gain exceeds
one standard error (for a bank without effect a chance of some 16%). Every later step is proven.
"""

from typing import NamedTuple

import numpy as np

from esc_skills.metrics.sage.credit import credit
from esc_skills.programs.runner import Pair
from esc_skills.signatures.edits import Edit, EditError, RemoveSkill, apply_edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .challenge import PairSequence, counted_difference, gain_of, played_both
from .gates import objection_to, unsafe_play
from .proposing import advice_on, dialogues_of, prunings
from .strategy import SearchTask

ROOM = 2
"""How often the budget must hold a round of the race, so that something is left for the search."""
ROUNDS = 3
"""Rounds at most: a winner is drafted further while that wins."""


class Start(NamedTuple):
    """A bank of the race."""

    name: str
    edits: tuple[Edit, ...]
    """What leads to it from the given bank."""
    bank: Bank


def race(task: SearchTask, pairs: PairSequence) -> list[Rollout]:
    """Let the starts race, and record the winner if it is not the given bank.

    Args:
        task: The search, before its first step.
        pairs: Where dialogues with validation seekers are drawn from.

    Returns:
        The winner's dialogues; none where there was no race.

    Raises:
        BudgetExhausted: The budget ended on the way.
    """
    winners = list[Rollout]()
    for number in range(ROUNDS):
        before = task.bank.identity
        if task.affordable_rollouts < ROOM * 2 * task.settings.start_pairs:
            break
        others = _others(task) if number == 0 else _drafts(task, "the edits of another round")
        if not task.settings.start_pairs or not others:
            break
        winners = _round(task, pairs, [Start("the given bank", (), task.bank), *others])
        if task.bank.identity == before:
            break
    return winners


def _round(task: SearchTask, pairs: PairSequence, starts: list[Start]) -> list[Rollout]:
    """Play the starts on the same pairs, the better half of them twice as long; record who wins."""
    first, *rest = starts
    drawn = list[Pair]()
    played = dict[str, list[Rollout]]()
    for _ in range(2):
        drawn += pairs.draw(task.settings.start_pairs)
        played = {start.bank.identity: task.play(start.bank, drawn) for start in (first, *rest)}
        rest.sort(key=lambda start: -_gain(played, first, start)[0])
        del rest[(len(rest) + 1) // 2 :]
    return _won(task, first, rest[0], played)


def _others(task: SearchTask) -> list[Start]:
    """No bank, and what dialogues of the given bank and of none suggest."""
    given = task.bank
    cleared = tuple(RemoveSkill(name=name, reason="to start anew") for name in given.names)
    found = _drafts(task, "the given bank with the first edits")
    if given.skills:
        none = given.model_copy(update={"skills": ()})
        found += [Start("no bank", cleared, none)]
        found += _drafts(task, "a new bank of the first edits", cleared, none)
    return found


def _drafts(
    task: SearchTask, name: str, before: tuple[Edit, ...] = (), bank: Bank | None = None
) -> list[Start]:
    """One start, the bank with its first edits; none where there are no edits."""
    start = _drafted(task, name, before, bank or task.bank)
    return [start] if len(start.edits) > len(before) else []


def _drafted(task: SearchTask, name: str, before: tuple[Edit, ...], bank: Bank) -> Start:
    """A bank with all safe edits that go together, of those that its dialogues suggest."""
    rollouts = dialogues_of(task, bank)
    points = credit(rollouts)
    edits = (*prunings(points), *advice_on(task, bank, rollouts, points)[1]) if rollouts else ()
    taken: list[Edit] = []
    for edit in edits:
        try:
            changed = apply_edit(bank, edit)
        except EditError:
            continue
        if task.record.objection(changed) or objection_to(task.runner, edit):
            continue
        bank = changed
        taken.append(edit)
    return Start(name, (*before, *taken), bank)


def _gain(played: dict[str, list[Rollout]], first: Start, start: Start) -> tuple[float, float]:
    """Mean paired gain over the given bank, in score, and its standard error."""
    both = zip(played[first.bank.identity], played[start.bank.identity], strict=True)
    found = [d for pair in both if (d := counted_difference(*pair)) is not None]
    if len(found) < 2:
        return 0.0, 1.0
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(len(found)))


def _won(
    task: SearchTask, first: Start, best: Start, played: dict[str, list[Rollout]]
) -> list[Rollout]:
    """Record the best start if it beats the given bank; its dialogues, or the given bank's."""
    before = task.bank
    mine, theirs = played[first.bank.identity], played[best.bank.identity]
    mean, error = _gain(played, first, best)
    both = played_both(zip(mine, theirs, strict=True))
    unsafe = unsafe_play([after for _, after in both], [was for was, _ in both])
    wins = mean > error and unsafe is None
    task.record.decide(
        best.edits,
        best.bank,
        accepted=wins,
        gate="safety" if unsafe else "start",
        reason=unsafe
        or f"start: {best.name} gains {100 * mean:+.1f} points (standard error {100 * error:.1f}) "
        f"in {len(both)} pairs of whole dialogues; a choice, not a proof",
        pairs=len(both),
        gain=gain_of(both),
    )
    return mine if task.bank.identity == before.identity else theirs
