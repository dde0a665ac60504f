"""The audit of judges on given dialogues: can they be trusted, before anybody trusts them?

Test-retest agreement, order bias of comparisons, agreement between judges and with SAGE.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import combinations
from pathlib import Path

from esc_skills.metrics.evidence.agreement import (
    OrderBias,
    order_bias,
    rank_correlation,
    reliability,
)
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.judges.asking import Round, run_judge
from esc_skills.metrics.judges.judgement import Case, CaseField, Judge
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.signatures.frozen import Frozen

from ..files.judge_cases import cases_of, dialogues_of, judged_seekers
from ..setup.config import Experiment
from ..setup.session import open_session
from .judge import grounded
from .progress import OnProgress, counting, silent

SAGE = "SAGE"
"""How the simulator's own score is called among the judges."""
ROUNDS = 2


class JudgeAudit(Frozen):
    """What is known of one judge."""

    judge: str
    judged: int
    """Judgements of the first round."""
    failed: int
    retest: Interval | None
    """ICC of two rounds with other seeds; None where nothing varies."""
    grounded: float | None
    """Share of quotations that stand."""
    order: OrderBias | None
    """Only of comparisons."""
    needs: tuple[CaseField, ...] = ()
    """What a case must have besides the dialogue for this judge."""


class Audit(Frozen):
    """What is known of some judges, on some dialogues."""

    model: str
    """The model that judged."""
    dialogues: int
    seekers: int
    judges: tuple[JudgeAudit, ...]
    agreement: dict[str, dict[str, Interval | None]]
    """Spearman's correlation of each two judges, and of each with SAGE. Comparisons correlate with
    the difference of the other judge's grades. Judges of the seeker need not agree with SAGE."""


def audit_judges(
    run: Path,
    experiment: Experiment,
    *,
    judges: Sequence[str] = tuple(JUDGES),
    limit: int = 40,
    on_progress: OnProgress = silent,
) -> Audit:
    """Ask judges twice about the dialogues of a run. An interrupted audit resumes.

    Args:
        run: Run directory, or a file of rollouts, beside which the answers are kept.
        experiment: Models, budget, seed and threads; profiles, if they are not the run's own.
        judges: Names of the judges.
        limit: Dialogues at most.
        on_progress: Called with the number of answers.

    Raises:
        UserError: A file or model is bad, or there are too few dialogues.
        DialogueError: No judge gave any readable answer.
        BudgetExhausted: The budget ran out on the way.
    """
    cases = cases_of(dialogues_of(run, limit), judged_seekers(run, experiment.profiles))
    memory = run / "judges.jsonl" if run.is_dir() else run.with_suffix(".judges.jsonl")
    advance = counting(on_progress, "answers", len(judges) * len(cases) * ROUNDS)
    with open_session(experiment) as session:
        return audit(session.runner(memory), judges, cases, advance)


def audit(
    runner: Runner,
    names: Sequence[str],
    cases: Sequence[Case],
    on_judged: Callable[[], None] = lambda: None,
) -> Audit:
    """Ask every judge twice about every case, and compare.

    Raises:
        DialogueError: No judge gave any readable answer.
        BudgetExhausted: The budget ran out on the way.
    """
    found: list[JudgeAudit] = []
    errors: list[str] = []
    grades: dict[str, list[float | None]] = {SAGE: [case.rollout.score for case in cases]}
    comparing: set[str] = set()
    for name in names:
        judge = JUDGES[name]()
        rounds = [
            run_judge(runner, judge, cases, repeat=repeat, on_judged=on_judged)
            for repeat in range(ROUNDS)
        ]
        overall = [_overall(judge, answers) for answers in rounds]
        found.append(_audited(judge, rounds, overall))
        errors += [error for answers in rounds for error in answers.errors]
        grades[judge.name] = overall[0]
        if "other" in judge.needs:
            comparing.add(judge.name)
    if errors and not any(row.judged for row in found):
        raise DialogueError(f"no judge gave a readable answer; the first: {errors[0]}")
    return Audit(
        model=runner.models.configs["judge"].model,
        dialogues=len(cases),
        seekers=len({case.rollout.profile for case in cases}),
        judges=tuple(found),
        agreement=_agreement(grades, comparing),
    )


def _overall(judge: Judge, answers: Round) -> list[float | None]:
    return [None if given is None else judge.overall(given) for given in answers.judgements]


def _audited(
    judge: Judge, rounds: Sequence[Round], overall: Sequence[Sequence[float | None]]
) -> JudgeAudit:
    both = _both(overall[0], overall[1])
    given = [judgement for answers in rounds for judgement in answers.given]
    return JudgeAudit(
        judge=judge.name,
        judged=len(rounds[0].given),
        failed=sum(len(answers.errors) for answers in rounds),
        retest=reliability([a for a, _ in both], [b for _, b in both]),
        grounded=grounded(given),
        needs=judge.needs,
        order=order_bias(pair for judgement in given for pair in judgement.winners.values()),
    )


def _agreement(
    grades: Mapping[str, Sequence[float | None]], comparing: Set[str]
) -> dict[str, dict[str, Interval | None]]:
    """The correlation of each two columns."""
    matrix: dict[str, dict[str, Interval | None]] = {name: {} for name in grades}
    for one, two in combinations(grades, 2):
        mine, theirs = grades[one], grades[two]
        if (one in comparing) != (two in comparing):
            mine, theirs = (
                values if name in comparing else _ahead(values)
                for name, values in ((one, mine), (two, theirs))
            )
        both = _both(mine, theirs)
        found = rank_correlation([a for a, _ in both], [b for _, b in both])
        matrix[one][two] = matrix[two][one] = found
    return matrix


def _ahead(values: Sequence[float | None]) -> list[float | None]:
    """By how much each case is graded above the one after it, with which comparisons compare it."""
    after = [*values[1:], None]
    return [
        None if mine is None or theirs is None else mine - theirs
        for mine, theirs in zip(values, after, strict=True)
    ]


def _both(
    first: Sequence[float | None], second: Sequence[float | None]
) -> list[tuple[float, float]]:
    """The pairs of which neither is missing."""
    pairs = zip(first, second, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]
