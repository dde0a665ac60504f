"""From configuration to models that answer: engines, the local server, and a first real call."""

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from dspy.utils.exceptions import (
    LMAuthError,
    LMConfigurationError,
    LMError,
    LMUnsupportedModelError,
)

from esc_skills.programs.models.failures import DialogueError, boundary
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import ROLES, ModelConfig, Models, Role
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, short
from ..rehearsal import REHEARSAL
from .local_model import LOCAL, is_local, local_server

logger = logging.getLogger(__name__)


@contextmanager
def open_models(
    configs: Mapping[Role, ModelConfig],
    ledger: Ledger | None = None,
    engine: object | None = None,
    domain: Domain | None = None,
) -> Generator[Models]:
    """The role models, with the local server running while the block does if a role asks for it.

    Args:
        configs: The model of each role.
        ledger: Holds the budget.
        engine: The rehearsal's; that of its default world if none is given.
        domain: What they talk about; emotional support by default.

    Raises:
        UserError: A model name cannot be one, one server is given two limits a minute, or the
            rehearsal cannot play in the domain.
        Outage: A model was asked while the block ran, and answered nothing.
    """
    from ..rehearsal.engine import RehearsalEngine
    from ..rehearsal.script import require_script

    with ExitStack() as stack:
        served: dict[str, ModelConfig] = {}
        ready: dict[Role, ModelConfig] = {}
        for role in ROLES:
            config = configs.get(role, ModelConfig(model=REHEARSAL))
            if is_local(config.model):
                key = config.model_dump_json()
                if key not in served:
                    served[key] = stack.enter_context(local_server(config))
                config = served[key]
            _check_name(role, config)
            ready[role] = config
        engines = {REHEARSAL: engine or RehearsalEngine()}
        try:
            models = Models(ready, ledger=ledger, engines=engines, domain=domain)
            if any(config.model == REHEARSAL for config in ready.values()):
                require_script(models.domain)
        except ValueError as error:
            raise UserError(f"{str(error).rstrip('.')}.") from error
        yield models
        models.require_any_answer()


def _check_name(role: Role, config: ModelConfig) -> None:
    if config.model != REHEARSAL and not config.servers and "/" not in config.model:
        raise UserError(
            f"the {role} model must be PROVIDER/NAME, `{REHEARSAL}`, `{LOCAL}`, or a name with "
            f"api_base or endpoints, but is {short(config.model)!r}. For example: --model "
            "openai/gpt-4.1-mini"
        )


class EndpointCheck(Frozen):
    """How one model answered a first real call."""

    roles: tuple[str, ...]
    model: str
    ok: bool
    detail: str
    check: str
    """The command that asks it again."""
    seconds: float = 0.0
    priced: bool = True
    """Whether the price of its answer is known."""


def check_endpoints(models: Models, *, each: bool = False) -> list[EndpointCheck]:
    """One real call to each distinct model.

    Args:
        models: They are asked.
        each: Whether each of several endpoints of a model is asked; one that answers will do else.
    """
    by_model: dict[str, list[Role]] = {}
    for role, config in models.configs.items():
        by_model.setdefault(config.model_dump_json(), []).append(role)
    found: list[EndpointCheck] = []
    for roles in by_model.values():
        config = models.configs[roles[0]]
        servers = config.endpoints if each else ()
        alone = [config.model_copy(update={"endpoints": (server,)}) for server in servers]
        asked = [Models(one, ledger=models.ledger) for one in alone] or [models]
        found += [_check_endpoint(one, roles) for one in asked]
    return found


def doctor_command(config: ModelConfig) -> str:
    """The command that checks a model, with all that is needed to reach it."""
    address = f" --api-base {config.servers[0].url}" if config.servers else ""
    return f"esc-skills doctor --model {config.model}{address}"


def require_answers(models: Models, budget: Budget | None = None) -> None:
    """Make sure that every model answers, before anything is spent on a search.

    Args:
        models: They are asked one thing each.
        budget: What may be spent; a budget in money must be able to end the work.

    Raises:
        UserError: One does not, or its price is unknown; says which and what to do.
    """
    found = check_endpoints(models)
    for result in found:
        if not result.ok:
            raise UserError(
                f"the model {result.model} ({', '.join(result.roles)}) must answer, but: "
                f"{result.detail} Check it with: {result.check}"
            )
    unpriced = sorted({result.model for result in found if not result.priced})
    if budget is not None and budget.money is not None and unpriced:
        _explain_unpriced(unpriced, budget)


def _explain_unpriced(models: Sequence[str], budget: Budget) -> None:
    """Say that a budget in money does not bound what some models cost.

    Raises:
        UserError: Nothing else bounds it.
    """
    told = (
        f"the price of {', '.join(models)} is unknown, so a budget in money does not limit it. Set "
        "price_in and price_out (money for a million tokens) of the model in the configuration"
    )
    if not any((budget.rollouts, budget.calls, budget.tokens)):
        raise UserError(f"{told}, or limit the calls: --calls 10000")
    logger.warning("Warning: %s.", told)


def _check_endpoint(models: Models, roles: list[Role]) -> EndpointCheck:
    import time

    lm, config = models.lms[roles[0]], models.configs[roles[0]]
    name = config.address if config.endpoints else config.model
    found = partial(EndpointCheck, roles=tuple(roles), model=name, check=doctor_command(config))
    started = time.perf_counter()
    try:
        with models.active(), boundary("doctor"):
            lm("Answer with the one word: ready")
    except DialogueError as failure:
        return found(ok=False, detail=_advice(failure))
    seconds = time.perf_counter() - started
    detail = "answered." if lm.priced else "answered; its price is unknown."
    return found(ok=True, detail=detail, seconds=seconds, priced=lm.priced)


def _advice(failure: DialogueError) -> str:
    cause = failure.__cause__
    reason = " ".join(str(cause).split())[:200]
    if isinstance(cause, LMAuthError | LMConfigurationError):
        return f"it has no valid key ({reason}). Set the provider's key variable, or model.api_key."
    if isinstance(cause, LMUnsupportedModelError):
        return f"the provider does not know it ({reason})."
    if isinstance(cause, LMError):
        return f"it could not be reached ({type(cause).__name__}: {reason})."
    return f"{failure}."
