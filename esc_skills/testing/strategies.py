"""What every strategy must do."""

import pytest

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.events import Event, Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import Strategy
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank

from .rehearsed import BANK, ListeningEngine, SilentEngine, models, seekers

SETTINGS = EvolutionSettings(
    generations=1,
    edits_first=3,
    train_rollouts=6,
    rule=ChallengeRule(error_rate=0.2, max_pairs=8),
    look_every=4,
    test_replicates=1,
    policy_trials=0,
)


class StrategyContract:
    """A strategy keeps to the budget, is repeatable, and leaves a valid bank however it ends.

    Attributes:
        plugin: The class of the strategy.
        budget: Model calls of a search that ends by its budget.
    """

    plugin: type[Strategy]
    budget: int = 2_500

    def searched(
        self, budget: Budget, *, threads: int = 2, engine: object | None = None
    ) -> tuple[Result, list[Event]]:
        """A whole search with its sealed test, and the events that it told."""
        events: list[Event] = []

        def note(event: Event) -> None:
            events.append(event)

        runner = Runner(models(engine, ledger=Ledger(budget)), threads=threads)
        optimizer = SkillEvolution(runner, SETTINGS, observers=[note], strategy=self.plugin())
        some = seekers()
        optimizer.compile(
            SupportAgent(BANK), trainset=some[:6], valset=some[6:11], testset=some[11:13]
        )
        runner.close()
        assert optimizer.result is not None
        return optimizer.result, events

    @pytest.fixture(scope="class")
    def bounded(self) -> tuple[Result, list[Event]]:
        """A search with a budget of calls, on two threads."""
        return self.searched(Budget(calls=self.budget))

    def test_the_budget_holds_everything(self, bounded: tuple[Result, list[Event]]) -> None:
        """Search and sealed test together; and the sealed test is played."""
        result, _ = bounded
        assert Budget(calls=self.budget).exceeded_by(result.spend) is None
        assert result.test is not None

    def test_it_says_why_it_ended(self, bounded: tuple[Result, list[Event]]) -> None:
        """In words, for the person who reads the result."""
        assert bounded[0].stopped.strip()

    def test_the_final_bank_is_the_last_accepted(self, bounded: tuple[Result, list[Event]]) -> None:
        """Every change of the bank is a decision in the record, and the bank is valid."""
        result, events = bounded
        accepted = [decision.bank for decision in result.decisions if decision.accepted]
        assert list(result.banks) == [BANK, *accepted]
        assert result.final == result.banks[-1]
        assert Bank.model_validate_json(result.final.model_dump_json()) == result.final
        assert [e for e in events if e in result.decisions] == list(result.decisions)

    def test_threads_do_not_change_the_result(self, bounded: tuple[Result, list[Event]]) -> None:
        """One thread decides as two do."""
        result, _ = self.searched(Budget(calls=self.budget), threads=1)
        assert result.banks == bounded[0].banks
        assert [d.candidate for d in result.decisions] == [
            d.candidate for d in bounded[0].decisions
        ]

    def test_nothing_is_asked_of_the_test_seekers(self) -> None:
        """Their scenes stand in no prompt before the sealed test."""
        engine = ListeningEngine()
        strategy, some = self.plugin(), seekers()
        runner = Runner(models(engine, ledger=Ledger(Budget(calls=self.budget))), threads=1)
        optimizer = SkillEvolution(runner, SETTINGS, strategy=strategy)
        optimizer.compile(SupportAgent(BANK), trainset=some[:6], valset=some[6:11], testset=())
        assert not [one for one in engine.prompts if any(p.scene in one for p in some[11:13])]

    def test_a_model_that_nobody_can_read_ends_the_search(self) -> None:
        """It ends with the last accepted bank and a reason, instead of going on for ever."""
        result, _ = self.searched(Budget(calls=self.budget), engine=SilentEngine())
        assert result.final == result.banks[-1]
        assert result.stopped.strip()
