"""A runner without models: dialogues with SAGE's dynamics in which every text's effect is set.

It stands in for `Runner` where thousands of searches are to be played, and gives the real search
what it asks for: whole dialogues, and replies at single turns. A reply is the text that its skill
asks for; who repeats a text in the same place gets the same answer, as from the memory of calls.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar, cast

import dspy

from esc_skills.programs.conduct.counts import ConductCounts
from esc_skills.programs.models.ledger import ONE_CALL, Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.pieces import Task
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.simulation.playing import Answer, Answered, Pair, Play, Played
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Inline
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import (
    EMOTION_START,
    FAILURE_UNDER,
    SCORED_REPLIES,
    SEEKER_TURNS,
    SUCCESS_AT,
)
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout, Spend
from esc_skills.signatures.skills import Bank, Skill

from ..rehearsal.engine import RehearsalEngine

SLOPE, CENTRE, STEP_OF_TEN = 0.085, 45.0, 2.9
"""Log-odds a point of emotion, where they are 0, and the strength from which a step is of ten: as
in the rehearsal, measured on SAGE's published dialogues."""
GROUPS = 8
"""Groups of seekers; a skill may be for one of them."""
EVERYBODY = "for everybody"
NOBODY = "for nobody"
PLAIN = "I am with you."
"""The reply without a skill."""
LATER = 2
"""Replies over which what comes later is spread."""
A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


class Effect(NamedTuple):
    """What a text is worth, in log-odds of a rise of emotion."""

    now: float = 0.0
    """At its own reply."""
    later: float = 0.0
    """At each of the next `LATER` replies."""
    swing: float = 0.0
    """Added at its own reply for one half, and taken away for the other half ..."""
    by: Literal["dialogue", "seeker"] = "dialogue"
    """... of these."""


Effects = Mapping[str, Effect]
"""By guidance; a text without an entry is worth nothing."""


class Heard(NamedTuple):
    """Where a reply is felt."""

    profile: Profile
    replicate: int
    replies: tuple[str, ...]
    """All replies so far, this one last."""
    emotion: int


