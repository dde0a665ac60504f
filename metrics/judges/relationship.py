"""The relationship inventory: four scales, filled in as the seeker would."""

import dspy

from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.signatures.judging.relationship import RateRelationship

from .judgement import Case, Judge
from .reading import said


class Relationship(Judge):
    """Barrett-Lennard's inventory, filled in on the seeker's behalf (SAGE, section 4, uses it).

    The scales are told in our own words, as the 64 items are not free; read levels as relative.
    """

    name = "relationship"
    scale = (-3, 3)

    def __init__(self) -> None:
        super().__init__()
        self.rate = RolePredict(RateRelationship, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the supporter of a case."""
        return self.graded(case, self.rate(dialogue=said(case.rollout)).inventory)
