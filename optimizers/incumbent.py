"""The bank to beat, and its dialogues with validation seekers, in which edits are tried."""

from collections.abc import Sequence

from esc_skills.metrics.outlook import Outlook
from esc_skills.metrics.statistics import Interval
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .challenge import PairSequence, level_of

Logged = tuple[Profile, Rollout]
"""A dialogue, and whose it is."""
ENOUGH = 8
"""Dialogues from which an incumbent's level is read without those that won it its place."""


class Incumbent:
    """An agent and what it has said to validation seekers.

    Args:
        agent: The agent.
        runner: Plays further dialogues when they are asked for.
        pairs: Where further dialogues are drawn from.
        profiles: The validation seekers.
        won: The dialogues by which it became the incumbent. They flatter it: good enough to try
            edits on (which they make look worse, if anything), but not to tell its level.
    """

    def __init__(
        self,
        agent: SupportAgent,
        runner: Runner,
        pairs: PairSequence,
        profiles: Sequence[Profile],
        won: Sequence[Rollout] = (),
    ) -> None:
        self.agent = agent
        self._runner = runner
        self._pairs = pairs
        self._profiles = {profile.id: profile for profile in profiles}
        self._won = list(won)
        self._later: list[Rollout] = []

    def logged(self, count: int) -> list[Logged]:
        """Its first `count` dialogues, played if need be; fewer where the budget ends."""
        while (missing := count - len(self._rollouts)) > 0:
            drawn = self._pairs.draw(missing)
            played = self._runner.play(self.agent, drawn)
            valid = [rollout for rollout in played if rollout.valid]
            self._later += valid
            if len(played) < missing or not valid:
                break
        return [(self._profiles[r.profile], r) for r in self._rollouts[:count]]

    def add(self, rollouts: Sequence[Rollout]) -> None:
        """Further dialogues of this agent that were played elsewhere."""
        self._later += rollouts

    @property
    def outlook(self) -> Outlook:
        """What changes of emotion are worth at the end of its dialogues."""
        return Outlook(self._rollouts)

    @property
    def level(self) -> Interval | None:
        """Its mean final emotion in points; None before the first dialogue."""
        return level_of(self._later if len(self._later) >= ENOUGH else self._rollouts)

    @property
    def _rollouts(self) -> list[Rollout]:
        return [*self._won, *self._later]
