"""What an experiment will take in calls, tokens, money and time, as bands, before it is spent.

Two dialogues of fixed words are played offline: with the seeker whose profile is the shortest, as
short as a dialogue can be, and with the longest, to its last turn. One dialogue that the models
really play takes their place where it was asked for.
"""

from collections.abc import Mapping
from pathlib import Path

from esc_skills.optimizers.proposing import train_pairs
from esc_skills.programs.models.model_config import ROLES, ModelConfig, Role
from esc_skills.programs.models.prices import listed_prices
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Rollout, Spend
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS
from ..files.run_directory import RunDirectory
from ..rehearsal import REHEARSAL
from ..rehearsal.script import require_script
from ..setup.config import Experiment
from ..setup.domains import domain_of
from ..setup.seekers import split_of
from ..setup.session import agent_of, first_bank, guard_of, open_session
from .prompt_tokens import FixedWords

SHORTEST = 4
"""Replies after which a dialogue can end at the earliest: from 40 points, at ten a reply."""
_Prices = Mapping[Role, tuple[float, float] | None]
IDLE = 2.0
"""How many times as long as with all threads busy a search may take."""


class Band(Frozen):
    """From the least that is likely to the most."""

    low: float
    high: float | None
    """None where nothing bounds it."""


class Forecast(Frozen):
    """What the whole run will take; None for what is not known."""

    calls: Band
    tokens: Band | None
    """Read and written, without the analyst's few long prompts and without reasoning."""
    money: Band | None
    unpriced: tuple[str, ...]
    """Models whose price is unknown, so that the money is."""
    seconds: Band | None
    """Known once a dialogue was measured."""
    measured: Spend | None
    """What the measured dialogue took."""


def forecast(experiment: Experiment, test: Spend, measured: Rollout | None = None) -> Forecast:
    """The forecast for an experiment.

    Args:
        experiment: What is to be run.
        test: What its sealed test takes at most.
        measured: A dialogue that its models have played.

    Raises:
        UserError: A file of the experiment is bad.
    """
    models = experiment.role_models
    prices: _Prices = {role: prices_of(config) for role, config in models.items()}
    unknown = {models[role].model for role in ROLES if prices[role] is None}
    if measured is None:
        least, most = _offline(experiment, prices)
    else:
        least = most = measured.spend
        if measured.spend.unpriced:
            unknown |= {models["supporter"].model, models["seeker"].model}
    replies, budget = len(measured.exchanges) if measured else SHORTEST, experiment.budget
    calls = _calls(experiment, test, SHORTEST * least.calls / replies)
    for limit, spent in ((budget.tokens, least.tokens), (budget.money, least.money)):
        if limit is not None and spent:
            calls = _within(calls, limit * least.calls / spent)
    tokens = _scaled(calls, least.tokens / least.calls, most.tokens / most.calls)
    money = _scaled(calls, least.money / least.calls, most.money / most.calls)
    return Forecast(
        calls=calls,
        tokens=_within(tokens, budget.tokens) if most.tokens else None,
        money=None if unknown or not most.tokens else _within(money, budget.money),
        unpriced=tuple(sorted(unknown)),
        seconds=measured and _seconds(experiment, calls, measured.spend),
        measured=measured and measured.spend,
    )


def measure(experiment: Experiment, directory: Path) -> Rollout:
    """Play the first dialogue of a run; its calls are kept there and not paid again.

    Raises:
        UserError: A file or a model is bad, or the dialogue could not be played to its end.
    """
    train = split_of(experiment).train
    with open_session(experiment) as session:
        run = RunDirectory(directory, experiment.identity, experiment.concurrency)
        pairs = train_pairs(train, 1, 0, experiment.seed)
        played = session.runner(run.journal).play(session.agent, pairs)
    if not played or not played[0].exchanges:
        reason = played[0].error if played else "the budget does not hold one"
        raise UserError(f"one dialogue must be played to measure it, but: {reason}")
    return played[0]


def prices_of(config: ModelConfig) -> tuple[float, float] | None:
    """Money for a million tokens read and written; None where it is unknown."""
    if config.model == REHEARSAL:
        return 0.0, 0.0
    if config.price_in is not None and config.price_out is not None:
        return config.price_in, config.price_out
    return listed_prices(config.model)


def _offline(experiment: Experiment, prices: _Prices) -> tuple[Spend, Spend]:
    """The least and the most that a dialogue takes; no tokens where the rehearsal cannot play."""
    domain, bank = domain_of(experiment), first_bank(experiment)
    configs: dict[Role, ModelConfig] = {}
    for role in ROLES:
        read, written = prices[role] or (0.0, 0.0)
        configs[role] = ModelConfig(model=REHEARSAL, price_in=read, price_out=written)

    def played(profile: Profile, bank: Bank, turns: int) -> Spend:
        models = Models(configs, engines={REHEARSAL: FixedWords()}, domain=domain)
        runner = Runner(models, threads=1, seeker=experiment.seeker, guard=guard_of(experiment))
        runner.play(agent_of(bank, domain), [(profile, 0)], turns=turns)
        runner.close()
        return models.ledger.spend

    try:
        require_script(domain)
    except ValueError:
        return Spend(calls=3 * SHORTEST), Spend(calls=4 * (SEEKER_TURNS - 1))
    split = split_of(experiment)
    profiles = sorted(
        (*split.train, *split.validation, *split.test), key=lambda one: len(one.model_dump_json())
    )
    grown = bank if bank.skills else read_bank(SAMPLE_DRAFTS)  # what a search may add
    return played(profiles[0], bank, SHORTEST + 1), played(profiles[-1], grown, SEEKER_TURNS)


def _calls(experiment: Experiment, test: Spend, shortest: float) -> Band:
    """Calls of a run.

    Args:
        experiment: Its budget and settings.
        test: What the sealed test takes at most.
        shortest: Calls of the shortest dialogue.
    """
    budget, settings = experiment.budget, experiment.search
    tested = test.rollouts // 2 * shortest  # without an accepted edit both banks share dialogues
    if budget.calls is not None:  # a search uses all that is not kept for the test
        return Band(low=max(tested, budget.calls - test.calls + tested), high=budget.calls)
    if budget.rollouts is not None:
        return Band(low=budget.rollouts * shortest, high=None)
    fruitless = min(settings.patience, settings.generations) - 1
    dialogues = settings.train_rollouts + fruitless * (settings.train_rollouts // 2)
    return Band(low=tested + dialogues * shortest, high=None)


def _seconds(experiment: Experiment, calls: Band, dialogue: Spend) -> Band:
    """Time of a run, from a dialogue that was played alone and from what servers take a minute."""
    each = dialogue.seconds / dialogue.calls / experiment.threads
    least = max(each, *(_paced(config) for config in experiment.role_models.values()))
    return _scaled(calls, least, max(IDLE * each, least))


def _paced(config: ModelConfig) -> float:
    """Seconds a call of the run that a limit of requests a minute leaves; a role has half of them.

    Roles that share a server take longer still.
    """
    if config.requests_per_minute is None:
        return 0.0
    return 30.0 / (config.requests_per_minute * max(1, len(config.servers)))


def _scaled(calls: Band, least: float, most: float) -> Band:
    low, high = sorted((least, most))
    unbounded = calls.high is None and high > 0
    return Band(low=calls.low * low, high=None if unbounded else (calls.high or 0) * high)


def _within(band: Band, limit: float | None) -> Band:
    """A band as far as a budget lets it go."""
    if limit is None:
        return band
    return Band(low=min(band.low, limit), high=min(band.high or limit, limit))
