"""Realism of a world: statistics of its dialogues against SAGE's published ones."""

from collections.abc import Iterable, Mapping, Sequence

from esc_skills.metrics.sage.dynamics import dynamics
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError
from .worlds import World

SUPPORTERS = 6
"""As many as there are published files."""

PUBLISHED: dict[str, tuple[float, float]] = {
    "share of supporter": (0.17, 0.08),
    "share of profile": (0.31, 0.08),
    "share of rest": (0.51, 0.08),
    "sd of a final": (35.8, 5),
    "sd of a paired difference": (43.7, 5),
    "correlation of two supporters": (0.25, 0.15),
    "change -10": (0.13, 0.08),
    "change -5": (0.33, 0.08),
    "change +5": (0.38, 0.08),
    "change +10": (0.16, 0.08),
    "other changes": (0.00, 0.02),
    "correlation of successive changes": (0.61, 0.2),
    "rise after a rise": (0.78, 0.15),
    "rise after a fall": (0.24, 0.15),
    "rise at 10 to 19": (0.03, 0.1),
    "rise from 80 on": (0.98, 0.1),
    "correlation with the final, after 1": (0.43, 0.2),
    "correlation with the final, after 2": (0.68, 0.15),
    "correlation with the final, after 4": (0.86, 0.1),
    "finals under 10": (0.37, 0.1),
    "finals from 90": (0.26, 0.1),
    "scored replies": (7.8, 0.5),
    "weakest supporter": (19.1, 15),
    "strongest supporter": (68.2, 15),
}
"""Statistic to (value of the six published files of the deepseek-v3 simulator, tolerance).

The tolerances are about three standard errors of 24 seekers; wider where a world is not made to
match: for single correlations, since a rehearsal's inertia is all in the emotion before the reply,
and for the supporters' levels, which are a choice of banks.
"""


class Likeness(Frozen):
    """One statistic of a world beside the published one."""

    statistic: str
    published: float
    found: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.found - self.published) <= self.tolerance


def likeness(
    found: Iterable[Transcript], published: Mapping[str, float] | None = None
) -> tuple[Likeness, ...]:
    """Every statistic of some dialogues beside the published one.

    Args:
        found: Dialogues of one simulator.
        published: What `dynamics` says of published dialogues; the six files' by default.
    """
    values = dynamics(found)
    return tuple(
        Likeness(
            statistic=name,
            published=published[name] if published else value,
            found=values[name],
            tolerance=tolerance,
        )
        for name, (value, tolerance) in PUBLISHED.items()
    )


def published_dynamics(transcripts: Sequence[Transcript]) -> dict[str, float]:
    """The statistics of published transcripts.

    Raises:
        UserError: They are of several simulators, or of too few supporters.
    """
    simulators = sorted({row.simulator for row in transcripts})
    if len(simulators) != 1:
        raise UserError(
            f"the transcripts must be of one simulator, but are of {', '.join(simulators)}. "
            "Give those of one."
        )
    try:
        return dynamics(transcripts)
    except ValueError as error:
        raise UserError(f"the transcripts cannot be compared with: {error}.") from error


def supporters(world: World) -> tuple[Bank, ...]:
    """Banks from weak to strong: none, the drafts, and more and more of the expert's skills."""
    skills = world.best_bank().skills
    grown = SUPPORTERS - 2
    parts = (Bank(skills=skills[: round(len(skills) * k / grown)]) for k in range(1, grown + 1))
    return (Bank(), world.first_bank(), *parts)


def dialogues(world: World, replicates: int, threads: int = 2) -> list[Transcript]:
    """Whole dialogues of every supporter with every seeker, played through the prompts.

    Each supporter has its own seeds, as the published ones have: what equal seeds would save must
    not make the world look less noisy than theirs.
    """
    pairs = [(profile, k) for profile in world.profiles() for k in range(replicates)]
    found: list[Transcript] = []
    for number, bank in enumerate(supporters(world)):
        models = Models(engines={"rehearsal": world.engine()})
        runner = Runner(models, seed=derive_seed("realism", number), threads=threads)
        found += [
            Transcript(
                simulator="rehearsal", supporter=f"bank {number}", profile=None, rollout=rollout
            )
            for rollout in runner.play(SupportAgent(bank), pairs)
        ]
        runner.close()
    return found
