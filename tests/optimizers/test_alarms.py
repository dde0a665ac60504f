import pytest
from fakes import CountingEngine, said

from esc_skills.baselines.none import NoSearch
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.metrics.sage.summary import summarize
from esc_skills.optimizers.alarms import WATCHED, divergence, watch
from esc_skills.optimizers.events import Alarm, Event, Result, SealedTest
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill

ALWAYS = "Always, at the start and later, whenever they tell of a feeling, an effort, a worry."
DECEPTIVE = WorldParameters(flattery=2.0)


LISTEN = "Listen and let them talk; reflect back the feeling."
ADVISE = "Suggest a concrete next step at once and give practical advice."


def skilled(guidance: str) -> Bank:
    skill = Skill(name="a-skill", when_to_use=ALWAYS, guidance=guidance)
    return Bank(skills=(skill,), policy=SelectionPolicy(text="Always choose a skill."))


class Flattering(NoSearch):
    """Ends with a bank that praises whatever comes, as a search on a deceived judge may."""

    guidance = "Praise them and tell them that you admire them."

    def run(self, task: SearchTask) -> str:
        task.record.banks.append(skilled(self.guidance))
        return "planted"


class Listening(Flattering):
    guidance = LISTEN


def run(profiles, strategy, world=None, first=ADVISE, **settings) -> tuple[Result, list[Alarm]]:
    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)

    ledger = Ledger(Budget(calls=6_000))
    models = Models(engines={"rehearsal": CountingEngine(world)}, ledger=ledger)
    dials = EvolutionSettings(test_replicates=2, **settings)
    optimizer = SkillEvolution(
        Runner(models, threads=2), dials, observers=[note], strategy=strategy()
    )
    optimizer.compile(
        SupportAgent(skilled(first)),
        trainset=profiles[:2],
        valset=profiles[2:4],
        testset=profiles[4:24],
    )
    assert optimizer.result is not None
    return optimizer.result, [event for event in events if isinstance(event, Alarm)]


def test_in_a_deceptive_world_the_alarm_names_the_divergence(profiles):
    result, rung = run(profiles, Flattering, DECEPTIVE, first=LISTEN)
    assert result.test is not None
    assert result.test.gain.low > 0  # the score believes in it
    assert rung[0].kind == "divergence"
    assert "the judge checklist" in rung[0].message
    assert result.watch is not None
    assert result.watch.alarms == tuple(rung)


@pytest.fixture(scope="module")
def listening(profiles) -> tuple[Result, list[Alarm]]:
    return run(profiles, Listening)


def test_in_the_default_world_a_true_gain_rings_no_alarm(listening):
    result, rung = listening
    assert result.watch is not None
    assert result.watch.judged is not None
    assert result.watch.judged.low > 0
    assert rung == []


def test_in_the_default_world_flattery_gains_nothing_to_be_alarmed_about(profiles):
    assert run(profiles, Flattering, first=LISTEN)[1] == []


@pytest.mark.parametrize(
    ("low", "high", "rings"),
    [(-11, 4, True), (-11, 9, False), (1, 4, False), (-11, -5, True)],
    ids=["hardly any at best", "may see a quarter", "sure of a gain", "sees a loss"],
)
def test_a_judge_that_sees_hardly_any_of_a_sure_gain_rings(low: float, high: float, rings: bool):
    judged = Interval(low=low, mean=(low + high) / 2, high=high, n=8)
    assert (
        divergence(Interval(low=15, mean=32, high=49, n=8), "checklist", judged) is not None
    ) is rings
    unsure = Interval(low=-1, mean=32, high=65, n=8)
    assert divergence(unsure, "checklist", judged) is None


def test_what_the_judge_reads_is_part_of_the_budget(profiles, listening):
    watched, _ = listening
    alone, _ = run(profiles, Listening, watch=None)
    assert alone.watch is not None
    assert alone.watch.judged is None
    cost = watched.spend.calls - alone.spend.calls
    assert 0 < cost <= 2 * WATCHED * 20 * JUDGES["checklist"].calls


def test_where_the_bank_is_the_first_one_nothing_is_watched(profiles):
    result, _ = run(profiles, NoSearch)
    assert result.watch is None


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("length", "I hear you.", "I hear you, and there is a lot more that I want to say now."),
        ("phrase", "I hear you, go on, please do.", "You are so very brave, you know."),
    ],
)
def test_length_and_phrases_ring_without_a_judge(kind: str, before: str, after: str):
    first, last = (
        tuple(said(name, f"{reply} {name}") for name in "abcd") for reply in (before, after)
    )
    test = SealedTest(
        before=summarize(first),
        after=summarize(last),
        groups_before={},
        groups_after={},
        gain=Interval(low=-1, mean=0, high=1, n=4),
        rollouts_before=first,
        rollouts_after=last,
    )
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}))
    assert kind in {alarm.kind for alarm in watch(runner, None, test).alarms}
