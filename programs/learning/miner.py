"""From real dialogues to a bank: Intervention Units, prototypes, skills.

Source: ESC-Skills (arXiv 2605.27908), section 3. Our choices where the paper leaves the step open:
prototypes are exact (need, stage, action) cells; states of one stage in which the same actions
worked best are joined; each group gives a skill of what worked, contrasted with what did not.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from itertools import count
from typing import Any

import dspy

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.edit_drafts import NewSkill
from esc_skills.signatures.mining import AnnotateExchange, DistilSkill, Pattern, SkillSummary
from esc_skills.signatures.skills import Bank, Provenance, Skill, SkillDraft
from esc_skills.signatures.units import InterventionUnit, Prototype
from esc_skills.signatures.wording import worded

from ..domains.active import active_domain
from ..models.failures import DialogueError
from ..models.role_predict import RolePredict
from ..models.seeds import seed_scope
from .lessons import Lesson, lessons_of, prototypes_of

CONTEXT_TURNS = 6
"""Turns before the supporter's that the annotator reads."""
EXTRACTION = 4
"""Raised when the same conversation would give other units, so that stored ones are not reused."""
MAX_SKILLS = 16
"""Skills that a mined bank has at most, unless told otherwise; the selector reads them all."""
MIN_UNITS = 4
"""Key units that a state needs to give a skill, unless told otherwise."""
logger = logging.getLogger(__name__)


class NoSkill(Exception):
    """A lesson gave no skill that the bank can take; says why."""


class IUExtractor(dspy.Module):
    """Annotates the answered supporter turns of a conversation as Intervention Units."""

    def __init__(self) -> None:
        super().__init__()
        self.annotate = RolePredict(AnnotateExchange, role="analyst")

    def forward(self, conversation: Conversation) -> dspy.Prediction:
        """The units of a conversation.

        Consecutive turns of one speaker count as one. A supporter turn that the seeker did not
        answer gives no unit: there is no state after it, and in the corpora silence is mostly
        where a recording stops after a goodbye, not somebody leaving. An exchange that the model
        cannot annotate is left out.

        Returns:
            A prediction with `units` (tuple of InterventionUnit) and `failures` (tuple of str: why
            exchanges were left out).
        """
        turns = merged(conversation.turns)
        units: list[InterventionUnit] = []
        failures: list[str] = []
        for place in range(1, len(turns) - 1):
            if turns[place].speaker == "supporter":
                try:
                    with seed_scope("mine", conversation.id, place):
                        units.append(self._unit(conversation, turns, place))
                except DialogueError as error:
                    failures.append(str(error))
        return dspy.Prediction(units=tuple(units), failures=tuple(failures))

    def _unit(
        self, conversation: Conversation, turns: Sequence[Turn], place: int
    ) -> InterventionUnit:
        support, reaction = turns[place], turns[place + 1]
        found = self.annotate(
            situation=conversation.situation or conversation.problem,
            context=list(turns[max(0, place - CONTEXT_TURNS) : place]),
            support=support.text,
            labelled_strategy=support.strategy or "",
            reaction=reaction.text,
            rating=reaction.feedback,
        ).annotation
        return InterventionUnit(
            id=f"{conversation.id}:{place}",
            scenario=conversation.problem or found.scenario,
            state=found.state,
            action=found.action,
            reaction=found.reaction,
            seeker_text=turns[place - 1].text,
            action_text=support.text,
            reaction_text=reaction.text,
            evidence=found.evidence,
        )


class BankBuilder(dspy.Module):
    """Distils key units into a bank.

    Args:
        max_skills: Skills at most; the best evidenced are kept.
        min_units: Key units that a state needs to give a skill.
    """

    def __init__(self, max_skills: int = MAX_SKILLS, min_units: int = MIN_UNITS) -> None:
        super().__init__()
        self.max_skills = max_skills
        self.min_units = min_units
        self.distil = RolePredict(DistilSkill, role="analyst")

    def forward(
        self,
        units: Sequence[InterventionUnit],
        objection: Callable[[SkillDraft], str] = lambda draft: "",
    ) -> dspy.Prediction:
        """Build a bank.

        Args:
            units: What was seen; only key units count.
            objection: Says why a draft must not be in a bank; empty if it may.

        Returns:
            A prediction with `bank` (Bank), `prototypes` (tuple, the largest first) and `dropped`
            (tuple of str: which lessons gave no skill, and why).
        """
        prototypes = prototypes_of(units)
        skills: list[Skill] = []
        dropped: list[str] = []
        for lesson in lessons_of(prototypes, self.min_units, active_domain().stages[0]):
            if len(skills) == self.max_skills:
                break
            try:
                skills.append(self._skill(lesson, skills, objection))
            except (DialogueError, NoSkill) as error:
                dropped.append(f"{lesson.helpful[0].id}: {error}")
                logger.warning("no skill from %s", dropped[-1])
        bank = Bank(skills=tuple(skills))
        return dspy.Prediction(bank=bank, prototypes=prototypes, dropped=tuple(dropped))

    def _skill(
        self, lesson: Lesson, skills: Sequence[Skill], objection: Callable[[SkillDraft], str]
    ) -> Skill:
        """The lesson as a skill.

        Raises:
            DialogueError: The model wrote no valid skill.
            NoSkill: It wrote one that the bank has already, or that must not be in it.
        """
        existing = [
            SkillSummary(name=s.name, when_to_use=s.when_to_use, guidance=s.guidance)
            for s in skills
        ]
        patterns = [_pattern(p) for p in (*lesson.helpful, *lesson.harmful)]
        with seed_scope("distil", *(p.id for p in lesson.helpful)):
            written: NewSkill = self.distil(patterns=patterns, existing=existing).skill
        draft = written.draft.shortened
        if why := objection(draft):
            raise NoSkill(why)
        said = (draft.when_to_use, draft.guidance)
        for skill in skills:
            if said == (skill.when_to_use, skill.guidance):
                raise NoSkill(f"it says what {skill.name} says")
        provenance = Provenance(
            origin="mined",
            good=sum(p.good for p in lesson.helpful),
            bad=sum(p.bad for p in lesson.helpful),
            units=tuple(unit for p in lesson.helpful for unit in p.unit_ids),
        )
        texts: dict[str, Any] = draft.model_dump(include=set(SkillDraft.model_fields))
        texts["name"] = _free_name(draft.name, [skill.name for skill in skills])
        return Skill(**texts, provenance=provenance)


def merged(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with consecutive ones of a speaker joined; the last label and rating count."""
    result: list[Turn] = []
    for turn in turns:
        if result and result[-1].speaker == turn.speaker:
            before = result.pop()
            turn = Turn(
                speaker=turn.speaker,
                text=f"{before.text}\n{turn.text}",
                strategy=turn.strategy or before.strategy,
                feedback=turn.feedback or before.feedback,
            )
        result.append(turn)
    return result


def _pattern(prototype: Prototype) -> Pattern:
    seeker, supporter = worded("seeker"), worded("supporter")
    return Pattern(
        need=prototype.need,
        means=active_domain().meaning(prototype.need),
        stage=prototype.stage,
        action=prototype.action,
        good=prototype.good,
        bad=prototype.bad,
        examples=tuple(
            f"{seeker}: {u.seeker_text}\n{supporter}: {u.action_text}\n{seeker}: {u.reaction_text}"
            for u in prototype.units
        ),
    )


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, numbered if it is taken."""
    numbered = (f"{name[:60].rstrip('-')}-{number}" for number in count(2))
    return name if name not in taken else next(free for free in numbered if free not in taken)
