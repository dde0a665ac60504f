"""Whether a simulator leaves room for a gain, seen in the first dialogues of the first bank.

A lenient appraiser raises the emotion after almost any reply, so that every bank ends near the top
and no edit can be told from another. A low level is no sign: a weak first bank ends there, too.
"""

from collections.abc import Sequence

from esc_skills.metrics.sage.summary import summarize
from esc_skills.signatures.rollouts import Rollout

from .events import Alarm

ENOUGH = 4
"""Dialogues from which the level is judged."""
HIGH = 80.0
"""Points of 0..100 from which a first bank has too little above it: the largest gains that were
measured are above 40 points, and a worthwhile one has to fit in."""
ONE_SIDED = 0.95
"""Share of replies that raise the emotion from which they are hardly told apart."""


def headroom_alarm(rollouts: Sequence[Rollout]) -> Alarm | None:
    """An alarm if the dialogues of a first bank leave no room for a gain."""
    played = [rollout for rollout in rollouts if rollout.valid]
    if len(played) < ENOUGH:
        return None
    level = summarize(played).score
    changes = [
        exchange.appraisal.change
        for rollout in played
        for exchange in rollout.exchanges
        if exchange.appraisal is not None
    ]
    if not changes:
        return None
    raised = sum(change > 0 for change in changes) / len(changes)
    if level.mean < HIGH and raised < ONE_SIDED:
        return None
    return Alarm(
        kind="headroom",
        message=f"the first {len(played)} dialogues of the first bank end at {level.mean:.0f} of "
        f"100 points on average, and {raised:.0%} of its replies raise the emotion, so this "
        "simulator leaves little room to tell a better bank; stop and use a stricter model as "
        "seeker or harder profiles",
        measured=level,
    )
