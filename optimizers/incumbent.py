"""The incumbent bank and its dialogues with validation seekers, in which edits are tested."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.dialogue import State, states_of
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .challenge import Pairs, PairSequence, level_of


class Incumbent:
    """An agent and its dialogues with validation seekers.

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
        self._states: defaultdict[str, list[State]] = defaultdict(list)
        self._list_states(won)

    def known(self, seeker: str) -> list[State]:
        """Turns of its dialogues with a seeker, always in the same order."""
        return self._states[seeker]

    def play_for(self, wanted: Mapping[str, int]) -> None:
        """Play until each profile has the given number of turns.

        Fewer are known afterwards where the budget ended or a model failed.
        """
        while short := [p for p in self.profiles if len(self._states[p.id]) < wanted.get(p.id, 0)]:
            played = self._runner.play(self.agent, [self._pairs.draw_with(p) for p in short])
            self.add(played)
            if len(played) < len(short) or not any(rollout.valid for rollout in played):
                break

    def pairs(self) -> Pairs:
        """Pairs for a challenge: first those that it has played already, then fresh ones.

        Those cost it nothing. One with each seeker comes first, then a second one with each.
        """
        profiles = {profile.id: profile for profile in self.profiles}
        again: list[tuple[int, Pair]] = []
        times: Counter[str] = Counter()
        for rollout in self._later:
            again.append((times[rollout.profile], (profiles[rollout.profile], rollout.replicate)))
            times[rollout.profile] += 1
        again.sort(key=lambda row: row[0])
        return self._pairs.after([pair for _, pair in again])

    def add(self, rollouts: Sequence[Rollout]) -> None:
        """Further dialogues of this agent."""
        known = {(rollout.profile, rollout.replicate) for rollout in self._rollouts}
        fresh = [r for r in rollouts if r.valid and (r.profile, r.replicate) not in known]
        self._later += fresh
        self._list_states(fresh)

    def _list_states(self, rollouts: Sequence[Rollout]) -> None:
        """Add the turns of some dialogues, in random order within a dialogue."""
        profiles = {profile.id: profile for profile in self.profiles}
        for rollout in rollouts:
            states = states_of(profiles[rollout.profile], rollout)
            random.Random(derive_seed(rollout.profile, rollout.replicate)).shuffle(states)
            self._states[rollout.profile] += states

    @property
    def outlook(self) -> Outlook:
        """Value of a change of emotion for the final score, estimated from its dialogues."""
        return Outlook(self._rollouts)

    @property
    def replies(self) -> float:
        """Mean number of replies in its dialogues; 0 before the first."""
        return sum(map(len, self._states.values())) / max(1, len(self._rollouts))

    @property
    def level(self) -> Interval | None:
        """Its mean final emotion in points; None before the first dialogue of its own."""
        return level_of(self._later)

    @property
    def _rollouts(self) -> list[Rollout]:
        return [*self._won, *self._later]
