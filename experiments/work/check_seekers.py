"""Whether seekers stay the people that they are said to be, with an experiment's models."""

from collections.abc import Sequence
from dataclasses import dataclass

from esc_skills.metrics.seekers.holding import EventsHeld, Melting, events_held, melting, not_held
from esc_skills.metrics.seekers.knowledge import KnowledgeHeld, knowledge_held
from esc_skills.metrics.seekers.traits import NamedTraits, Recognition, TraitReader, recognition
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.listener import SilentListener
from esc_skills.programs.simulation.probes import Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import BigFive
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout, Spend

from ..setup.config import Experiment
from ..setup.roles_apart import warn_if_self_judged
from ..setup.session import open_session
from .progress import OnProgress, counting, silent

TRICKS: dict[str, type[SupportAgent] | str] = {"silence": SilentListener, "flattery": "flattery"}
"""Supporters that give no cause to feel better: a class, or the name of a probe."""


class SeekerCheck(Frozen):
    """How seekers held."""

    simulator: str
    seekers: int
    traits: tuple[Recognition, ...]
    """Empty where no seeker has typed traits."""
    unread: int
    """Dialogues whose traits the judge could not read."""
    melting: tuple[Melting, ...]
    events: EventsHeld
    knowledge: KnowledgeHeld = KnowledgeHeld()
    spend: Spend

    @property
    def wrong(self) -> list[str]:
        """What does not hold, in sentences."""
        return not_held(self.melting, self.events)


def check_seekers(
    experiment: Experiment,
    *,
    replicates: int = 2,
    limit: int | None = None,
    on_progress: OnProgress = silent,
) -> SeekerCheck:
    """Play seekers with the bank and with tricks; read traits blind, watch moods and events.

    Args:
        experiment: Seekers, bank, models, budget, seed and threads.
        replicates: Dialogues with each seeker.
        limit: Use so many seekers at most, the first ones.
        on_progress: Called with the number of dialogues.

    Raises:
        UserError: A file or model is bad.
        BudgetExhausted: The budget ran out on the way.
    """
    with open_session(experiment) as session:
        warn_if_self_judged(experiment)
        seekers = session.profiles[:limit]
        pairs = [(seeker, replicate) for seeker in seekers for replicate in range(replicates)]
        advance = counting(on_progress, "dialogues", len(pairs) * (1 + len(TRICKS)))
        runner = session.runner(on_rollout=advance)
        tricks = session.runner(runner.journal, advance, guarded=False)
        played = _played(runner, session.agent, pairs)
        named, unread = _read_traits(runner, played)
        tricked = {name: _played(tricks, _agent(trick), pairs) for name, trick in TRICKS.items()}
        return SeekerCheck(
            simulator=experiment.simulator,
            seekers=len(seekers),
            traits=recognition(named),
            unread=unread,
            melting=tuple(row for name, rows in tricked.items() for row in melting(name, rows)),
            events=events_held(played),
            knowledge=knowledge_held(played, tricked["silence"]),
            spend=runner.ledger.spend,
        )


def _agent(trick: type[SupportAgent] | str) -> SupportAgent:
    return Probe(trick) if isinstance(trick, str) else trick()


def _played(
    runner: Runner, agent: SupportAgent, pairs: Sequence[Pair]
) -> list[tuple[Profile, Rollout]]:
    rollouts = runner.play(agent, pairs)
    return [(seeker, row) for (seeker, _), row in zip(pairs, rollouts, strict=False) if row.valid]


@dataclass(frozen=True)
class _Reading:
    """Names the traits of seekers from what they said."""

    reader: TraitReader
    seed: int

    def place(self, item: tuple[Profile, Rollout]) -> tuple[object, ...]:
        """Where the calls for a dialogue are made."""
        return (self.seed, "traits", item[0].id, item[1].replicate)

    def __call__(self, item: tuple[Profile, Rollout]) -> NamedTraits | None:
        """What the judge names; None where it could not be read."""
        seeker, rollout = item
        assert isinstance(seeker.traits, BigFive)
        try:
            with seed_scope(*self.place(item)):
                named = self.reader(rollout=rollout).named
        except DialogueError:
            return None
        return NamedTraits(profile=seeker.id, marked=seeker.traits, named=named)


def _read_traits(
    runner: Runner, played: Sequence[tuple[Profile, Rollout]]
) -> tuple[list[NamedTraits], int]:
    """What the judge named of the seekers with typed traits, and how many it could not read."""
    marked = [pair for pair in played if isinstance(pair[0].traits, BigFive)]
    found = list(runner.each(_Reading(TraitReader(), runner.seed), marked, every=True))
    named = [row for row in found if row is not None]
    return named, len(found) - len(named)
