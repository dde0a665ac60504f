"""Dialogues as pieces of work: data in, a rollout and the guard's counts out."""

from dataclasses import dataclass
from typing import NamedTuple

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import SEEKER_TURNS, WORST_CHANGE
from esc_skills.signatures.rollouts import Exchange, Rollout, Spend

from ..conduct.counts import ConductCounts
from ..conduct.guard import Guard
from ..models.failures import DialogueError, NoReply
from ..models.ledger import metered
from ..models.seeds import seed_scope
from ..support.support_agent import SupportAgent
from .dialogue import Dialogue, State
from .seeker import Seeker, SeekerSettings

Pair = tuple[Profile, int]
"""A profile and a replicate."""


@dataclass(frozen=True)
class Setting:
    """Who talks, and how: what dialogues depend on besides the models and the seeker's profile."""

    agent: SupportAgent
    seeker: SeekerSettings
    guard: Guard
    seed: int
    noise: tuple[object, ...]
    """Extra parts of the noise."""
    turns: int = SEEKER_TURNS

    def dialogue(self, guard: Guard) -> Dialogue:
        """A dialogue in this setting."""
        seeker = Seeker(self.seeker)
        return Dialogue(self.agent, seeker=seeker, guard=guard, seed=self.seed, turns=self.turns)

    def place(self, profile: Profile, replicate: int) -> tuple[object, ...]:
        """Where in a run the calls of a dialogue are made."""
        return (*self.noise, self.seed, profile.id, replicate)


class Played(NamedTuple):
    """A dialogue that was played."""

    rollout: Rollout
    conduct: ConductCounts


class Answered(NamedTuple):
    """A reply at a moment of a dialogue; None where a model failed or nobody wants to know it."""

    exchange: Exchange | None
    conduct: ConductCounts


@dataclass(frozen=True)
class Play:
    """Plays whole dialogues; a failure of a model gives a rollout without a score."""

    setting: Setting

    def place(self, item: Pair) -> tuple[object, ...]:
        """Where the calls of a dialogue are made."""
        return self.setting.place(*item)

    def __call__(self, item: Pair) -> Played:
        """The dialogue of a profile and a replicate, with what it cost."""
        profile, replicate = item
        guard = self.setting.guard.counting_anew()
        with metered() as meter, seed_scope(*self.setting.noise):
            try:
                rollout = self.setting.dialogue(guard)(profile=profile, replicate=replicate).rollout
            except DialogueError as failure:
                rollout = Rollout(
                    profile=profile.id,
                    group=profile.group,
                    replicate=replicate,
                    bank=self.setting.agent.bank.value.identity,
                    ending="no reply" if isinstance(failure, NoReply) else "invalid",
                    error=str(failure),
                )
        # a dialogue that was shared from its first word to its last has cost nothing
        spend = meter.spend + Spend(rollouts=1 if meter.spend.calls else 0)
        return Played(rollout.model_copy(update={"spend": spend}), guard.counts)


@dataclass(frozen=True)
class Answer:
    """Replies at moments of dialogues.

    Attributes:
        setting: Who talks, and how.
        about: Names of the skills that matter; None for all.
    """

    setting: Setting
    about: frozenset[str] | None = None

    def place(self, item: State) -> tuple[object, ...]:
        """Where the calls at a moment are made."""
        return (*self.setting.place(item.profile, item.rollout.replicate), item.turn)

    def __call__(self, item: State) -> Answered:
        """How the agent would answer, and how that would be received.

        Where the agent itself gives no reply, an exchange with an empty one, which takes as much of
        the emotion as a reply can.
        """
        guard = self.setting.guard.counting_anew()
        with seed_scope(*self.setting.noise):
            try:
                exchange = self.setting.dialogue(guard).answer(item, self.about)
            except NoReply:
                lowest = max(0, item.emotion + WORST_CHANGE)
                exchange = Exchange(seeker=item.played.seeker, reply="", emotion=lowest)
            except DialogueError:
                exchange = None
        return Answered(exchange, guard.counts)
