"""The turn checklist: binary criteria, asked about every reply, each with quoted evidence."""

from statistics import fmean

import dspy

from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.signatures.judging.checklist import CheckTurn, TurnChecks
from esc_skills.signatures.protocol import SCORED_REPLIES

from .judgement import Case, Judge
from .reading import replies, said


class Checklist(Judge):
    """Share of replies that meet each criterion."""

    name = "checklist"
    scale = (0, 1)
    calls = SCORED_REPLIES

    def __init__(self) -> None:
        super().__init__()
        self.check = RolePredict(CheckTurn, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Check the replies of a case, one call each."""
        dialogue = said(case.rollout)
        found: list[TurnChecks] = []
        for exchange in replies(dialogue):
            with seed_scope("turn", exchange.turn):
                answer = self.check(
                    history=dialogue[: exchange.turn],
                    message=exchange.seeker,
                    response=exchange.supporter,
                )
            found.append(answer.checks)
        criteria = list(TurnChecks.model_fields)
        return self.judged(
            case,
            {name: fmean(getattr(checks, name).met for checks in found) for name in criteria},
            [(name, getattr(checks, name).quote) for checks in found for name in criteria],
        )
