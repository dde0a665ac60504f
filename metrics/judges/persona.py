"""Persona faithfulness: whether the simulated *seeker* stays the person of its profile."""

import re

import dspy

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.signatures.judging.persona import CheckPersona, StatementCheck
from esc_skills.signatures.profiles import Profile

from .judgement import Case, Judge
from .reading import said

MOST_STATEMENTS = 24
"""Statements that one answer can hold with care; the persona's come first, then the scene's."""
_STOPS = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])|\n+")


class Persona(Judge):
    """`shown`: share of the relevant statements that are entailed; `kept`: of all, uncontradicted.

    Natural-language inference on personas follows Welleck et al. 2019 (arXiv 1811.00671).
    """

    name = "persona"
    scale = (0, 1)
    needs = ("profile",)

    def __init__(self) -> None:
        super().__init__()
        self.check = RolePredict(CheckPersona, role="judge")

    def forward(self, case: Case) -> dspy.Prediction:
        """Judge the seeker of a case.

        Raises:
            DialogueError: The judge failed, left a statement out, or there is no profile.
        """
        if case.profile is None:
            raise DialogueError("persona faithfulness needs the seeker's profile")
        statements = statements_of(case.profile)
        found: list[StatementCheck] = self.check(
            description=statements, dialogue=said(case.rollout)
        ).statements
        if sorted(entry.number for entry in found) != list(range(len(statements))):
            raise DialogueError(
                f"CheckPersona: each of {len(statements)} statements must be checked once, "
                f"but {[entry.number for entry in found]} were"
            )
        relevant = [entry for entry in found if entry.relevant]
        shown = sum(entry.relation == "entailed" for entry in relevant)
        against = sum(entry.relation == "contradicted" for entry in found)
        scores = {"kept": 1 - against / len(found)}
        if relevant:  # a dialogue that gave no occasion shows nothing either way
            scores["shown"] = shown / len(relevant)
        return self.judged(
            case,
            scores,
            [(entry.relation, entry.quote) for entry in found],
        )


def statements_of(profile: Profile) -> list[str]:
    """The sentences of persona and scene, at most `MOST_STATEMENTS`."""
    parts = [*sentences_of(profile.persona), *sentences_of(profile.scene)]
    return parts[:MOST_STATEMENTS]


def sentences_of(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [part.strip() for part in _STOPS.split(text) if part.strip()]
