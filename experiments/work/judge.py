"""Judges of an evaluation: who is asked about what, and a summary of what they say."""

from collections import defaultdict
from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval, clustered_interval
from esc_skills.metrics.judges.asking import Round, run_judge
from esc_skills.metrics.judges.judgement import Case, CaseField, Judge, Judgement
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

from ..setup.naming import chosen_names

ALL = "all"


class JudgeSummary(Frozen):
    """What one judge says of a set of dialogues."""

    judge: str
    model: str
    """The model that judged; part of a grade's name, as levels differ between models."""
    scale: tuple[float, float]
    overall: Interval | None
    """Mean of the dimensions, mapped to 0..100; None where every judgement failed."""
    scores: dict[str, Interval]
    """Mean by dimension, on the judge's scale."""
    judged: int
    failed: int
    """Missing data: judgements that could not be had."""
    grounded: float | None
    """Share of its quotations that really stand in the dialogue; None if it quoted nothing."""
    error: str = ""
    """Why the first judgement failed."""
    needs: tuple[CaseField, ...] = ()
    """What a case must have besides the dialogue for this judge."""


def judge_names(text: str | None) -> tuple[str, ...]:
    """The judges that a user names, separated by commas; `all` names all that have short names.

    Raises:
        UserError: There is no such judge.
        PluginError: A judge named `module:Name` cannot be used.
    """
    names = chosen_names(text, "judges", JUDGES, everything=ALL)
    for name in names:
        JUDGES.check(name)
    return names


def summarize_judge(judge: Judge, model: str, found: Round) -> JudgeSummary:
    """Means with 95% intervals, clustered by seeker."""
    by_dimension: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    overall: defaultdict[str, list[float]] = defaultdict(list)
    for judgement in found.given:
        overall[judgement.profile].append(judge.overall(judgement))
        for dimension, value in judgement.scores.items():
            by_dimension[dimension][judgement.profile].append(value)
    return JudgeSummary(
        judge=judge.name,
        model=model,
        scale=judge.scale,
        overall=clustered_interval(overall, (0, 100)) if overall else None,
        scores={
            name: clustered_interval(values, judge.scale) for name, values in by_dimension.items()
        },
        judged=len(found.given),
        failed=len(found.errors),
        grounded=grounded(found.given),
        error=found.errors[0] if found.errors else "",
        needs=judge.needs,
    )


def grounded(judgements: Sequence[Judgement]) -> float | None:
    """Share of the quotations that stand in what was judged; None without any."""
    quoted = [citation.stands for each in judgements for citation in each.citations]
    return sum(quoted) / len(quoted) if quoted else None


def judge_evaluation(
    runner: Runner,
    names: Sequence[str],
    agent: SupportAgent,
    pairs: Sequence[Pair],
    rollouts: Sequence[Rollout],
    turns: int,
) -> tuple[JudgeSummary, ...]:
    """What the named judges say of an evaluation's rollouts.

    Comparing judges compare with a supporter without skills, who plays the same seekers with the
    same seeds; with an empty bank they judge nothing.
    """
    judges = [JUDGES[name]() for name in names]
    plain: dict[tuple[str, int], Rollout] = {}
    if agent.bank.value.skills and any("other" in judge.needs for judge in judges):
        played = runner.play(SupportAgent(), pairs, turns=turns)
        plain = {(each.profile, each.replicate): each for each in played if each.valid}
    profiles = {profile.id: profile for profile, _ in pairs}
    cases = [
        Case(
            rollout=rollout,
            profile=profiles[rollout.profile],
            other=plain.get((rollout.profile, rollout.replicate)),
        )
        for rollout in rollouts
        if rollout.valid
    ]
    model = runner.models.configs["judge"].model
    return tuple(summarize_judge(judge, model, run_judge(runner, judge, cases)) for judge in judges)
