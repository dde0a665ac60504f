"""Playing seekers against one bank, and the figures that come of it."""

from collections.abc import Sequence
from pathlib import Path

from esc_skills.metrics.sage.credit import credit
from esc_skills.metrics.sage.quality import Quality, quality
from esc_skills.metrics.sage.summary import Summary, by_group, summarize
from esc_skills.programs.conduct.counts import ConductCounts
from esc_skills.programs.models.readings import StageReadings
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Ending, Rollout, Spend

from ..errors import UserError
from ..files.atomic_writes import require_writable, write_whole
from ..setup.config import Experiment
from ..setup.roles_apart import warn_if_self_judged
from ..setup.seekers import Chosen, Part, choose_seekers
from ..setup.session import Session, open_session
from .dialogue_cost import DialogueCost, dialogue_cost
from .judge import JudgeSummary, judge_evaluation
from .progress import OnProgress, counting, silent
from .reference_supporters import Baseline, measure_baselines


class Evaluation(Frozen):
    """How one bank did."""

    simulator: str
    """The seeker's model; part of a score's name, since levels differ between simulators."""
    concurrency: str = ""
    """How much was played at once; some servers answer differently under load."""
    bank: str
    seekers: str
    """Which seekers were played, in words."""
    seen: tuple[str, ...] = ()
    """Ids of those that the bank's own run learnt from or decided on; they flatter the bank."""
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
    readings: tuple[StageReadings, ...] = ()
    """How the models' answers could be read."""
    conduct: ConductCounts = ConductCounts()
    """How the replies kept each rule of the conduct, before and after repair."""
    judges: tuple[JudgeSummary, ...] = ()
    baselines: tuple[Baseline, ...] = ()


def evaluate(
    experiment: Experiment,
    *,
    split: Part | None = None,
    replicates: int = 1,
    limit: int | None = None,
    turns: int = SEEKER_TURNS,
    judges: Sequence[str] = (),
    baseline: bool = False,
    out: Path | None = None,
    on_progress: OnProgress = silent,
) -> Evaluation:
    """Play seekers against a bank, each `replicates` times.

    Args:
        experiment: Bank, models, seekers, budget, seed and threads.
        split: Which seekers of the bank's run; those of its sealed test by default.
        replicates: Dialogues with each seeker.
        limit: Use so many seekers at most, the first ones.
        turns: Seeker turns a dialogue, 2..10.
        judges: Names of judges to ask about the dialogues.
        baseline: Whether a silent listener and a plain supporter meet the same seekers.
        out: Where the rollouts go, as JSONL. Every call is kept beside it as it comes
            (`.journal`), and a restart pays for none twice.
        on_progress: Called with the number of dialogues played.

    Raises:
        UserError: A file or model is bad, or no dialogue could be played.
    """
    if out:
        require_writable(out)
    chosen = choose_seekers(experiment, split, limit)
    pairs = [(profile, replicate) for profile in chosen.profiles for replicate in range(replicates)]
    advance = counting(on_progress, "dialogues", len(pairs) * (3 if baseline else 1))
    with open_session(experiment) as session:
        warn_if_self_judged(experiment)
        runner = session.runner(out.with_suffix(".journal") if out else None, advance)
        rollouts = runner.play(session.agent, pairs, turns=turns)
        if out:
            write_whole(out, "".join(rollout.model_dump_json() + "\n" for rollout in rollouts))
        found = _figures(session, chosen, rollouts)
        kept = runner.guard.counts  # of this bank alone, before judges and baselines play
        judged = judge_evaluation(runner, judges, session.agent, pairs, rollouts, turns)
        baselines = measure_baselines(runner, pairs, rollouts, turns) if baseline else ()
        further = {
            "conduct": kept,
            "judges": judged,
            "baselines": baselines,
            "readings": session.models.readings.rows,
            "spend": session.models.ledger.spend,
        }
    return found.model_copy(update=further)


def _figures(session: Session, chosen: Chosen, rollouts: Sequence[Rollout]) -> Evaluation:
    """The figures of the dialogues alone, before judges and baselines are asked."""
    errors, silences = _reasons(rollouts, "invalid"), _reasons(rollouts, "no reply")
    if not any(rollout.valid for rollout in rollouts):
        raise UserError(
            f"at least one dialogue must be played to its end, but {len(rollouts)} failed. "
            f"{next(iter(errors + silences), '')} Check the model with: {session.check}"
        )
    models, known = session.models, {profile.id: profile for profile in chosen.profiles}
    return Evaluation(
        simulator=session.experiment.simulator,
        concurrency=session.experiment.concurrency,
        bank=session.bank.identity,
        seekers=chosen.origin,
        seen=chosen.seen,
        summary=summarize(rollouts),
        groups=by_group(rollouts),
        credit=credit([rollout for rollout in rollouts if rollout.valid]),
        quality=quality((rollout, known[rollout.profile]) for rollout in rollouts),
        spend=models.ledger.spend,
        cost=dialogue_cost(models.prompts("supporter"), models.prompts("seeker"), rollouts),
        errors=errors,
        silences=silences,
        rollouts=tuple(rollouts),
    )


def _reasons(rollouts: Sequence[Rollout], ending: Ending) -> tuple[str, ...]:
    return tuple(sorted({rollout.error for rollout in rollouts if rollout.ending == ending}))
