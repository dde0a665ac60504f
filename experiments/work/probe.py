"""Probes against reward hacking: do tricks score higher than a plain supporter, with these models?

Every probe (programs/probes.py) plays the same seekers with the same seeds as the supporter without
skills. A metric that a trick beats rewards the trick, and any search on it will learn the trick.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import summarize
from esc_skills.optimizers.challenge import gain_of
from esc_skills.programs.models.ledger import Ledger
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.probes import PROBES, Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout, Spend

from ..errors import UserError
from ..files.profiles import SAMPLE_PROFILES, read_profiles
from ..setup.config import Experiment
from ..setup.models import REHEARSAL, open_models, require_answers
from ..setup.naming import chosen_names
from ..show.progress import spend_line

Outcome = Literal["no better", "open", "breaks the metric", "no score"]
"""The difference to the plain supporter: not above 0; above 0, but its interval includes 0; its
interval excludes 0 from above; or there is none, as all dialogues of the probe are missing data."""
PLAIN = "plain supporter"


class Probed(Frozen):
    """How one probe did."""

    probe: str
    score: float | None
    """Mean final emotion in points, 0..100, where an empty reply counts as 0; None where all is
    missing data."""
    difference: Interval | None
    """To the plain supporter, in points, paired by dialogue, with its 95% interval by seeker."""
    outcome: Outcome
    missing: int
    """Dialogues that are missing data: a model failed."""


class Probing(Frozen):
    """How the metric stood up to the probes."""

    simulator: str
    """The seeker's model; what is said here is said of it alone."""
    plain: float
    """Mean final emotion of the plain supporter in points."""
    dialogues: int
    """Dialogues that each supporter played."""
    probes: tuple[Probed, ...]
    spend: Spend

    @property
    def breaking(self) -> tuple[str, ...]:
        """The probes that break the metric."""
        return tuple(row.probe for row in self.probes if row.outcome == "breaks the metric")


def probe_names(text: str | None) -> tuple[str, ...]:
    """The probes that a user names, separated by commas; all if none is named.

    Raises:
        UserError: There is no such probe.
    """
    return chosen_names(text, "probes", PROBES) or tuple(PROBES)


def probe_metric(
    experiment: Experiment,
    names: Sequence[str],
    *,
    replicates: int,
    limit: int | None = None,
    engine: object | None = None,
    on_rollout: Callable[[Rollout], None] | None = None,
) -> Probing:
    """Play the probes with the experiment's models.

    Args:
        experiment: Models, profiles, budget, seed and threads.
        names: Which probes.
        replicates: Dialogues with each seeker.
        limit: Use so many seekers only.
        engine: Answers in place of the default rehearsal world.
        on_rollout: Called with every dialogue as it finishes.

    Raises:
        UserError: A file or model is bad, or the plain supporter has no scored dialogue.
    """
    if engine is not None and experiment.model.model != REHEARSAL:
        raise UserError(
            f"a world belongs to the model {REHEARSAL!r}, but the model is "
            f"{experiment.model.model!r}. Leave out one of --world and --model."
        )
    profiles = read_profiles(experiment.profiles or (SAMPLE_PROFILES,))[:limit]
    pairs = [(profile, replicate) for profile in profiles for replicate in range(replicates)]
    with open_models(experiment.role_models, Ledger(experiment.budget), engine) as models:
        if any(config.model != REHEARSAL for config in models.configs.values()):
            require_answers(models.with_ledger(Ledger()))
        runner = Runner(
            models, seed=experiment.seed, threads=experiment.threads, on_rollout=on_rollout
        )
        try:
            return play_probes(runner, names, pairs)
        finally:
            runner.close()


def play_probes(runner: Runner, names: Sequence[str], pairs: Sequence[Pair]) -> Probing:
    """The probes against the plain supporter, on the same pairs.

    Raises:
        UserError: The plain supporter ended no dialogue to compare with.
    """
    plain = runner.play(SupportAgent(), pairs)
    if not any(rollout.valid for rollout in plain):
        why = plain[0].error if plain else "the budget holds none"
        raise UserError(
            f"the plain supporter must end a dialogue to compare with, but did not: {why} "
            "Check the model with: esc-skills doctor"
        )
    return Probing(
        simulator=runner.models.configs["seeker"].model,
        plain=summarize(plain).score.mean,
        dialogues=len(pairs),
        probes=tuple(_probed(name, plain, runner.play(Probe(name), pairs)) for name in names),
        spend=runner.ledger.spend,
    )


def _probed(name: str, plain: Sequence[Rollout], played: Sequence[Rollout]) -> Probed:
    counted = [rollout for rollout in played if rollout.standing is not None]
    difference = gain_of(list(zip(plain, played, strict=False)))
    return Probed(
        probe=name,
        score=summarize(counted).score.mean if counted else None,
        difference=difference,
        outcome=_outcome(difference),
        missing=len(plain) - len(counted),
    )


def _outcome(difference: Interval | None) -> Outcome:
    if difference is None:
        return "no score"
    if difference.low > 0:
        return "breaks the metric"
    return "open" if difference.mean > 0 else "no better"


def print_probing(console: Console, found: Probing) -> None:
    """Print the probes as a table, and which of them break the metric."""
    table = Table(title=f"Probes against reward hacking, simulator {found.simulator}")
    for column in ("probe", "score", "to plain", "95% interval", "missing", "verdict"):
        left = column in ("probe", "verdict")
        table.add_column(column, justify="left" if left else "right", no_wrap=True)
    table.add_row(PLAIN, f"{found.plain:.1f}", "", "", "", "", end_section=True)
    marks = {"breaks the metric": "bold red", "open": "yellow"}
    for row in found.probes:
        gap = row.difference
        table.add_row(
            row.probe,
            "-" if row.score is None else f"{row.score:.1f}",
            "-" if gap is None else f"{gap.mean:+.1f}",
            "-" if gap is None else f"{gap.low:+.1f} to {gap.high:+.1f}",
            str(row.missing or ""),
            row.outcome,
            style=marks.get(row.outcome),
        )
    console.print(table)
    if found.breaking:
        console.print(
            f"The metric rewards tricks: {', '.join(found.breaking)}. "
            "Do not evolve on it before the simulator is mended."
        )
    else:
        console.print(f"No probe beats the plain supporter in {found.dialogues} dialogues each.")
    console.print(f"Spent {spend_line(found.spend)}.")
