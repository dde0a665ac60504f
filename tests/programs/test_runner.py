import threading
import time

import pytest
from dspy.lm15 import Request, Response
from fakes import CountingEngine, Endpoint, at, serve

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import ROLES, ModelConfig, Models, Role
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank


def played(threads: int, profiles: list[Profile], bank: Bank) -> list[Rollout]:
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}), threads=threads)
    rollouts = runner.play(SupportAgent(bank), [(p, r) for p in profiles[:6] for r in range(2)])
    return [
        r.model_copy(update={"spend": r.spend.model_copy(update={"seconds": 0})}) for r in rollouts
    ]


def test_the_same_seed_gives_the_same_dialogues_with_any_number_of_threads(profiles, bank):
    assert played(1, profiles, bank) == played(8, profiles, bank)


class Crowded(RehearsalEngine):
    """Notes how many requests are under way at once, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.lock, self.under_way, self.most = threading.Lock(), 0, 0

    def complete(self, request: Request) -> Response:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        time.sleep(0.002)
        try:
            return super().complete(request)
        finally:
            with self.lock:
                self.under_way -= 1


def test_no_more_calls_of_a_role_are_under_way_than_its_model_bears(profiles):
    engine = Crowded()
    configs: dict[Role, ModelConfig] = {
        role: ModelConfig(model="rehearsal", concurrency=1) for role in ROLES
    }
    runner = Runner(Models(configs, engines={"rehearsal": engine}), threads=6)
    runner.play(SupportAgent(), [(profile, 0) for profile in profiles[:6]], turns=3)
    assert engine.most == 2  # one supporter's and one seeker's


def test_a_pair_is_played_once_even_when_asked_for_twice_at_once(profiles, bank):
    engine = CountingEngine()
    runner = Runner(Models(engines={"rehearsal": engine}), threads=4)
    once, twice = runner.play(SupportAgent(bank), [(profiles[0], 0), (profiles[0], 0)])
    calls = len(engine.requests)
    runner.play(SupportAgent(bank), [(profiles[0], 0)])
    assert once == twice
    assert len(engine.requests) == calls == once.spend.calls == runner.ledger.spend.calls


def test_another_bank_replicate_or_seed_is_another_rollout(profiles, bank):
    engine = CountingEngine()
    models = Models(engines={"rehearsal": engine})
    runner = Runner(models)
    runner.play(SupportAgent(bank), [(profiles[0], 0)])
    first = len(engine.requests)
    runner.play(SupportAgent(bank), [(profiles[0], 1)])
    runner.play(SupportAgent(), [(profiles[0], 0)])
    Runner(models, seed=1).play(SupportAgent(bank), [(profiles[0], 0)])
    assert len(engine.requests) > 3 * first / 2


def test_finished_rollouts_are_free_after_a_restart_and_the_ledger_agrees(tmp_path, profiles, bank):
    pairs = [(profile, 0) for profile in profiles[:4]]
    spends, rollouts = [], []
    engine = CountingEngine()
    for _ in range(2):
        engine.requests.clear()
        journal = Journal(tmp_path / "journal.jsonl")
        runner = Runner(Models(engines={"rehearsal": engine}), journal=journal)
        rollouts.append(runner.play(SupportAgent(bank), pairs))
        spends.append(runner.ledger.spend)
    assert not engine.requests
    assert rollouts[0] == rollouts[1]
    assert spends[0].calls == spends[1].calls
    assert spends[0].rollouts == spends[1].rollouts == 4


@pytest.mark.parametrize("threads", [1, 8])
def test_the_budget_is_never_exceeded_and_what_is_played_does_not_depend_on_threads(
    threads, profiles, bank
):
    ledger = Ledger(Budget(calls=150))
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}, ledger=ledger), threads=threads)
    rollouts = runner.play(SupportAgent(bank), [(p, 0) for p in profiles])
    assert 0 < ledger.spend.calls <= 150
    assert [r.profile for r in rollouts] == [p.id for p in profiles[: len(rollouts)]]
    assert len(rollouts) == 4


def test_no_call_starts_once_the_budget_is_used_up(models):
    ledger = Ledger(Budget(calls=1))
    ledger.open_call()
    with pytest.raises(BudgetExhausted, match="the budget of 1 calls is used up"):
        ledger.open_call()
    assert ledger.spend.calls == 1


def test_a_torn_last_line_is_dropped_and_a_foreign_one_is_named(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.put("a", {"x": 1})
    with path.open("a") as file:
        file.write('{"key": "b", "rec')
    assert Journal(path).get("a") == {"x": 1}
    assert Journal(path).get("b") is None
    path.write_text("hello\n")
    with pytest.raises(ValueError, match=r"journal.jsonl:1 must be a record of this program"):
        Journal(path)


def test_a_garbage_endpoint_gives_missing_data_and_never_a_score(profiles):
    endpoint = Endpoint(lambda number: (200, "Lorem ipsum.", 0))
    with serve(endpoint) as api_base:
        runner = Runner(Models(at(api_base, retries=0)), threads=2)
        (rollout,) = runner.play(SupportAgent(), [(profiles[0], 0)])
    assert not rollout.valid
    assert "could not be read" in rollout.error
    assert "Lorem ipsum." in rollout.error
    assert endpoint.served == 4  # a reply, and three appraisals that cannot be read


def test_an_endpoint_that_fails_three_times_in_ten_still_plays_whole_dialogues(profiles):
    def flaky(number: int) -> tuple[int, str | None, float]:
        return (503, "overloaded", 0) if number % 10 in (2, 5, 8) else (200, None, 0)

    with serve(Endpoint(flaky)) as api_base:
        runner = Runner(Models(at(api_base, retries=3)), threads=2)
        rollouts = runner.play(SupportAgent(), [(profiles[0], 0)], turns=3)
    assert all(rollout.valid for rollout in rollouts)


def test_a_timeout_is_missing_data(profiles):
    with serve(Endpoint(lambda number: (200, None, 3))) as api_base:
        runner = Runner(Models(at(api_base, retries=0, timeout=0.3)))
        (rollout,) = runner.play(SupportAgent(), [(profiles[0], 0)])
    assert not rollout.valid
    assert runner.ledger.spend.calls == 1
