"""Playing seekers against one bank, and the figures that come of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from esc_skills.metrics.sage.credit import credit
from esc_skills.metrics.sage.quality import Quality, quality
from esc_skills.metrics.sage.summary import Summary, by_group, summarize
from esc_skills.programs.models.ledger import Ledger
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import render
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Ending, Rollout, Spend

from ..errors import UserError
from ..files.atomic_writes import require_writable, write_whole
from ..files.journals import open_journal
from ..setup.config import Experiment
from ..setup.models import REHEARSAL, open_models, require_answers
from ..show.progress import spend_line
from .dialogue_cost import DialogueCost, dialogue_cost, in_words
from .evolve import first_bank, seekers_of
from .judge import JudgeSummary, judge_evaluation, print_judges
from .reference_supporters import Baseline, baseline_table, measure_baselines
from .score import quality_table


class Evaluation(Frozen):
    """How one bank did."""

    simulator: str
    """The seeker's model; part of a score's name, since levels differ between simulators."""
    bank: str
    summary: Summary
    groups: dict[str, Summary]
    credit: tuple[SkillCredit, ...]
    quality: Quality
    """Faults of the simulation; a score is worth no more than the seekers it comes from."""
    spend: Spend
    cost: DialogueCost
    """What one dialogue takes."""
    errors: tuple[str, ...]
    """Why dialogues are missing data."""
    silences: tuple[str, ...] = ()
    """What came instead of a reply, where the supporter gave none."""
    rollouts: tuple[Rollout, ...]
    judges: tuple[JudgeSummary, ...] = ()
    baselines: tuple[Baseline, ...] = ()


def evaluate_bank(
    console: Console,
    experiment: Experiment,
    *,
    replicates: int,
    limit: int | None,
    turns: int,
    out: Path | None,
    judges: Sequence[str] = (),
    baseline: bool = False,
) -> Evaluation:
    """Play every seeker `replicates` times, and ask the named judges about the dialogues.

    With `baseline`, a silent listener and a supporter without skills meet the same seekers. With
    `out`, every call is kept beside it as it comes (`.journal`), and a restart pays for none twice.

    Raises:
        UserError: A file or model is bad, or no dialogue could be played.
    """
    if out:
        require_writable(out)
    profiles = seekers_of(experiment)[:limit]
    agent = SupportAgent(first_bank(experiment))
    pairs = [(profile, replicate) for profile in profiles for replicate in range(replicates)]
    with open_models(experiment.role_models, Ledger(experiment.budget)) as models:
        if any(config.model != REHEARSAL for config in models.configs.values()):
            require_answers(models.with_ledger(Ledger()))
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("dialogues", total=len(pairs) * (3 if baseline else 1))
            runner = Runner(
                models,
                journal=open_journal(out.with_suffix(".journal")) if out else None,
                seed=experiment.seed,
                threads=experiment.threads,
                on_rollout=lambda _: bar.advance(task),
                seeker=experiment.seeker,
            )
            rollouts = runner.play(agent, pairs, turns=turns)
            cost = dialogue_cost(models.prompts("supporter"), models.prompts("seeker"), rollouts)
            judged = judge_evaluation(runner, judges, agent, pairs, rollouts, turns)
            baselines = measure_baselines(runner, pairs, rollouts, turns) if baseline else ()
            runner.close()
        spend = models.ledger.spend
    if out:
        write_whole(out, "".join(rollout.model_dump_json() + "\n" for rollout in rollouts))
    known = {profile.id: profile for profile in profiles}
    errors, silences = _reasons(rollouts, "invalid"), _reasons(rollouts, "no reply")
    if not any(rollout.valid for rollout in rollouts):
        raise UserError(
            f"at least one dialogue must be played to its end, but {len(rollouts)} failed. "
            f"{next(iter(errors + silences), '')} Check the model with: esc-skills doctor"
        )
    return Evaluation(
        simulator=experiment.simulator,
        bank=agent.bank.value.identity,
        summary=summarize(rollouts),
        groups=by_group(rollouts),
        credit=credit([rollout for rollout in rollouts if rollout.valid]),
        quality=quality((rollout, known[rollout.profile]) for rollout in rollouts),
        spend=spend,
        cost=cost,
        errors=errors,
        silences=silences,
        rollouts=tuple(rollouts),
        judges=judged,
        baselines=baselines,
    )


def _reasons(rollouts: Sequence[Rollout], ending: Ending) -> tuple[str, ...]:
    return tuple(sorted({rollout.error for rollout in rollouts if rollout.ending == ending}))


def print_evaluation(console: Console, evaluation: Evaluation, *, show: bool) -> None:
    """Print the figures as tables."""
    if show:
        for rollout in evaluation.rollouts:
            console.rule(f"{rollout.profile} ({rollout.ending})")
            console.print(render(rollout) or rollout.error, markup=False, highlight=False)
    table = Table(title=f"SAGE score, simulator {evaluation.simulator}")
    for column in ("group", "dialogues", "score", "95% interval", "success", "failure", "replies"):
        table.add_column(column, justify="left" if column == "group" else "right")
    for name, summary in {"all": evaluation.summary, **evaluation.groups}.items():
        low, high = summary.score.low, summary.score.high
        table.add_row(
            name,
            str(summary.rollouts),
            f"{summary.published:.1f}",
            f"{low:.1f} to {high:.1f}",
            f"{summary.success:.0%}",
            f"{summary.failure:.0%}",
            f"{summary.replies:.1f}",
        )
    console.print(table)
    for line in _endings(evaluation):
        console.print(line, markup=False, highlight=False)
    skills = Table(title="Credit: how replies were received")
    for column in ("skill", "uses", "mean change", "lift at like emotion"):
        skills.add_column(column, justify="left" if column == "skill" else "right")
    for row in evaluation.credit:
        skills.add_row(row.skill, str(row.uses), f"{row.mean_change:+.2f}", f"{row.lift:+.2f}")
    console.print(skills)
    if evaluation.baselines:
        console.print(baseline_table(evaluation.baselines))
    console.print(quality_table(evaluation.simulator, {"this bank": evaluation.quality}))
    print_judges(console, evaluation.judges)
    console.print(in_words(evaluation.cost))
    console.print(f"Spent {spend_line(evaluation.spend)}.")


def _endings(evaluation: Evaluation) -> Iterator[str]:
    """Which dialogues the figures count, where some did not end with an emotion."""
    summary = evaluation.summary
    if summary.silent:
        yield (
            f"In {summary.silent} of the {summary.rollouts} dialogues the supporter gave no reply, "
            f"which counts as a final emotion of 0: {evaluation.silences[0]}"
        )
    if summary.invalid:
        yield (
            f"{summary.invalid} more dialogues are missing data, which count nowhere: "
            f"{evaluation.errors[0]}"
        )
