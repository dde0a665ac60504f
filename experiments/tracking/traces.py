"""Sample dialogues as MLflow traces: a trace a reply, a session a dialogue."""

from collections.abc import Sequence

from esc_skills.signatures.rollouts import Rollout

SAMPLE_DIALOGUES = 3
"""Dialogues that are stored, each with another seeker."""


def log_traces(run_id: str, experiment: str, which: str, rollouts: Sequence[Rollout]) -> None:
    """Store a few of the dialogues.

    Args:
        run_id: The MLflow run that they belong to.
        experiment: Its name, for the names of the sessions.
        which: Which bank played, e.g. `final bank`.
        rollouts: The dialogues.
    """
    import mlflow

    of_profile = {rollout.profile: rollout for rollout in rollouts}
    for rollout in list(of_profile.values())[:SAMPLE_DIALOGUES]:
        session = f"{experiment} {which} {rollout.profile} {rollout.replicate}"
        for exchange in rollout.exchanges:
            if exchange.reply is None:
                continue
            with mlflow.start_span(name="reply") as span:
                span.set_inputs(exchange.seeker)
                span.set_outputs(exchange.reply)
                span.set_attributes(
                    {"skill": exchange.skill or "none", "emotion": exchange.emotion}
                )
                mlflow.update_current_trace(
                    tags={"bank": which, "profile": rollout.profile},
                    metadata={"mlflow.trace.session": session, "mlflow.sourceRun": run_id},
                )
