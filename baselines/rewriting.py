"""GEPA's reflection as a stage of ours: seeded, on the ledger, asked once, remembered."""

from collections.abc import Sequence

from esc_skills.metrics.sage.score import feedback
from esc_skills.programs.learning.analyst import digest
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import draft
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reflection import RolloutDigest
from esc_skills.signatures.rewriting import RewriteText
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .texts import kind_of


class Trajectory(Frozen):
    """A rollout as reflection reads it."""

    digest: RolloutDigest
    feedback: str


class Rewriter:
    """Asks the editor's model for a new version of one text of the bank."""

    def __init__(self, runner: Runner) -> None:
        self.stage = RolePredict(RewriteText, role="analyst")
        self.runner = runner
        self.asked = 0

    def rewrite(self, component: str, text: str, bank: Bank, rollouts: Sequence[Trajectory]) -> str:
        """The new text; the old one where the model gave no usable answer.

        Raises:
            BudgetExhausted: The budget is used up.
        """
        self.asked += 1

        def ask() -> str:
            answer = self.stage(
                name=component,
                kind=kind_of(component),
                text=text,
                skills=[draft(skill) for skill in bank.skills],
                rollouts=[trajectory.digest for trajectory in rollouts],
                feedback=[trajectory.feedback for trajectory in rollouts],
            )
            return str(answer.new_text)

        try:
            return self.runner.consult(ask, "rewrite", self.asked)
        except DialogueError:
            return text


def trajectories(rollouts: Sequence[Rollout]) -> list[Trajectory]:
    """Valid rollouts as reflection reads them."""
    valid = (rollout for rollout in rollouts if rollout.valid)
    return [Trajectory(digest=digest(rollout), feedback=feedback(rollout)) for rollout in valid]
