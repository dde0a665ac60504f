"""The simulated seeker: appraises each reply, feels, and speaks. Protocol: SAGE (2505.02847)."""

import random
from collections.abc import Sequence
from typing import Any

import dspy

from esc_skills.signatures.behaviour import TurnPlan
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.rollouts import Appraisal
from esc_skills.signatures.seeking import (
    AppraiseReply,
    AppraiseTowardsGoals,
    Level,
    SpeakAgain,
    SpeakAmidEvent,
    SpeakAsSeeker,
)

from ..domains.active import active_domain
from ..models.role_predict import RolePredict, require_text
from ..models.seeds import current_scope, derive_seed, seed_scope
from .seeker_faults import FaultKind, line_faults

TELL = "Tell this now: "
"""Stands in the plan of a line before each fact that it is to tell."""
REPAIRS = 1
"""Times that a faulty line is asked for again."""
_WRONG: dict[FaultKind, str] = {
    "repeat": "It repeats an earlier line word for word.",
    "character break": "It speaks of the simulation; a person would not.",
    "leak": "It copies private text word for word.",
    "label": "It shows the format of the answer; only the spoken words may stand there.",
    "empty turn": "It says nothing.",
    "over-long": "It is far too long; one to three short sentences.",
    "early farewell": "It says goodbye, though the person is not done; go on talking.",
}


class SeekerSettings(Frozen):
    """How the simulator works; part of a score's name, since levels differ."""

    hide_emotion: bool = False
    """Whether the appraiser judges without knowing the running emotion, so that a good run does
    not sustain itself (inertia ablation)."""

    @property
    def label(self) -> str:
        """What to add to the simulator's name; empty for the usual simulator."""
        return " (emotion hidden)" if self.hide_emotion else ""


def _whole(stage: type[dspy.Signature]) -> type[dspy.Signature]:
    return stage


def _without_emotion(stage: type[dspy.Signature]) -> type[dspy.Signature]:
    """The stage without the running emotion, under its own name."""
    hidden = stage.delete("emotion")
    hidden.__name__ = stage.__name__
    return hidden


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


class Seeker:
    """A person with a hidden intention, played by the model of the role `seeker`.

    Deliberately no `dspy.Module`: optimizers rewrite whatever predictors they find in the modules
    of a program, and a `Dialogue` that is optimized must not have its own judge rewritten.

    Args:
        settings: How the simulator works.
    """

    def __init__(self, settings: SeekerSettings | None = None) -> None:
        self.settings = settings or SeekerSettings()
        shown = _without_emotion if self.settings.hide_emotion else _whole
        self.appraise = RolePredict(shown(AppraiseReply), role="seeker")
        self.appraise_towards_goals = RolePredict(shown(AppraiseTowardsGoals), role="seeker")
        self.speak = RolePredict(SpeakAsSeeker, role="seeker")
        self.speak_amid_event = RolePredict(SpeakAmidEvent, role="seeker")
        self.speak_again = RolePredict(SpeakAgain, role="seeker")

    def feel(self, profile: Profile, history: list[Turn], emotion: int, reply: str) -> Appraisal:
        """What the reply does to the seeker: a `GoalAppraisal` where the domain counts goals.

        Args:
            profile: The seeker.
            history: The dialogue before the reply.
            emotion: Emotion before the reply, 0..100.
            reply: The supporter's reply.
        """
        asked: dict[str, Any] = {} if self.settings.hide_emotion else {"emotion": emotion}
        appraise = self.appraise
        if active_domain().score.counts_more_than_mood(profile):
            appraise = self.appraise_towards_goals
            asked |= {"facts": list(profile.knows), "next_step": profile.next_step}
        return appraise(
            persona=profile.nature,
            scene=profile.scene,
            hidden_intention=profile.hidden_intention,
            history=history,
            reply=reply,
            **asked,
        ).appraisal

    def say(
        self,
        profile: Profile,
        history: list[Turn],
        emotion: int,
        appraisal: Appraisal,
        tell: Sequence[str] = (),
    ) -> dspy.Prediction:
        """The seeker's next line, repaired once where it is faulty.

        Args:
            profile: The seeker.
            history: The dialogue so far, the reply included.
            emotion: Emotion after the reply, 0..100.
            appraisal: What the seeker makes of the reply.
            tell: Facts that the reply asked for, which the line is to tell.

        Returns:
            A prediction with `message` (str), `farewell` (bool) and `repaired` (tuple of the fault
            kinds of the first attempt). A fault that the second attempt still has is kept, for
            metrics to count.

        Raises:
            DialogueError: A model failed, or the line is empty again.
        """
        fields = {
            "persona": profile.portrait,
            "scene": profile.scene,
            "hidden_intention": profile.hidden_intention,
            "language": profile.language,
            "history": history,
            "level": level_of(emotion),
            "goal_fit": appraisal.goal_fit,
            "feeling": f"{appraisal.inner_activity} {appraisal.feeling}",
        }
        plan = _plan(profile, history)
        fields["plan"] = " ".join([*([plan.text] if plan else []), *(TELL + fact for fact in tell)])
        event = "" if fields["level"] in ("glad", "done") else profile.event_at(_number(history))
        staying = plan is None or not plan.leaves
        goes_on = staying and FAILURE_UNDER <= emotion < SUCCESS_AT
        with seed_scope("again", 0):
            line = self.speak_amid_event(**fields, event=event) if event else self.speak(**fields)
        first = wrong = self._faults(line, profile, history, goes_on)
        for attempt in range(1, REPAIRS + 1):
            if not wrong:
                break
            with seed_scope("again", attempt):
                told = [_WRONG[kind] for kind in wrong]
                told += [f"It must show what happens just now: {event}"] if event else []
                line = self.speak_again(**fields, correction=" ".join(told))
            wrong = self._faults(line, profile, history, goes_on)
        line.message = require_text("SpeakAsSeeker", line.message)
        line.repaired = tuple(first)
        return line

    @staticmethod
    def _faults(
        line: dspy.Prediction, profile: Profile, history: list[Turn], goes_on: bool
    ) -> list[FaultKind]:
        said = {turn.text for turn in history if turn.speaker == "seeker"}
        found = line_faults(
            str(line.message or "").strip(),
            said,
            leaving=bool(line.farewell),
            goes_on=goes_on,
            profile=profile,
        )
        return [kind for kind, _ in found]


def _plan(profile: Profile, history: list[Turn]) -> TurnPlan | None:
    """What the next line is to be like; None for a seeker without habits."""
    if profile.behaviour is None:
        return None
    rng = random.Random(derive_seed("plan", *current_scope()))
    return profile.behaviour.individual(profile.id).plan(_number(history) - 1, rng)


def _number(history: list[Turn]) -> int:
    """Number of the seeker's turn that comes next, from 1."""
    return 1 + sum(turn.speaker == "seeker" for turn in history)
