"""Pairwise preference by stage of helping, asked in both orders."""

import dspy

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.signatures.judging.preference import STAGES, PreferDialogue

from .judgement import Case, Judge, Place
from .reading import said

_SHOWN_FIRST: dict[Place, int] = {"first": 1, "tie": 0, "second": -1}


class Prefer(Judge):
    """1: preferred to the other dialogue in both orders; 0: undecided; -1: the other is preferred.

    Asking in both orders cancels a judge's liking for a place; `winners` keep it measurable.
    """

    name = "preference"
    scale = (-1, 1)
    needs = ("other",)
    calls = 2

    def __init__(self) -> None:
        super().__init__()
        self.prefer = RolePredict(PreferDialogue, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Compare the dialogue of a case with the other one.

        Raises:
            DialogueError: The judge failed, or there is no other dialogue.
        """
        if case.other is None:
            raise DialogueError("a preference needs two dialogues with the same seeker")
        ours, theirs = said(case.rollout), said(case.other)
        with seed_scope("shown first"):
            ahead = self.prefer(first=ours, second=theirs)
        with seed_scope("shown second"):
            behind = self.prefer(first=theirs, second=ours)
        winners = {name: (ahead[name].winner, behind[name].winner) for name in STAGES}
        return self.judged(
            case,
            {name: (_SHOWN_FIRST[a] - _SHOWN_FIRST[b]) / 2 for name, (a, b) in winners.items()},
            [(name, answer[name].quote) for answer in (ahead, behind) for name in STAGES],
            winners,
        )
