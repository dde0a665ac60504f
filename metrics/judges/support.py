"""ESC-Eval: seven grades of a whole support conversation."""

import dspy

from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.signatures.judging.support import RateSupport

from .judgement import Case, Judge
from .reading import said


class Support(Judge):
    """ESC-Eval's seven dimensions (arXiv 2406.14952), 0..4."""

    name = "support"
    scale = (0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.rate = RolePredict(RateSupport, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the supporter of a case."""
        return self.graded(case, self.rate(dialogue=said(case.rollout)).grades)
