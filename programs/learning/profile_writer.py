"""Writes new seekers similar to given ones with the analyst model; callers must check them."""

from collections.abc import Sequence

import dspy

from esc_skills.signatures.people import BigFive
from esc_skills.signatures.profile_writing import ExamplePerson, ProfileDraft, WriteProfile
from esc_skills.signatures.profiles import Profile

from ..models.role_predict import RolePredict


class ProfileWriter(dspy.Module):
    """Writes one new seeker with the hidden intention of the first example."""

    def __init__(self) -> None:
        super().__init__()
        self.write = RolePredict(WriteProfile, role="analyst")

    def forward(self, examples: Sequence[Profile], name: str) -> dspy.Prediction:
        """Write a seeker.

        Args:
            examples: Seekers of the wanted difficulty; the first gives language, hidden intention
                and group.
            name: The id of the new one.

        Returns:
            A prediction with `profile` (Profile).

        Raises:
            DialogueError: The model failed.
        """
        first = examples[0]
        draft: ProfileDraft = self.write(
            language=first.language,
            hidden_intention=first.hidden_intention,
            examples=[_example(profile) for profile in examples],
        ).draft
        profile = Profile(
            id=name,
            hidden_intention=first.hidden_intention,
            language=first.language,
            group=first.group,
            **draft.model_dump(),
        )
        return dspy.Prediction(profile=profile)


def _example(profile: Profile) -> ExamplePerson:
    told = profile.model_dump(include=set(ExamplePerson.model_fields))
    told["topic"] = profile.topic or "not named"
    if isinstance(profile.traits, BigFive):
        told["traits"] = [f"{degree} {name}" for name, degree in profile.traits.marked.items()]
    return ExamplePerson.model_validate(told)
