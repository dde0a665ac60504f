"""Utterance-level empathy: three mechanisms, graded for each reply."""

from statistics import fmean

import dspy

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.signatures.judging.empathy import RateEmpathy, ReplyEmpathy

from .judgement import Case, Judge
from .reading import replies, said

MECHANISMS = ("reaction", "interpretation", "exploration")


class Empathy(Judge):
    """EPITOME's mechanisms (Sharma et al. 2020, arXiv 2009.08441), 0..2, meaned over replies."""

    name = "empathy"
    scale = (0, 2)

    def __init__(self) -> None:
        super().__init__()
        self.rate = RolePredict(RateEmpathy, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the replies of a case.

        Raises:
            DialogueError: The judge failed, or left a reply out.
        """
        dialogue = said(case.rollout)
        given: list[ReplyEmpathy] = self.rate(dialogue=dialogue).empathy
        wanted = [exchange.turn for exchange in replies(dialogue)]
        if sorted(entry.turn for entry in given) != wanted:
            graded = [entry.turn for entry in given]
            raise DialogueError(
                f"RateEmpathy: each of the replies {wanted} must be graded once, but were {graded}"
            )
        return self.judged(
            case,
            {name: fmean(getattr(entry, name).score for entry in given) for name in MECHANISMS},
            [(name, getattr(entry, name).quote) for entry in given for name in MECHANISMS],
        )
