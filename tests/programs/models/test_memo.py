from pathlib import Path

from fakes import CountingEngine

from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import SetPolicy, apply_edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank


def runner_of(engine: CountingEngine, journal: Journal | None = None) -> Runner:
    return Runner(Models(engines={"rehearsal": engine}), journal=journal, threads=2)


def test_banks_that_ask_the_same_share_their_dialogues_even_where_seeds_are_ignored(
    profiles: list[Profile], bank: Bank
) -> None:
    engine = CountingEngine(WorldParameters(honours_seeds=False))
    runner = runner_of(engine)
    pairs = [(profile, 0) for profile in profiles[:4]]
    first = runner.play(SupportAgent(bank), pairs)
    calls = len(engine.requests)
    fewer = bank.policy.parameters.model_copy(update={"offered_tokens": 2000})
    other = apply_edit(bank, SetPolicy(parameters=fewer))
    second = runner.play(SupportAgent(other), pairs)
    assert other.identity != bank.identity
    assert [r.exchanges for r in second] == [r.exchanges for r in first]
    assert len(engine.requests) == calls == runner.ledger.spend.calls


def test_an_agent_asked_at_its_own_turns_gives_its_own_answers_for_nothing(
    profiles: list[Profile], bank: Bank
) -> None:
    engine = CountingEngine(WorldParameters(honours_seeds=False))
    runner = runner_of(engine)
    (rollout,) = runner.play(SupportAgent(bank), [(profiles[0], 0)])
    calls = len(engine.requests)
    turns = [turn for turn, said in enumerate(rollout.exchanges) if said.reply is not None]
    states = [State(profiles[0], rollout, turn) for turn in turns]
    assert runner.answer(SupportAgent(bank), states) == [rollout.exchanges[t] for t in turns]
    assert len(engine.requests) == calls


def test_what_was_paid_before_a_restart_counts_again_but_is_not_asked_again(
    tmp_path: Path, profiles: list[Profile], bank: Bank
) -> None:
    spends = []
    engine = CountingEngine()
    for _ in range(2):
        runner = runner_of(engine, Journal(tmp_path / "journal.jsonl"))
        runner.play(SupportAgent(bank), [(profile, 0) for profile in profiles[:3]])
        runner.play(SupportAgent(), [(profile, 0) for profile in profiles[:3]])
        spends.append(runner.ledger.spend.model_copy(update={"seconds": 0.0}))
    assert spends[0] == spends[1]
    assert len(engine.requests) == spends[0].calls


def test_answers_stop_where_the_budget_would_end(profiles: list[Profile], bank: Bank) -> None:
    engine = CountingEngine()
    logs = runner_of(engine)
    (rollout,) = logs.play(SupportAgent(), [(profiles[0], 0)])
    states = [State(profiles[0], rollout, 0)] * 5
    models = Models(engines={"rehearsal": engine}, ledger=Ledger(Budget(calls=4)))
    answers = Runner(models, threads=1).answer(SupportAgent(bank), states)
    assert models.ledger.spend.calls <= 4
    assert len(answers) < 5
