"""A rollout as a judge reads it: what was said aloud and nothing else."""

from collections.abc import Iterable

from esc_skills.programs.models.failures import DialogueError
from esc_skills.signatures.judging.reading import Said
from esc_skills.signatures.rollouts import Rollout


def said(rollout: Rollout) -> list[Said]:
    """The rollout as a judge reads it: nothing but what was said aloud.

    Raises:
        DialogueError: Nothing was answered, so that there is nothing to judge.
    """
    if not any(exchange.reply for exchange in rollout.exchanges):
        raise DialogueError(f"a judged dialogue must have a reply, but {rollout.profile} has none")
    return [
        Said(turn=turn, seeker=exchange.seeker, supporter=exchange.reply or "")
        for turn, exchange in enumerate(rollout.exchanges)
    ]


def replies(dialogue: Iterable[Said]) -> list[Said]:
    """The exchanges that were answered."""
    return [exchange for exchange in dialogue if exchange.supporter]
