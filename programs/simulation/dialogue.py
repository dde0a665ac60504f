"""One rollout: a supporter and a seeker talk until the seeker is well, gives up or runs out."""

from collections.abc import Sequence
from typing import NamedTuple

import dspy

from esc_skills.signatures.conduct import hard
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import SEEKER_TURNS, SUCCESS_AT
from esc_skills.signatures.rollouts import Ending, Exchange, GoalAppraisal, Rollout
from esc_skills.signatures.scoring import Standing

from ..conduct.guard import Guard, GuardedTurn
from ..domains.active import active_domain
from ..models.failures import NoReply
from ..models.role_predict import require_text
from ..models.seeds import seed_scope
from ..support.support_agent import SupportAgent
from .seeker import Seeker

CALLS_PER_REPLY = 4
"""Select, respond, appraise, speak: the most calls that one exchange needs without retries."""
CALLS_PER_ANSWER = 3
"""The same without what the seeker says next."""


class State(NamedTuple):
    """A moment of a played dialogue: the seeker has spoken, the supporter is to reply."""

    profile: Profile
    rollout: Rollout
    turn: int
    """Index of the exchange whose reply is open."""

    @property
    def played(self) -> Exchange:
        """What came of it in the dialogue."""
        return self.rollout.exchanges[self.turn]

    @property
    def emotion(self) -> int:
        """Emotion, or score in points, before the reply."""
        before = self.rollout.exchanges[self.turn - 1].emotion if self.turn else None
        return self.rollout.start if before is None else before

    @property
    def standing(self) -> Standing:
        """What the score is made of, before the reply."""
        before = self.rollout.exchanges[self.turn - 1].standing if self.turn else None
        first = active_domain().score.start
        return before or Standing(mood=self.emotion if self.turn else first)


def states_of(profile: Profile, rollout: Rollout) -> list[State]:
    """Every moment of a played dialogue at which the supporter replied, in order."""
    replied = (turn for turn, said in enumerate(rollout.exchanges) if said.reply is not None)
    return [State(profile, rollout, turn) for turn in replied]


