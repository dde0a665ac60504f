"""Sample dialogues of a run: a trace for every reply, a session for every dialogue."""

from collections.abc import Sequence

from esc_skills.signatures.rollouts import Rollout

from .tracker import TrackedRun

SAMPLE_DIALOGUES = 3
"""Dialogues that are stored, each with another seeker."""


def trace_dialogues(
    run: TrackedRun, experiment: str, which: str, rollouts: Sequence[Rollout]
) -> None:
    """Store a few of the dialogues.

    Args:
        run: The run that they belong to.
        experiment: Its name, for the names of the sessions.
        which: Which bank played, e.g. `final bank`.
        rollouts: The dialogues.
    """
    of_profile = {rollout.profile: rollout for rollout in rollouts}
    for rollout in list(of_profile.values())[:SAMPLE_DIALOGUES]:
        session = f"{experiment} {which} {rollout.profile} {rollout.replicate}"
        for exchange in rollout.exchanges:
            if exchange.reply is not None:
                details = {"skill": exchange.skill or "none", "emotion": exchange.emotion}
                run.trace(
                    session,
                    exchange.seeker,
                    exchange.reply,
                    details,
                    bank=which,
                    profile=rollout.profile,
                )
