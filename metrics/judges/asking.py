"""Asks a judge about many cases, several at once and none twice."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.runner import Runner
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

from ..evidence.statistics import Interval, clustered_interval
from .judgement import Case, Judge, Judgement


class Round(Frozen):
    """One judge's answers about some cases, in their order; None where there is none."""

    judgements: tuple[Judgement | None, ...]
    errors: tuple[str, ...] = ()

    @property
    def given(self) -> list[Judgement]:
        """Those that could be had."""
        return [judgement for judgement in self.judgements if judgement is not None]


@dataclass(frozen=True)
class _Asking:
    """Asks a judge about cases."""

    judge: Judge
    seed: int
    repeat: int

    def place(self, item: Case) -> tuple[object, ...]:
        """By seeker and not by dialogue: banks are compared on the judge's same noise."""
        about = item.rollout.profile, item.rollout.replicate
        return (self.seed, "judge", self.judge.name, *about, self.repeat)

    def __call__(self, item: Case) -> Judgement | str | None:
        """The judgement, why there is none, or None where the case lacks what the judge needs."""
        if not item.has(self.judge.needs):
            return None
        what = {"rollout", *self.judge.needs}
        case = Case(**{name: getattr(item, name) for name in what})
        try:
            with seed_scope(*self.place(item)):
                return self.judge(case=case).judgement
        except DialogueError as error:
            return str(error)


def run_judge(
    runner: Runner,
    judge: Judge,
    cases: Sequence[Case],
    *,
    repeat: int = 0,
    on_judged: Callable[[], None] = lambda: None,
) -> Round:
    """Ask a judge about cases, several at once; the result does not depend on how many.

    Args:
        runner: Has the models, the seed, and the memory of what was asked before.
        judge: The judge; cases that lack what it needs get no judgement.
        cases: What is judged.
        repeat: Which round; another round has other seeds.
        on_judged: Called after each case, in order, from the calling thread.

    Raises:
        BudgetExhausted: The budget ran out on the way.
    """
    answers: list[Judgement | str | None] = []
    for answer in runner.each(_Asking(judge, runner.seed, repeat), cases, every=True):
        answers.append(answer)
        on_judged()
    return Round(
        judgements=tuple(None if isinstance(answer, str) else answer for answer in answers),
        errors=tuple(answer for answer in answers if isinstance(answer, str)),
    )


def judged_difference(
    runner: Runner,
    judge: Judge,
    before: Sequence[Rollout],
    after: Sequence[Rollout],
    *,
    level: float = 0.95,
) -> Interval | None:
    """By how much a judge grades `after` above `before`, pair by pair.

    Args:
        runner: Has the models, the seed and the memory.
        judge: One that grades single dialogues by what was said.
        before: Dialogues of one bank.
        after: Those of another with the same seekers, in the same order.
        level: Confidence of the interval.

    Returns:
        The mean difference on 0..100 with its interval, clustered by seeker; None where no
        pair could be judged.

    Raises:
        BudgetExhausted: The budget ran out on the way.
    """
    first, last = (
        run_judge(runner, judge, [Case(rollout=rollout) for rollout in rollouts]).judgements
        for rollouts in (before, after)
    )
    gaps: defaultdict[str, list[float]] = defaultdict(list)
    for mine, theirs in zip(last, first, strict=True):
        if mine is not None and theirs is not None:
            gaps[mine.profile].append(judge.overall(mine) - judge.overall(theirs))
    return clustered_interval(gaps, (-100, 100), level) if gaps else None
