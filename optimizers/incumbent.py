"""The bank to beat, and its dialogues with validation seekers, in which edits are tried."""

from collections.abc import Mapping, Sequence

from esc_skills.metrics.outlook import Outlook
from esc_skills.metrics.statistics import Interval
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .challenge import PairSequence, level_of

Logged = tuple[Profile, Rollout]
"""A dialogue, and whose it is."""


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
        self.profiles = sorted(profiles, key=lambda profile: profile.id)
        self._runner = runner
        self._pairs = pairs
        self._won = list(won)
        self._later: list[Rollout] = []

    def logged(self, wanted: Mapping[str, int]) -> dict[str, list[Logged]]:
        """Its dialogues with some seekers, played where there are too few.

        Args:
            wanted: Number of dialogues by profile id.

        Returns:
            The first so many dialogues by profile id; fewer where the budget ended or a model
            failed.
        """
        have = self._by_profile()
        missing = [
            self._pairs.draw_with(profile)
            for profile in self.profiles
            for _ in range(wanted.get(profile.id, 0) - len(have[profile.id]))
        ]
        played = self._runner.play(self.agent, missing)
        self._later += [rollout for rollout in played if rollout.valid]
        have = self._by_profile()
        return {name: have[name][:count] for name, count in wanted.items()}

    def add(self, rollouts: Sequence[Rollout]) -> None:
        """Further dialogues of this agent that were played elsewhere."""
        self._later += rollouts

    def _by_profile(self) -> dict[str, list[Logged]]:
        found: dict[str, list[Logged]] = {profile.id: [] for profile in self.profiles}
        profiles = {profile.id: profile for profile in self.profiles}
        for rollout in self._rollouts:
            found[rollout.profile].append((profiles[rollout.profile], rollout))
        return found

    @property
    def outlook(self) -> Outlook:
        """What changes of emotion are worth at the end of its dialogues."""
        return Outlook(self._rollouts)

    @property
    def level(self) -> Interval | None:
        """Its mean final emotion in points; None before the first dialogue of its own."""
        return level_of(self._later)

    @property
    def _rollouts(self) -> list[Rollout]:
        return [*self._won, *self._later]
