"""Writes seekers from briefs and cards with the analyst model; callers must check them."""

from collections.abc import Sequence

import dspy

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.person_writing import PersonBrief, WriteCase, WritePerson

from ..domains.active import active_domain
from ..models.role_predict import RolePredict


class PersonWriter(dspy.Module):
    """Writes one person a call."""

    def __init__(self) -> None:
        super().__init__()
        self.write = RolePredict(WritePerson, role="analyst")
        self.write_case = RolePredict(WriteCase, role="analyst")

    def forward(
        self,
        brief: PersonBrief,
        language: Language,
        card: str = "",
        others: Sequence[str] = (),
        fault: str = "",
    ) -> dspy.Prediction:
        """Write a person.

        Args:
            brief: Who is wanted.
            language: Language to write in.
            card: What is known of the person; empty for an invented one.
            others: People of the set so far, a line each.
            fault: Why the last draft was refused.

        Returns:
            A prediction with `draft` (PersonDraft; a CaseDraft where the domain counts goals).

        Raises:
            DialogueError: The model failed.
        """
        rule = active_domain().score
        write = self.write_case if rule.facts or rule.next_step else self.write
        return write(language=language, brief=brief, card=card, others=list(others), fault=fault)