class Dialogue(dspy.Module):
    """Plays `agent` against the seeker of a profile; `forward` is one whole rollout.

    The agent sees the spoken turns only: persona, scene, intention and appraisals stay private.
    `named_predictors()` are the agent's alone, so that an optimizer of a dialogue can change the
    supporter and never the simulator that scores it.

    Args:
        agent: The supporter to be scored.
        seeker: The simulator; a fresh `Seeker` by default.
        guard: Keeps the replies to the conduct; one with the packaged rules by default.
        seed: The run's seed.
        turns: Seeker turns, 2..10; fewer than 10 make a rung of lower fidelity.
    """

    def __init__(
        self,
        agent: SupportAgent,
        *,
        seeker: Seeker | None = None,
        guard: Guard | None = None,
        seed: int = 0,
        turns: int = SEEKER_TURNS,
    ) -> None:
        super().__init__()
        self.agent = agent
        self.seeker = seeker or Seeker()
        self.guard = guard or Guard()
        self.seed = seed
        self.turns = turns

    def forward(self, profile: Profile, replicate: int = 0) -> dspy.Prediction:
        """Play one dialogue.

        Returns:
            A prediction with `rollout` (Rollout, without its spend) and `transcript` (str).

        Raises:
            NoReply: The supporter had nothing to say.
            DialogueError: Another model failed; the rollout is missing data.
            BudgetExhausted: The budget ran out on the way.
        """
        exchanges: list[Exchange] = []
        rule = active_domain().score
        with seed_scope(self.seed, profile.id, replicate):
            ending = self._play(profile, exchanges)
        rollout = Rollout(
            profile=profile.id,
            group=profile.group,
            replicate=replicate,
            bank=self.agent.bank.value.identity,
            exchanges=tuple(exchanges),
            start=rule.points(Standing(mood=rule.start), profile),
            ending=ending,
        )
        return dspy.Prediction(rollout=rollout, transcript=render(rollout))

    def answer(self, state: State, about: frozenset[str] | None = None) -> Exchange | None:
        """What the agent replies at a state, and how the seeker takes it; the dialogue ends there.

        Seeded like the same turn of a whole dialogue, so that the agent which played the dialogue
        gives its own exchange again.

        Args:
            state: The moment.
            about: Names of skills; None for any reply whatever.

        Returns:
            The exchange; None where neither it nor the one that was played uses a skill in `about`.

        Raises:
            DialogueError: A model failed.
            BudgetExhausted: The budget ran out.
        """
        profile, rollout, turn = state
        history = [said for exchange in rollout.exchanges[:turn] for said in exchange.turns]
        message = state.played.seeker
        with seed_scope(self.seed, profile.id, rollout.replicate), seed_scope(turn):
            skill, why = self.agent.choose(list(history), message, _used(rollout.exchanges[:turn]))
            if about is not None and not about & {skill and skill.name, state.played.skill}:
                return None
            guarded = self.guard.turn(history, message)
            with guarded.answered():
                keeps = guarded.check, guarded.about
                guarded.take(self.agent.reply(list(history), message, skill, why, *keeps))
            return self._exchange(profile, history, state.standing, message, guarded)[0]

    def _play(self, profile: Profile, exchanges: list[Exchange]) -> Ending:
        """Fill `exchanges` and say how it ended."""
        history: list[Turn] = []
        rule, message = active_domain().score, profile.opening
        standing, turns = Standing(mood=rule.start), min(self.turns, rule.turns)
        repaired: tuple[str, ...] = ()
        for turn in range(turns - 1):
            with seed_scope(turn):
                guarded = self.guard.turn(history, message)
                with guarded.answered():
                    said = {"history": list(history), "message": message}
                    used = _used(exchanges)
                    keeps = {"check": guarded.check, "about": guarded.about}
                    guarded.take(self.agent(**said, used=used, **keeps))
                before = standing
                exchange, standing = self._exchange(profile, history, before, message, guarded)
                exchange = exchange.model_copy(update={"repaired": repaired})
                exchanges.append(exchange)
                if rule.points(standing, profile) >= SUCCESS_AT:
                    return "success"
                if standing.mood < rule.leaves_under:
                    return "failure"
                history += exchange.turns
                tell = [profile.knows[n] for n in standing.told if n not in before.told]
                assert exchange.appraisal is not None
                mood = min(standing.mood, SUCCESS_AT - 1)  # however glad, the talk goes on
                line = self.seeker.say(profile, history, mood, exchange.appraisal, tell)
            message, repaired = line.message, line.repaired
            if line.farewell:
                exchanges.append(Exchange(seeker=message, repaired=repaired))
                return "farewell"
        exchanges.append(Exchange(seeker=message, repaired=repaired))
        return "turn limit" if turns == rule.turns else "stopped"

    def _exchange(
        self,
        profile: Profile,
        history: list[Turn],
        standing: Standing,
        message: str,
        guarded: GuardedTurn,
    ) -> tuple[Exchange, Standing]:
        """What the supporter's turn does to the seeker, and how the dialogue then stands."""
        support = guarded.spoken()
        reply = require_text("Respond", support.reply, NoReply)
        before = [*history, Turn(speaker="seeker", text=message)]
        felt, rule = self.seeker.feel(profile, before, standing.mood, reply), active_domain().score
        goals = felt if isinstance(felt, GoalAppraisal) else None
        told, stepped = (goals.told, goals.right_step) if goals else ((), False)
        standing = rule.moved(standing, profile, felt.change, told, stepped=stepped)
        exchange = Exchange(
            seeker=message,
            reply=reply,
            broke=hard(guarded.first),
            skill=support.skill,
            why=str(support.why or ""),
            appraisal=goals.felt if goals else felt,
            emotion=rule.points(standing, profile),
            standing=standing if rule.counts_more_than_mood(profile) else None,
        )
        return exchange, standing


def _used(exchanges: Sequence[Exchange]) -> list[str | None]:
    return [exchange.skill for exchange in exchanges if exchange.reply is not None]


def render(rollout: Rollout) -> str:
    """The dialogue as text, with skill and emotion after each reply."""
    lines: list[str] = []
    for exchange in rollout.exchanges:
        lines.append(f"seeker: {exchange.seeker}")
        if exchange.reply is not None:
            skill = f" ({exchange.skill})" if exchange.skill else ""
            lines.append(f"supporter{skill}: {exchange.reply}")
            lines.append(f"  emotion: {exchange.emotion}")
    return "\n".join(lines)
