"""From real dialogues to a bank: Intervention Units, prototypes, skills.

Source of the steps: ESC-Skills (arXiv 2605.27908), section 3; where the paper is silent we decide:
prototypes are exact (need, stage, action) cells, and a skill is made of all that worked in one
(need, stage) state, contrasted with what did not.
"""

from collections import defaultdict
from collections.abc import Sequence

import dspy
from scipy import stats

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.mining import AnnotateExchange, DistilSkill, Pattern
from esc_skills.signatures.skills import Bank, Provenance, Skill, SkillDraft
from esc_skills.signatures.units import InterventionUnit, Need, Prototype, Stage

from .failures import DialogueError
from .seeds import seed_scope
from .stage import Stage as AskedStage

CONTEXT_TURNS = 6
"""Turns before the supporter's that the annotator reads."""
EXAMPLES = 3
"""Units that stand for a prototype."""


class IUExtractor(dspy.Module):
    """Annotates every supporter turn of a conversation as an Intervention Unit."""

    def __init__(self) -> None:
        super().__init__()
        self.annotate = AskedStage(AnnotateExchange, role="analyst")

    def forward(self, conversation: Conversation) -> dspy.Prediction:
        """The units of a conversation: a prediction with `units` (tuple of InterventionUnit).

        Consecutive turns of one speaker count as one. An exchange that the model cannot annotate
        is left out.
        """
        turns = merged(conversation.turns)
        units: list[InterventionUnit] = []
        for place, turn in enumerate(turns):
            if turn.speaker == "supporter" and place > 0:
                with seed_scope("mine", conversation.id, place):
                    unit = self._unit(conversation, turns, place)
                if unit is not None:
                    units.append(unit)
        return dspy.Prediction(units=tuple(units))

    def _unit(
        self, conversation: Conversation, turns: Sequence[Turn], place: int
    ) -> InterventionUnit | None:
        support = turns[place]
        reaction = turns[place + 1] if place + 1 < len(turns) else None
        try:
            found = self.annotate(
                situation=conversation.situation or conversation.problem,
                context=list(turns[max(0, place - CONTEXT_TURNS) : place]),
                support=support.text,
                labelled_strategy=support.strategy or "",
                reaction=reaction.text if reaction else "",
                rating=reaction.feedback if reaction else None,
            ).annotation
        except DialogueError:
            return None
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

    def __init__(self, max_skills: int = 12, min_units: int = 4) -> None:
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
        states: defaultdict[tuple[Need, Stage], list[Prototype]] = defaultdict(list)
        for prototype in prototypes:
            states[prototype.need, prototype.stage].append(prototype)
        ranked = sorted(states.items(), key=lambda item: (-_evidence(item[1]), item[0]))
        skills: list[Skill] = []
        for state, members in ranked:
            if len(skills) == self.max_skills:
                break
            skill = self._skill(state, members, [skill.name for skill in skills])
            if skill is not None:
                skills.append(skill)
        return dspy.Prediction(bank=Bank(skills=tuple(skills)), prototypes=prototypes)

    def _skill(
        self, state: tuple[Need, Stage], members: Sequence[Prototype], taken: list[str]
    ) -> Skill | None:
        """One skill for a seeker state; None where nothing there has clearly worked."""
        count = sum(p.good + p.bad for p in members)
        least = max(1, self.min_units // 2)
        helpful = [p for p in members if p.good >= max(least, p.bad + 1) and p.action != "other"]
        if count < self.min_units or not helpful:
            return None
        best = sorted(helpful, key=lambda p: (-_wilson(p), p.action))[:2]
        worst = [p for p in members if p.bad > p.good][:2]
        with seed_scope("distil", *state):
            try:
                draft = self.distil(
                    patterns=[_pattern(p) for p in (*best, *worst)], taken_names=taken
                ).skill
            except DialogueError:
                return None
        return _named_skill(draft, best, taken)


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
    cells: defaultdict[tuple[Need, Stage, str], list[InterventionUnit]] = defaultdict(list)
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


def _evidence(prototypes: Sequence[Prototype]) -> int:
    """Good outcomes seen in a state; a clear need outranks an unclear one with as many."""
    good = sum(p.good for p in prototypes)
    return good if prototypes[0].need != "unclear" else good // 4


def _wilson(prototype: Prototype) -> float:
    """Lower bound of the share of good outcomes (Wilson, 1927)."""
    count = prototype.good + prototype.bad
    return stats.binomtest(prototype.good, count).proportion_ci(method="wilson").low


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


def _named_skill(draft: SkillDraft, sources: Sequence[Prototype], taken: list[str]) -> Skill | None:
    """The draft with its provenance; None if its name is taken."""
    if draft.name in taken:
        return None
    provenance = Provenance(
        origin="mined",
        good=sum(p.good for p in sources),
        bad=sum(p.bad for p in sources),
        units=tuple(unit for p in sources for unit in p.unit_ids),
    )
    return Skill(**draft.model_dump(include=set(SkillDraft.model_fields)), provenance=provenance)