class SimulatedRunner(Runner):
    """Plays dialogues by drawing them.

    Args:
        effects: What the texts are worth.
        calls: Budget in model calls.
        seed: The run's seed.
    """

    def __init__(self, effects: Effects, calls: int | None, seed: int) -> None:
        models = Models(
            ledger=Ledger(Budget(calls=calls)), engines={"rehearsal": RehearsalEngine()}
        )
        super().__init__(models, seed=seed, work=Inline())
        self.effects = effects
        self._told: set[tuple[object, ...]] = set()

    def consult(self, ask: Callable[[], T], *scope: object) -> T:
        """Every edit is safe; nothing else is asked here."""
        self.ledger.add(Spend(calls=1))
        return cast(T, dspy.Prediction(safe=True, concern=""))

    def _keys(
        self, agent: SupportAgent, pairs: Sequence[Pair], turns: int = SEEKER_TURNS
    ) -> list[str]:
        bank = agent.bank.value.identity
        return [f"{bank} {profile.id} {replicate}" for profile, replicate in pairs]

    def each(
        self,
        task: Task[A, B],
        items: Iterable[A],
        most: Callable[[], Spend] = lambda: ONE_CALL,
        *,
        every: bool = False,
    ) -> Iterator[B]:
        """Draws what the pieces of a search would give, as long as the budget surely holds one."""
        for item in items:
            if not self.ledger.room_for(most()):
                return
            if isinstance(task, Play):
                done = Played(self._drawn(task.setting.agent, *cast(Pair, item)), ConductCounts())
            else:
                assert isinstance(task, Answer)
                said = self._said(task.setting.agent, cast(State, item), task.about)
                done = Answered(said, ConductCounts())
            yield cast(B, done)

    def _drawn(self, agent: SupportAgent, profile: Profile, replicate: int) -> Rollout:
        bank, exchanges = agent.bank.value, list[Exchange]()
        emotion, replies = EMOTION_START, tuple[str, ...]()
        while len(replies) < SCORED_REPLIES and FAILURE_UNDER <= emotion < SUCCESS_AT:
            said = self._exchange(bank, Heard(profile, replicate, replies, emotion))
            exchanges.append(said)
            emotion, replies = said.emotion or 0, (*replies, said.reply or "")
        spend = Spend(rollouts=1, calls=(4 if bank.skills else 3) * len(replies) - 1)
        self.ledger.add(Spend(calls=spend.calls))
        ending = "success" if emotion >= SUCCESS_AT else "turn limit"
        return Rollout(
            profile=profile.id,
            group=profile.group,
            replicate=replicate,
            bank=bank.identity,
            exchanges=tuple(exchanges),
            ending="failure" if emotion < FAILURE_UNDER else ending,
            spend=spend,
        )

    def _said(
        self, agent: SupportAgent, state: State, about: frozenset[str] | None
    ) -> Exchange | None:
        bank, played = agent.bank.value, state.played
        skill = chosen(bank, state.profile)
        self.ledger.add(Spend(calls=1))
        if about is not None and not about & {skill and skill.name, played.skill}:
            return None
        before = tuple(said.reply or "" for said in state.rollout.exchanges[: state.turn])
        heard = Heard(state.profile, state.rollout.replicate, before, state.emotion)
        said = self._exchange(bank, heard)
        told = (state.profile.id, state.rollout.replicate, *before, said.reply or "")
        if said.reply != played.reply and told not in self._told:
            self._told.add(told)
            self.ledger.add(Spend(calls=2))
        return said

    def _exchange(self, bank: Bank, before: Heard) -> Exchange:
        skill = chosen(bank, before.profile)
        reply = skill.guidance if skill else PLAIN
        heard = before._replace(replies=(*before.replies, reply))
        change = self.change(heard)
        return Exchange(
            seeker="I do not know.",
            reply=reply,
            skill=skill.name if skill else None,
            appraisal=Appraisal(
                meaning="-", goal_fit="-", inner_activity="-", feeling="-", change=change
            ),
            emotion=max(0, min(SUCCESS_AT, before.emotion + change)),
        )

    def change(self, heard: Heard) -> int:
        """Change of emotion after the last reply; the same story draws the same noise.

        Four steps of an ordered logistic model.
        """
        profile, replicate, replies, emotion = heard
        draw = random.Random(derive_seed(self.seed, profile.id, replicate, *replies)).random()
        strength = math.log(draw / (1 - draw)) + SLOPE * (emotion - CENTRE) + ease(profile.id)
        strength += sum(
            self._worth(reply, heard, age)
            for age, reply in enumerate(reversed(replies[-LATER - 1 :]))
        )
        size = 10 if abs(strength) > STEP_OF_TEN else 5
        return size if strength > 0 else -size

    def _worth(self, reply: str, heard: Heard, age: int) -> float:
        effect = self.effects.get(reply)
        if effect is None:
            return 0.0
        if age:
            return effect.later
        half: tuple[object, ...] = (heard.profile.id,)
        if effect.by == "dialogue":
            half = (*half, heard.replicate)
        return effect.now + effect.swing * (1 if derive_seed("half", *half) % 2 else -1)


def chosen(bank: Bank, profile: Profile) -> Skill | None:
    """The first skill that is for this seeker."""
    fitting = (EVERYBODY, f"for {profile.group}")
    return next((skill for skill in bank.skills if skill.when_to_use in fitting), None)


def ease(name: str) -> float:
    """How easily pleased a seeker is, in log-odds."""
    return random.Random(derive_seed("ease", name)).gauss(0, 0.5)


def seekers(count: int, first: int = 0) -> list[Profile]:
    """Seekers of all groups in turn."""
    return [
        Profile(
            id=f"seeker-{number}",
            persona="somebody",
            scene="-",
            hidden_intention="-",
            character="calm",
            opening="I do not know.",
            group=f"group {number // 2 % GROUPS}",
        )
        for number in range(first, first + count)
    ]


def true_score(bank: Bank, effects: Effects, dialogues: int = 4_000) -> float:
    """Mean final emotion, 0..100, of so many dialogues with seekers of all groups."""
    runner, people, total = SimulatedRunner(effects, None, seed=-1), seekers(2 * GROUPS), 0
    for number in range(dialogues):
        profile, replicate = people[number % len(people)], number // len(people)
        skill = chosen(bank, profile)
        heard = Heard(profile, replicate, (), EMOTION_START)
        while len(heard.replies) < SCORED_REPLIES and FAILURE_UNDER <= heard.emotion < SUCCESS_AT:
            heard = heard._replace(replies=(*heard.replies, skill.guidance if skill else PLAIN))
            emotion = heard.emotion + runner.change(heard)
            heard = heard._replace(emotion=max(0, min(SUCCESS_AT, emotion)))
        total += heard.emotion
    return total / dialogues
