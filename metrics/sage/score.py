"""The SAGE score as a DSPy metric: reads the rollout that a `Dialogue` has played."""

from itertools import pairwise
from typing import Any

import dspy

from esc_skills.signatures.rollouts import Rollout

TURNS_NAMED = 3
"""How many of the costliest turns the feedback tells about."""


class MissingScore(ValueError):
    """There is no score: missing data, not a score of 0."""


def sage_score(
    example: dspy.Example,
    prediction: dspy.Prediction,
    trace: Any = None,  # noqa: ANN401 - DSPy's own trace
    pred_name: str | None = None,
    pred_trace: Any = None,  # noqa: ANN401
) -> dspy.Prediction:
    """Score (final emotion / 100) and feedback of one played dialogue.

    Fits every DSPy optimizer as it is. Playing happens in `Dialogue.forward`; this only reads.

    Args:
        example: Holds `profile` and `replicate`; not read.
        prediction: What `Dialogue` returned: has a `rollout`.
        trace: Given by optimizers that bootstrap; does not change the score.
        pred_name: Given by `dspy.GEPA`; does not change the score.
        pred_trace: Given by `dspy.GEPA`; does not change the score.

    Raises:
        MissingScore: The prediction has no rollout, or an invalid one.
    """
    rollout = getattr(prediction, "rollout", None)
    if not isinstance(rollout, Rollout):
        raise MissingScore(
            "the metric needs a prediction of `Dialogue`, but got none with a rollout"
        )
    if not rollout.valid:
        raise MissingScore(f"the rollout is missing data: {rollout.error}")
    return dspy.Prediction(score=rollout.score, feedback=feedback(rollout))


def feedback(rollout: Rollout) -> str:
    """What happened in a rollout, in words: the ending, the curve, and the costliest turns."""
    curve = " -> ".join(str(value) for value in rollout.emotions)
    used = ", ".join(dict.fromkeys(rollout.skills_used)) or "none"
    lines = [
        f"The seeker's emotion went {curve} (of 100); the dialogue ended by {rollout.ending}.",
        f"Skills used: {used}.",
    ]
    changes = [after - before for before, after in pairwise(rollout.emotions)]
    for turn in sorted(range(len(changes)), key=lambda turn: changes[turn])[:TURNS_NAMED]:
        change, exchange = changes[turn], rollout.exchanges[turn]
        if change >= 0 or exchange.appraisal is None:
            break
        lines.append(
            f"Turn {turn} cost {-change} points. Supporter: {exchange.reply!r} "
            f"The seeker: {exchange.appraisal.goal_fit} {exchange.appraisal.feeling}"
        )
    return "\n".join(lines)
