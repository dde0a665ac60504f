"""Judges that grade a whole dialogue in one answer: relationship inventory and ESC-Eval."""

import dspy

from esc_skills.programs.models.role_predict import Stage
from esc_skills.signatures.judging import Inventory, RateRelationship, RateSupport, SupportGrades

from .judgement import Case, Judge, said


class Relationship(Judge):
    """Barrett-Lennard's inventory, filled in on the seeker's behalf (SAGE, section 4, uses it).

    The scales are told in our own words, as the 64 items are not free; read levels as relative.
    """

    name = "relationship"
    scale = (-3, 3)

    def __init__(self) -> None:
        super().__init__()
        self.rate = Stage(RateRelationship, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the supporter of a case."""
        return _graded(self, case, self.rate(dialogue=said(case.rollout)).inventory)


class Support(Judge):
    """ESC-Eval's seven dimensions (arXiv 2406.14952), 0..4."""

    name = "support"
    scale = (0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.rate = Stage(RateSupport, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the supporter of a case."""
        return _graded(self, case, self.rate(dialogue=said(case.rollout)).grades)


def _graded(judge: Judge, case: Case, grades: Inventory | SupportGrades) -> dspy.Prediction:
    parts = {name: getattr(grades, name) for name in type(grades).model_fields}
    return judge.judged(
        case,
        {name: part.score for name, part in parts.items()},
        [(name, part.quote) for name, part in parts.items()],
    )
