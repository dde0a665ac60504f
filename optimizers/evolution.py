"""`SkillEvolution`: the optimizer, with the interface of any other DSPy optimizer."""

from collections.abc import Sequence
from typing import Any

import dspy
from dspy.teleprompt import Teleprompter

from esc_skills.programs.models.failures import BudgetExhausted, DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import Dialogue
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend

from .alarms import watch
from .events import (
    Analysed,
    Decision,
    Event,
    Measured,
    Noticed,
    Observer,
    Result,
    SealedTest,
    Started,
    Watch,
    Watcher,
)
from .record import Record
from .sealed_test import cost_of_test, plays_no_bank, run_sealed_test
from .search import Search
from .settings import EvolutionSettings, check_judges
from .strategy import SearchTask, Strategy, open_task


class SkillEvolution(Teleprompter):
    """Evolves the skill bank of a `SupportAgent` by paired, seeded, sequential challenges.

    ```python
    models = Models(configs, engines={"rehearsal": RehearsalEngine()})
    best = SkillEvolution(Runner(models)).compile(SupportAgent(bank), trainset=a, valset=b)
    best.save("program.json")
    ```

    Args:
        runner: Plays the dialogues; holds models, seed, budget and memory.
        settings: The dials of the search.
        observers: Called with every event (`optimizers.events`).
        strategy: How the bank is searched for; `Search` by default, or a baseline (`baselines`).
            Everything else, from the checks to the sealed test, is the same for all.
        watchers: Asked besides whether the sealed test is alarming; they decide nothing.

    After `compile`, `result` holds everything that the search knows.
    """

    def __init__(
        self,
        runner: Runner,
        settings: EvolutionSettings | None = None,
        *,
        observers: Sequence[Observer] = (),
        strategy: Strategy | None = None,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        super().__init__()
        self.runner = runner
        self.strategy = strategy or Search()
        self.settings = settings or EvolutionSettings()
        self.observers = observers
        self.watchers = watchers
        self.result: Result | None = None

    def get_params(self) -> dict[str, Any]:
        """The settings, without handles or secrets."""
        return self.settings.model_dump(mode="json")

    def compile(
        self,
        student: dspy.Module,
        *,
        trainset: Sequence[Profile | dspy.Example],
        teacher: dspy.Module | None = None,
        valset: Sequence[Profile | dspy.Example] | None = None,
        testset: Sequence[Profile | dspy.Example] = (),
        **kwargs: Any,  # noqa: ANN401 - the signature of Teleprompter
    ) -> SupportAgent:
        """Evolve the student's bank.

        Args:
            student: A `SupportAgent`, or a `Dialogue` that holds one; it is not changed.
            trainset: Profiles (or examples with a `profile`) to learn from.
            teacher: Not used.
            valset: Profiles on which edits are challenged; every second train profile if not given.
            testset: Profiles for the sealed test at the end, which nothing is decided on.
            **kwargs: Not used; refused.

        Returns:
            A copy of the student with the last accepted bank.

        Raises:
            ValueError: No profiles, overlapping sets, an unknown argument, or a budget that cannot
                hold the sealed test.
            PluginError: A judge of the settings cannot be used.
        """
        if kwargs:
            raise ValueError(f"compile takes no argument {', '.join(kwargs)}")
        check_judges(self.settings)
        agent = _agent_of(student)
        train, validation, test = _sets(trainset, valset, testset)
        self._reserve(agent, len(test))
        observers = [self._notify, *self.observers, self._renew_reserve(agent, len(test))]
        task = open_task(agent, train, validation, self.runner, self.settings, observers)
        self._task, record = task, task.record
        record.emit(
            Started(
                bank=agent.bank.value,
                train=tuple(p.id for p in train),
                validation=tuple(p.id for p in validation),
                test=tuple(p.id for p in test),
                spend=self.runner.ledger.spend,
            )
        )
        self._stopped = self._searched(task)
        self.runner.ledger.reserved = Spend()
        record.emit(self.tested(test))
        return task.incumbent

    def tested(self, testset: Sequence[Profile]) -> Result:
        """The result of the last search, with a sealed test that is played on these seekers.

        Args:
            testset: Profiles that the search was not given; without any, there is no test.
        """
        task = self._task
        test = run_sealed_test(self.runner, self.settings, task.agent, task.incumbent, testset)
        update = {"test": test, "watch": self._watched(task.record, test)}
        self.result = self.so_far.model_copy(
            update={**update, "stopped": self._stopped, "finished": True}
        )
        return self.result

    def _searched(self, task: SearchTask) -> str:
        """Let the strategy search; returns why it stopped."""
        try:
            return self.strategy.run(task)
        except (BudgetExhausted, DialogueError) as ended:
            return str(ended)

    @property
    def incumbent(self) -> SupportAgent:
        """The best supporter that the search has found so far; for observers, while it runs."""
        return self._task.incumbent

    @property
    def so_far(self) -> Result:
        """The preliminary result; for observers, while the search runs."""
        task = self._task
        return Result(
            first=task.record.banks[0],
            final=task.bank,
            banks=tuple(task.record.banks),
            decisions=tuple(task.record.decisions),
            measured=tuple(task.record.measured),
            test=None,
            stopped="the search has not finished",
            finished=False,
            spend=self.runner.ledger.spend,
            readings=self.runner.models.readings.rows,
            conduct=self.runner.guard.counts,
            learnt=self.runner.models.learnt,
            notices=self.runner.models.notices.sentences,
            trust=task.record.trust.share,
        )

    def _reserve(self, agent: SupportAgent, test_profiles: int) -> None:
        """Reserve the cost of the sealed test."""
        if not test_profiles:
            return
        cost = self._cost_of_test(agent, test_profiles)
        if not self.runner.ledger.room_for(cost + self.runner.cost_of(1)):
            raise ValueError(
                f"the budget must hold the sealed test and a search, but the test alone may take "
                f"{cost.rollouts} rollouts and {cost.calls} calls. Raise the budget, lower "
                "test_replicates, or give fewer test profiles."
            )
        self.runner.ledger.reserved = cost

    def _cost_of_test(self, agent: SupportAgent, test_profiles: int) -> Spend:
        no_bank = plays_no_bank(self.settings, agent)
        return cost_of_test(self.runner, self.settings, test_profiles, no_bank)

    def _renew_reserve(self, agent: SupportAgent, test_profiles: int) -> Observer:
        """Adjusts the reserve to the tokens and money that dialogues actually cost."""

        def renew(event: Event) -> None:
            if test_profiles and isinstance(event, Analysed | Decision | Measured):
                self.runner.ledger.reserved = self._cost_of_test(agent, test_profiles)

        return renew

    def _notify(self, event: Event) -> None:
        """Tell the observers what has happened to servers since the last event."""
        for notice in self.runner.models.notices.taken():
            for observer in self.observers:
                observer(Noticed(sentence=notice.sentence))

    def _watched(self, record: Record, test: SealedTest | None) -> Watch | None:
        """Changes other than the score; observers are notified of alarms."""
        if test is None or len(record.banks) < 2:
            return None
        found = watch(self.runner, self.settings.watch, test, self.watchers, record.banks[-1])
        for alarm in found.alarms:
            record.emit(alarm)
        return found


def _agent_of(student: dspy.Module) -> SupportAgent:
    agent = student.agent if isinstance(student, Dialogue) else student
    if not isinstance(agent, SupportAgent):
        raise ValueError(
            f"the student must be a SupportAgent or a Dialogue, but is a {type(student).__name__}"
        )
    return agent


def _sets(
    trainset: Sequence[Profile | dspy.Example],
    valset: Sequence[Profile | dspy.Example] | None,
    testset: Sequence[Profile | dspy.Example],
) -> tuple[list[Profile], list[Profile], list[Profile]]:
    """The three sets as profiles, checked."""
    train = [_profile_of(item) for item in trainset]
    if valset is None:
        train, validation = train[::2], train[1::2]
    else:
        validation = [_profile_of(item) for item in valset]
    test = [_profile_of(item) for item in testset]
    if not train or not validation:
        raise ValueError(
            f"there must be train and validation profiles, but there are {len(train)} and "
            f"{len(validation)}. Give at least one of each."
        )
    ids = [profile.id for profile in (*train, *validation, *test)]
    shared = sorted({name for name in ids if ids.count(name) > 1})
    if shared:
        raise ValueError(
            f"train, validation and test must not share profiles, but share {', '.join(shared)}"
        )
    return train, validation, test


def _profile_of(item: Profile | dspy.Example) -> Profile:
    return item if isinstance(item, Profile) else item.profile
