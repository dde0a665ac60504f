"""From real dialogues to a bank: Intervention Units, prototypes, skills.

Source of the steps: ESC-Skills (arXiv 2605.27908), section 3; where the paper is silent we decide:
prototypes are exact (need, stage, action) cells; states of one stage in which the same actions
worked best are joined; each group gives a skill of what worked, contrasted with what did not.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

import dspy
from scipy import stats

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.mining import AnnotateExchange, DistilSkill, Pattern
from esc_skills.signatures.skills import Bank, Provenance, Skill, SkillDraft
from esc_skills.signatures.units import Action, InterventionUnit, Need, Prototype, Stage

from .failures import DialogueError
from .seeds import seed_scope
from .stage import Stage as AskedStage

CONTEXT_TURNS = 6
"""Turns before the supporter's that the annotator reads."""
EXAMPLES = 3
"""Units that stand for a prototype."""
ACTIONS = 2
"""Actions that a skill asks for, and warns of, in one state; a reply has room for no more."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lesson:
    """What helped and what hurt in like states of one stage."""

    helpful: tuple[Prototype, ...]
    harmful: tuple[Prototype, ...]


class IUExtractor(dspy.Module):
    """Annotates every supporter turn of a conversation as an Intervention Unit."""

    def __init__(self) -> None:
        super().__init__()
        self.annotate = AskedStage(AnnotateExchange, role="analyst")

    def forward(self, conversation: Conversation) -> dspy.Prediction:
        """The units of a conversation.

        Consecutive turns of one speaker count as one. An exchange that the model cannot annotate
        is left out.

        Returns:
            A prediction with `units` (tuple of InterventionUnit) and `failures` (tuple of str: why
            exchanges were left out).
        """
        turns = merged(conversation.turns)
        units: list[InterventionUnit] = []
        failures: list[str] = []
        for place, turn in enumerate(turns):
            if turn.speaker == "supporter" and place > 0:
                try:
                    with seed_scope("mine", conversation.id, place):
                        units.append(self._unit(conversation, turns, place))
                except DialogueError as error:
                    failures.append(str(error))
        return dspy.Prediction(units=tuple(units), failures=tuple(failures))

    def _unit(
        self, conversation: Conversation, turns: Sequence[Turn], place: int
    ) -> InterventionUnit:
        support = turns[place]
        reaction = turns[place + 1] if place + 1 < len(turns) else None
        found = self.annotate(
            situation=conversation.situation or conversation.problem,
            context=list(turns[max(0, place - CONTEXT_TURNS) : place]),
            support=support.text,
            labelled_strategy=support.strategy or "",
            reaction=reaction.text if reaction else "",
            rating=reaction.feedback if reaction else None,
        ).annotation
        return InterventionUnit(
            id=f"{conversation.id}:{place}",
            scenario=conversation.problem or found.scenario,
            state=found.state,
            action=found.action,
            reaction=found.reaction,
            seeker_text=turns[place - 1].text,
            action_text=support.text,
            reaction_text=reaction.text if reaction else "",
            evidence=found.evidence,
        )


class BankBuilder(dspy.Module):
    """Distils key units into a bank.

    Args:
        max_skills: Skills at most; the best evidenced are kept.
        min_units: Key units that a state needs to give a skill.
    """

    def __init__(self, max_skills: int = 16, min_units: int = 4) -> None:
        super().__init__()
        self.max_skills = max_skills
        self.min_units = min_units
        self.distil = AskedStage(DistilSkill, role="analyst")

    def forward(self, units: Sequence[InterventionUnit]) -> dspy.Prediction:
        """Build a bank.

        Returns:
            A prediction with `bank` (Bank) and `prototypes` (tuple, the largest first).
        """
        prototypes = prototypes_of(units)
        skills: list[Skill] = []
        for lesson in lessons_of(prototypes, self.min_units):
            if len(skills) == self.max_skills:
                break
            skill = self._skill(lesson, skills)
            if skill is not None:
                skills.append(skill)
        return dspy.Prediction(bank=Bank(skills=tuple(skills)), prototypes=prototypes)

    def _skill(self, lesson: Lesson, skills: Sequence[Skill]) -> Skill | None:
        """The lesson as a skill; None where the model writes none that the bank lacks."""
        taken = [skill.name for skill in skills]
        patterns = [_pattern(p) for p in (*lesson.helpful, *lesson.harmful)]
        with seed_scope("distil", *(p.id for p in lesson.helpful)):
            try:
                draft: SkillDraft = self.distil(patterns=patterns, taken_names=taken).skill
            except DialogueError as error:
                logger.warning("no skill from %s: %s", lesson.helpful[0].id, error)
                return None
        said = (draft.when_to_use, draft.guidance)
        if any(said == (skill.when_to_use, skill.guidance) for skill in skills):
            return None
        provenance = Provenance(
            origin="mined",
            good=sum(p.good for p in lesson.helpful),
            bad=sum(p.bad for p in lesson.helpful),
            units=tuple(unit for p in lesson.helpful for unit in p.unit_ids),
        )
        texts = draft.model_dump(include=set(SkillDraft.model_fields))
        return Skill(**{**texts, "name": _free_name(draft.name, taken)}, provenance=provenance)


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


def prototypes_of(units: Sequence[InterventionUnit]) -> tuple[Prototype, ...]:
    """The key units grouped by (need, stage, action), the largest group first."""
    cells: defaultdict[tuple[Need, Stage, Action], list[InterventionUnit]] = defaultdict(list)
    for unit in units:
        if unit.is_key:
            cells[unit.state.need, unit.state.stage, unit.action].append(unit)
    prototypes = [_prototype(members) for members in cells.values()]
    return tuple(sorted(prototypes, key=lambda p: (-(p.good + p.bad), p.id)))


def _prototype(members: Sequence[InterventionUnit]) -> Prototype:
    state, action = members[0].state, members[0].action
    clearest = sorted(members, key=lambda unit: (-abs(unit.reaction), unit.id))
    return Prototype(
        id=f"{state.need}/{state.stage}/{action}",
        need=state.need,
        stage=state.stage,
        action=action,
        good=sum(unit.reaction > 0 for unit in members),
        bad=sum(unit.reaction < 0 for unit in members),
        units=tuple(clearest[:EXAMPLES]),
        unit_ids=tuple(unit.id for unit in members),
    )


def lessons_of(prototypes: Sequence[Prototype], min_units: int) -> list[Lesson]:
    """What worked, the best evidenced first; like lessons of one stage are joined."""
    states: defaultdict[tuple[Need, Stage], list[Prototype]] = defaultdict(list)
    for prototype in prototypes:
        if prototype.action != "other":  # no advice to give or to warn of
            states[prototype.need, prototype.stage].append(prototype)
    groups: defaultdict[tuple[Stage, frozenset[Action]], list[Lesson]] = defaultdict(list)
    for state in sorted(states):
        lesson = _lesson(states[state], min_units)
        if lesson is not None:
            actions: frozenset[Action] = frozenset(p.action for p in lesson.helpful)
            groups[state[1], actions].append(lesson)
    joined = [
        Lesson(
            helpful=_clear_needs_first([p for lesson in group for p in lesson.helpful]),
            harmful=_clear_needs_first([p for lesson in group for p in lesson.harmful]),
        )
        for group in groups.values()
    ]
    return sorted(joined, key=lambda lesson: (-_evidence(lesson.helpful), lesson.helpful[0].id))


def _lesson(members: Sequence[Prototype], min_units: int) -> Lesson | None:
    """What worked in one state, if enough was seen and anything did."""
    good, bad = sum(p.good for p in members), sum(p.bad for p in members)
    if good + bad < min_units:
        return None
    least = max(1, min_units // 2)
    helpful = [
        p
        for p in members
        if p.good >= max(least, p.bad + 1) and p.good * (good + bad) >= good * (p.good + p.bad)
    ]
    if not helpful:
        return None
    best = sorted(helpful, key=lambda p: (-lower_bound(p.good, p.bad), p.action))
    worst = [p for p in members if p.bad > p.good]
    worst.sort(key=lambda p: (-lower_bound(p.bad, p.good), p.action))
    return Lesson(helpful=tuple(best[:ACTIONS]), harmful=tuple(worst[:ACTIONS]))


def _clear_needs_first(prototypes: Sequence[Prototype]) -> tuple[Prototype, ...]:
    """The most frequent first, but those whose need nobody could tell last."""
    by_weight = sorted(
        prototypes, key=lambda p: (p.need == "unclear", -(p.good + p.bad), p.need, p.action)
    )
    return tuple(by_weight)


def _evidence(prototypes: Sequence[Prototype]) -> float:
    """Good outcomes that speak for a lesson; one of an unclear need counts a quarter."""
    return sum(p.good / 4 if p.need == "unclear" else p.good for p in prototypes)


def lower_bound(hits: int, misses: int) -> float:
    """Lower bound of the share of hits (Wilson, 1927), 95 % two-sided."""
    return stats.binomtest(hits, hits + misses).proportion_ci(method="wilson").low


def _pattern(prototype: Prototype) -> Pattern:
    return Pattern(
        need=prototype.need,
        stage=prototype.stage,
        action=prototype.action,
        good=prototype.good,
        bad=prototype.bad,
        examples=tuple(
            f"seeker: {u.seeker_text}\nsupporter: {u.action_text}\nseeker: {u.reaction_text}"
            for u in prototype.units
        ),
    )


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, numbered if it is taken."""
    numbered = (f"{name[:60].rstrip('-')}-{number}" for number in count(2))
    return name if name not in taken else next(free for free in numbered if free not in taken)
