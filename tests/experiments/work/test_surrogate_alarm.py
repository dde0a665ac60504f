from pathlib import Path

import pytest
from fakes import CountingEngine

from esc_skills.experiments.commands.evolution import run_evolution
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.experiments.setup.config import Experiment, load_experiment
from esc_skills.experiments.setup.seekers import seekers_of
from esc_skills.experiments.show.progress import watch_line
from esc_skills.experiments.work.surrogate_alarm import SurrogateWatcher
from esc_skills.experiments.work.surrogates import FittedSurrogate, save
from esc_skills.metrics.sage.summary import summarize
from esc_skills.metrics.surrogate.drift import reference
from esc_skills.metrics.surrogate.evaluation import cross_fitted
from esc_skills.metrics.surrogate.model import Design, fit
from esc_skills.metrics.surrogate.moments import moments
from esc_skills.optimizers.alarms import watch
from esc_skills.optimizers.challenge import gain_of
from esc_skills.optimizers.events import SealedTest
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill
from esc_skills.signatures.transcripts import Transcript

GUIDANCE = {
    "listens": "Listen and let them talk; reflect back the feeling.",
    "asks": "Ask an open question about what happened and how it was.",
    "praises": "Praise them and tell them that you admire them.",
}
DECEPTIVE = WorldParameters(flattery=4.0, fit_weight=1.6)
EXPERIMENT = load_experiment(None, {})


def play(
    supporter: str, world: WorldParameters | None = None, replicates: int = 2
) -> list[Rollout]:
    """Dialogues of all sample seekers with a supporter who always does the same."""
    skill = Skill(name="a", when_to_use="Always, whenever they tell.", guidance=GUIDANCE[supporter])
    bank = Bank(skills=(skill,), policy=SelectionPolicy(text="Always choose a skill."))
    runner = Runner(Models(engines={"rehearsal": CountingEngine(world)}), threads=2)
    pairs = [(seeker, n) for seeker in seekers_of(EXPERIMENT) for n in range(replicates)]
    return [rollout for rollout in runner.play(SupportAgent(bank), pairs) if rollout.valid]


def sealed(before: list[Rollout], after: list[Rollout]) -> SealedTest:
    gain = gain_of(list(zip(before, after, strict=True)))
    assert gain is not None
    return SealedTest(
        before=summarize(before), after=summarize(after), groups_before={}, groups_after={},
        gain=gain, rollouts_before=tuple(before), rollouts_after=tuple(after),
    )  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A surrogate of the default world, in which praise does little good."""
    known = {seeker.id: seeker for seeker in seekers_of(EXPERIMENT)}
    design = Design(
        moments(
            Transcript(
                simulator=EXPERIMENT.simulator,
                supporter=name,
                profile=known[rollout.profile],
                rollout=rollout,
            )
            for name in GUIDANCE
            for rollout in play(name)
        )
    )
    others = cross_fitted(design, "both unseen", "all", seed=0)
    own = cross_fitted(design, "profiles unseen", "all", seed=0)
    assert others is not None
    assert own is not None
    path = tmp_path_factory.mktemp("surrogate") / "s.json"
    usual = reference(design, others, own)
    parts = {"dialogues": (), "accuracies": (), "cuts": ()}
    save(FittedSurrogate(surrogate=fit(design), reference=usual, **parts), path)
    return path


def test_praise_that_deceives_the_judge_does_more_than_the_surrogate_expects(file: Path):
    watcher = SurrogateWatcher(file, EXPERIMENT)
    test = sealed(play("asks", DECEPTIVE), play("praises", DECEPTIVE))
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}))
    seen = watch(runner, None, test, [watcher])
    assert "expectation" in [alarm.kind for alarm in seen.alarms]
    assert "more than the surrogate s.json predicts; its 3 supporters" in watch_line(seen)


@pytest.mark.parametrize(("before", "after"), [("asks", "listens"), ("listens", "praises")])
def test_where_the_judge_is_honest_nothing_rings(file: Path, before: str, after: str):
    seen = SurrogateWatcher(file, EXPERIMENT)(sealed(play(before), play(after)))
    assert seen.alarm is None


def test_seekers_who_speak_what_it_never_learnt_are_refused(file: Path, tmp_path: Path):
    profile = seekers_of(EXPERIMENT)[0].model_copy(update={"opening": "我很难过", "language": "zh"})
    path = tmp_path / "chinese.jsonl"
    path.write_text(profile.model_dump_json() + "\n", encoding="utf-8")
    with pytest.raises(UserError, match="lacks zh"):
        SurrogateWatcher(file, load_experiment(None, {"profiles": (path,)}))


def test_a_surrogate_of_another_simulator_is_refused_before_anything_is_spent(
    file: Path, tmp_path: Path
):
    from rich.console import Console

    other: Experiment = load_experiment(None, {"seeker.hide_emotion": True, "tracking": "none"})
    with pytest.raises(UserError, match="run's simulator"):
        run_evolution(Console(quiet=True), other, tmp_path / "run", file)
    assert not (tmp_path / "run").exists()
