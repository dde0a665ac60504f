"""The simulated seeker: appraises each reply, feels, and speaks. Protocol: SAGE (2505.02847)."""

import dspy

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Appraisal
from esc_skills.signatures.seeking import AppraiseReply, Level, SpeakAsSeeker

from .seeds import seed_scope
from .stage import Stage, require_text

SUCCESS_AT = 100
FAILURE_UNDER = 10
_REPEATS_ALLOWED = 2


def level_of(emotion: int) -> Level:
    """The mood that the speaking seeker knows of; it never sees the number."""
    levels: tuple[tuple[int, Level], ...] = (
        (SUCCESS_AT, "glad"),
        (70, "content"),
        (40, "unsettled"),
        (FAILURE_UNDER, "distressed"),
    )
    for bound, level in levels:
        if emotion >= bound:
            return level
    return "done"


class Seeker(dspy.Module):
    """A person with a hidden intention, played by the model of the role `seeker`."""

    def __init__(self) -> None:
        super().__init__()
        self.appraise = Stage(AppraiseReply, role="seeker")
        self.speak = Stage(SpeakAsSeeker, role="seeker")

    def feel(self, profile: Profile, history: list[Turn], emotion: int, reply: str) -> Appraisal:
        """What the reply does to the seeker.

        Args:
            profile: The seeker.
            history: The dialogue before the reply.
            emotion: Emotion before the reply, 0..100.
            reply: The supporter's reply.
        """
        return self.appraise(
            persona=profile.persona,
            scene=profile.scene,
            hidden_intention=profile.hidden_intention,
            history=history,
            emotion=emotion,
            reply=reply,
        ).appraisal

    def say(
        self, profile: Profile, history: list[Turn], emotion: int, appraisal: Appraisal
    ) -> dspy.Prediction:
        """The seeker's next line: a prediction with `message` (str) and `farewell` (bool).

        A line that was said before, word for word, is asked for again with a new seed.
        """
        said = {turn.text for turn in history if turn.speaker == "seeker"}
        attempt = 0
        while True:
            with seed_scope("again", attempt):
                line = self.speak(
                    persona=profile.portrait,
                    scene=profile.scene,
                    hidden_intention=profile.hidden_intention,
                    language=profile.language,
                    history=history,
                    level=level_of(emotion),
                    goal_fit=appraisal.goal_fit,
                    feeling=f"{appraisal.inner_activity} {appraisal.feeling}",
                )
            line.message = require_text("SpeakAsSeeker", line.message)
            if line.message not in said or attempt == _REPEATS_ALLOWED:
                return line
            attempt += 1
