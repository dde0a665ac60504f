"""GEPA's reflection as a stage of ours: seeded, on the ledger, asked once, remembered."""

from collections.abc import Sequence

import dspy

from esc_skills.metrics.sage import feedback
from esc_skills.programs.analyst import digest
from esc_skills.programs.failures import BudgetExhausted, DialogueError
from esc_skills.programs.seeds import seed_scope
from esc_skills.programs.stage import Stage
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reflection import RolloutDigest
from esc_skills.signatures.rewriting import RewriteText
from esc_skills.signatures.rollouts import Rollout

from .peer import Peer, Stopped
from .texts import FURTHER, POLICY

SKILL_KIND = (
    "A skill that the supporter may use in a turn, as labelled lines: When to use, When not to "
    "use, Expected outcome, Risks, Guidance. Keep the labels. An empty text takes the skill out."
)
POLICY_KIND = "The policy by which a skill, or none, is chosen at each turn; plain text."
FURTHER_KIND = (
    "Skills that the bank lacks, each under a heading `## short-name`, then the labelled lines "
    "When to use, When not to use, Expected outcome, Risks, Guidance. May be empty."
)


class NewText(Frozen):
    """What the editor made of a text."""

    text: str


class Trajectory(Frozen):
    """A rollout as reflection reads it."""

    digest: RolloutDigest
    feedback: str


class Rewriter(dspy.Module):
    """Asks the editor's model for a new version of one text of the bank."""

    def __init__(self, peer: Peer) -> None:
        super().__init__()
        self.rewrite = Stage(RewriteText, role="analyst")
        self.peer = peer
        self.asked = 0

    def forward(
        self, component: str, text: str, names: Sequence[str], rollouts: Sequence[Trajectory]
    ) -> str:
        """The new text; the old one where the model gave no usable answer.

        Raises:
            Stopped: The budget is used up.
        """
        self.asked += 1
        shown = [trajectory.model_dump(mode="json") for trajectory in rollouts]
        key = ["rewrite", self.asked, component, text, list(names), shown]

        def ask() -> NewText:
            with seed_scope(self.peer.runner.seed, "rewrite", self.asked):
                answer = self.rewrite(
                    kind=kind_of(component),
                    text=text,
                    skills=list(names),
                    rollouts=[trajectory.digest for trajectory in rollouts],
                    feedback=[trajectory.feedback for trajectory in rollouts],
                )
            return NewText(text=str(answer.new_text))

        try:
            return self.peer.runner.consult(key, NewText, ask).text
        except DialogueError:
            return text
        except BudgetExhausted as reason:
            raise Stopped(str(reason)) from reason


def kind_of(component: str) -> str:
    """What a component is, in words for a model."""
    return {POLICY: POLICY_KIND, FURTHER: FURTHER_KIND}.get(component, SKILL_KIND)


def trajectories(rollouts: Sequence[Rollout]) -> list[Trajectory]:
    """Valid rollouts as reflection reads them."""
    valid = (rollout for rollout in rollouts if rollout.valid)
    return [Trajectory(digest=digest(rollout), feedback=feedback(rollout)) for rollout in valid]
