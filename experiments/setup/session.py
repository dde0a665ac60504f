"""An experiment made ready to work: its seekers and bank read, its models opened and answering."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from esc_skills.programs.conduct.guard import Guard
from esc_skills.programs.conduct.reading import SeekerReader
from esc_skills.programs.conduct.reviewer import judge_bank
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Work
from esc_skills.signatures.conduct import hard
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.banks import read_bank
from ..files.conducts import refuse_unsafe
from ..files.journals import open_journal
from .config import Experiment
from .domains import conduct_for, domain_of
from .engines import open_work
from .models import REHEARSAL, doctor_command, open_models, require_answers
from .seekers import seekers_of


@dataclass(frozen=True)
class Session:
    """What a piece of work needs of an experiment."""

    experiment: Experiment
    profiles: tuple[Profile, ...]
    """All seekers, with the habits of speech that the experiment gives them."""
    bank: Bank
    models: Models
    """Every one has answered; their ledger holds the budget."""
    work: Work
    """Executes; closed with the session."""
    _opened: ExitStack

    @property
    def agent(self) -> SupportAgent:
        """A supporter with the bank, told what the domain tells it."""
        return agent_of(self.bank, self.models.domain)

    @property
    def check(self) -> str:
        """The command that checks the models of this experiment."""
        return doctor_command(self.experiment.model)

    def runner(
        self,
        memory: Journal | Path | None = None,
        on_rollout: Callable[[Rollout], None] | None = None,
        *,
        guarded: bool = True,
    ) -> Runner:
        """A runner with the experiment's models, seed and threads; stopped with the session.

        Args:
            memory: Journal, or the file of one, which a restart reads instead of paying again.
            on_rollout: Called with every dialogue as it finishes.
            guarded: Whether replies are kept to the conduct.

        Raises:
            UserError: The memory is damaged.
            OSError: It cannot be written.
        """
        runner = Runner(
            self.models,
            journal=open_journal(memory) if isinstance(memory, Path) else memory,
            seed=self.experiment.seed,
            work=self.work,
            on_rollout=on_rollout,
            seeker=self.experiment.seeker,
            guard=guard_of(self.experiment, active=guarded),
        )
        self._opened.callback(runner.close)
        return runner


def agent_of(bank: Bank, domain: Domain) -> SupportAgent:
    """A supporter with a bank, told what a domain tells it."""
    agent = SupportAgent(bank)
    for stage in (agent.select, agent.respond):
        stage.take(domain)
    return agent


def guard_of(experiment: Experiment, *, active: bool = True) -> Guard:
    """What keeps the replies of an experiment to its conduct.

    Raises:
        UserError: The conduct's file is bad.
    """
    reader = SeekerReader() if experiment.read_seeker else None
    return Guard(conduct_for(experiment), active=active, reader=reader)


def first_bank(experiment: Experiment) -> Bank:
    """The bank of an experiment; an empty one where it names none.

    Raises:
        UserError: The bank's file is bad, or the bank is unsafe.
    """
    if experiment.bank is None:
        return Bank()
    conduct = conduct_for(experiment)
    return read_bank(experiment.bank, allow_unsafe=experiment.allow_unsafe, conduct=conduct)


def _refuse_unfit(experiment: Experiment, bank: Bank, models: Models) -> None:
    """Have the judge read a first bank, where the conduct has rules that need a reader.

    Raises:
        UserError: The bank breaks one, or nobody could review it.
    """
    if experiment.bank is None or experiment.allow_unsafe:
        return
    conduct = conduct_for(experiment)
    with models.active():
        refuse_unsafe(hard(judge_bank(bank, conduct)), experiment.bank)


@contextmanager
def open_session(experiment: Experiment, engine: object | None = None) -> Generator[Session]:
    """Read what an experiment names and open its models; nothing has been written or spent yet.

    Args:
        experiment: Models, seekers, bank, budget, seed and threads.
        engine: Answers in place of the rehearsal's default world.

    Raises:
        UserError: A file is bad, a model does not answer, or the bank is unsafe.
    """
    if engine is not None and experiment.model.model != REHEARSAL:
        raise UserError(
            f"a world belongs to the model {REHEARSAL!r}, but the model is "
            f"{experiment.model.model!r}. Leave out one of --world and --model."
        )
    domain = domain_of(experiment)
    profiles, bank = tuple(seekers_of(experiment)), first_bank(experiment)
    with ExitStack() as opened:
        ledger = Ledger(experiment.budget)
        models = opened.enter_context(open_models(experiment.role_models, ledger, engine, domain))
        unspent = models.with_ledger(Ledger())  # no part of what the work spends
        if any(config.model != REHEARSAL for config in models.configs.values()):
            require_answers(unspent, experiment.budget)
        _refuse_unfit(experiment, bank, unspent)
        work = open_work(experiment)
        opened.callback(work.close)
        yield Session(experiment, profiles, bank, models, work, opened)
