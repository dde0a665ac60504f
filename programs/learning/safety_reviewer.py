"""The safety reviewer: a judge model that reads an edit before any dialogue is played with it."""

import dspy

from esc_skills.signatures.edits import Edit, in_words
from esc_skills.signatures.safety import ReviewSafety

from ..models.role_predict import RolePredict
from ..models.seeds import seed_scope


class SafetyReviewer(dspy.Module):
    """Says whether an edit is safe for vulnerable people, and if not, why."""

    def __init__(self) -> None:
        super().__init__()
        self.review = RolePredict(ReviewSafety, role="judge")

    def forward(self, edit: Edit) -> dspy.Prediction:
        """Review one edit: a prediction with `safe` (bool) and `concern` (str).

        Raises:
            DialogueError: The judge model failed.
        """
        with seed_scope("safety", edit.identity):
            return self.review(change=in_words(edit))
