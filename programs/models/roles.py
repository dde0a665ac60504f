"""Models by role: who speaks for the supporter, the seeker, the analyst and the judge.

A model is any LiteLLM name, an OpenAI-compatible endpoint (`api_base`), or the name of an
in-process engine that the caller hands in. Every call is seeded, metered and held to the budget.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import dspy
from dspy.clients.call_context import adapter_fallback_scope
from dspy.lm15 import Request, Response, response_to_events
from dspy.utils.exceptions import LMError
from pydantic import Field, SecretStr

from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.rollouts import Spend

from .accepted_lm import AcceptedLM
from .adapter import ChatAdapter, StructuredAdapter
from .health import Health, Tries
from .ledger import Ledger, metered
from .memo import CallRecord, active_memo
from .prompt_cache import PromptCounter, PromptUse, text_of
from .readings import Readings
from .seeds import current_scope, current_seed

Role = Literal["supporter", "seeker", "analyst", "judge"]
ROLES: tuple[Role, ...] = get_args(Role)


class ModelConfig(Frozen):
    """How the model of one role is reached and paid."""

    model: str
    """A LiteLLM name such as `openai/gpt-4.1`, or the name of an in-process engine."""
    api_base: str | None = None
    """Address of an OpenAI-compatible server; the model is then its name there."""
    api_key: SecretStr | None = None
    """Key for the endpoint; leave it out to let LiteLLM read the provider's variable."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=16)
    seeded: bool = True
    """Whether to send a seed; set to false where the endpoint refuses the parameter."""
    concurrency: int = Field(default=32, ge=1)
    """Calls that may be under way at once."""
    retries: int = Field(default=3, ge=0)
    """Further tries after a timeout, a rate limit or a server error, with growing pauses."""
    timeout: float = Field(default=60, gt=0)
    """Seconds until a call counts as lost."""
    outage_after: float = Field(default=60, ge=0)
    """Seconds in which every call fails after which the server counts as down and the run ends."""
    structured: bool = False
    """Whether answers are forced into JSON by schema; for servers that constrain their output."""
    price_in: float | None = Field(default=None, ge=0)
    """Money for a million tokens read; None takes LiteLLM's price list."""
    price_out: float | None = Field(default=None, ge=0)
    """Money for a million tokens written."""

    @property
    def address(self) -> str:
        """The model and its server, for messages; without anything secret in the address."""
        host = urlsplit(self.api_base).netloc.rpartition("@")[2] if self.api_base else ""
        return f"{self.model} at {host}" if host else self.model

    @property
    def identity(self) -> dict[str, Any]:
        """What can change the model's answers."""
        return self.model_dump(
            mode="json",
            include={"model", "api_base", "temperature", "max_tokens", "seeded", "structured"},
        )


class RoleLM(AcceptedLM):
    """A model that seeds, meters and bounds its calls, and keeps no transcript."""

    def __init__(
        self,
        role: Role,
        config: ModelConfig,
        ledger: Ledger,
        engine: object = None,
        health: Health | None = None,
    ) -> None:
        options = _engine_options(engine) if engine else _client_options(config)
        self.health = health or Health(config.address, config.outage_after)
        super().__init__(
            model=_model_name(config, engine),
            habits=self.health.habits,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            cache=False,  # the runner has its own memo; a cached repeat is not a replicate
            num_retries=0,  # `Tries` counts every request, tells an outage, and can be stopped
            **options,
        )
        self.role = role
        self.config = config
        self.ledger = ledger
        self.prompts = PromptCounter()
        self._slots = threading.BoundedSemaphore(config.concurrency)

    def __call__(self, prompt: str | None = None, *, messages: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """One call: remembered where a memo is active, refused where the budget is used up."""
        text = text_of(prompt, messages)
        self.prompts.see(text)
        memo, seed = active_memo(), current_seed(self.role)
        if memo is None or seed is None:
            return self._paid(prompt, messages, kwargs)
        key = content_hash([self.role, self.config.identity, seed, prompt, messages, repr(kwargs)])
        answer, owed = memo.find(key)
        if owed is not None:
            self.ledger.open_call()
            self.ledger.close_call(owed)
        if answer is not None:
            return answer
        about = CallRecord(
            role=self.role,
            place=tuple(str(part) for part in current_scope()),
            model=self.config.identity,
            seed=seed,
            prompt=content_hash(text),
            characters=len(text),
        )
        with metered() as meter:
            try:
                answer = self._paid(prompt, messages, kwargs)
            finally:
                if meter.spend.calls:
                    memo.keep(key, answer, meter.spend, about)
        return answer

    def _paid(self, prompt: str | None, messages: Any, kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """One call to the model, seeded; every request that it takes is counted."""
        tries = Tries(self.health, self.config.retries)
        while True:
            with self._slots, adapter_fallback_scope() as stream:
                started = self._open_request()
                try:
                    answer = super().__call__(prompt, messages=messages, **self._seeded(kwargs))
                    self.health.answered()
                    return answer
                except LMError as error:
                    pause = tries.pause_after(error, final=stream.emitted)
                finally:
                    self.ledger.close_call(Spend(seconds=time.perf_counter() - started))
            self.ledger.rest(pause)

    async def acall(self, prompt: str | None = None, *, messages: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """`__call__`, without blocking the event loop."""
        tries = Tries(self.health, self.config.retries)
        while True:
            started = self._open_request()
            try:
                answer = await super().acall(prompt, messages=messages, **self._seeded(kwargs))
                self.health.answered()
                return answer
            except LMError as error:
                pause = tries.pause_after(error)
            finally:
                self.ledger.close_call(Spend(seconds=time.perf_counter() - started))
            await asyncio.sleep(pause)

    def _open_request(self) -> float:
        """Count a request, if the server and the budget have it; the time when it starts."""
        self.health.require_up()
        self.ledger.open_call()
        return time.perf_counter()

    def before_another_request(self) -> None:
        """Count a request that follows on one that was cut off."""
        self._open_request()

    def update_history(self, entry: dict[str, Any]) -> None:
        """Take token counts and ending from DSPy's record of the call and drop the record."""
        super().update_history(entry)
        usage = entry.get("usage") or {}
        read, written = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
        money = entry.get("cost") or 0.0
        if self.config.price_in is not None or self.config.price_out is not None:
            priced = read * (self.config.price_in or 0) + written * (self.config.price_out or 0)
            money = priced / 1e6
        self.ledger.close_call(Spend(tokens_in=read, tokens_out=written, money=money))

    @property
    def supports_response_schema(self) -> bool:
        """Whether a JSON schema may be sent along."""
        return self.config.structured or super().supports_response_schema

    @property
    def supported_params(self) -> set[str]:
        """What the server understands."""
        own = {"response_format"} if self.config.structured else set()
        return super().supported_params | own

    def _seeded(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        seed = current_seed(self.role) if self.config.seeded else None
        return kwargs if seed is None else {"seed": seed, **kwargs}


class Models:
    """The four role models of a run, on one ledger.

    Args:
        configs: A configuration for each role, or one for all. A role without one is played by the
            in-process engine, where there is exactly one.
        ledger: Counts and bounds every call; unlimited by default.
        engines: In-process engines by model name, e.g. `{"rehearsal": RehearsalEngine()}`.
        healths: What is known of the servers, by model and address; nothing by default.

    Raises:
        ValueError: A role has no model.
    """

    def __init__(
        self,
        configs: ModelConfig | Mapping[Role, ModelConfig] | None = None,
        *,
        ledger: Ledger | None = None,
        engines: Mapping[str, object] | None = None,
        healths: dict[tuple[str, str | None], Health] | None = None,
    ) -> None:
        self.ledger = ledger or Ledger()
        self.readings = Readings()
        """How the answers could be read, by stage and model."""
        self.engines = dict(engines or {})
        self.configs = _config_of_each_role(configs, self.engines)
        self.healths = {} if healths is None else healths
        self.lms: dict[Role, RoleLM] = {
            role: RoleLM(
                role, config, self.ledger, self.engines.get(config.model), self._health_of(config)
            )
            for role, config in self.configs.items()
        }

    @property
    def identity(self) -> str:
        """Hash of what can change the models' answers."""
        return content_hash({role: config.identity for role, config in self.configs.items()})

    def prompts(self, role: Role) -> PromptUse:
        """The prompts that a role was asked since these models were made."""
        return self.lms[role].prompts.use

    def with_ledger(self, ledger: Ledger) -> "Models":
        """The same models, counted elsewhere."""
        return Models(self.configs, ledger=ledger, engines=self.engines, healths=self.healths)

    @property
    def learnt(self) -> tuple[str, ...]:
        """Which parameters which models refuse, as far as is known by now."""
        habits = [health.habits for health in self.healths.values()]
        return tuple(sorted(f"{h.model} {clause}" for h in habits for clause in h.told))

    def require_any_answer(self) -> None:
        """Make sure that every server which was asked anything answered at least once.

        Raises:
            Outage: One did not; names it.
        """
        for health in self.healths.values():
            health.require_any_answer()

    def outlive_outages(self) -> "Models":
        """The same models, for a service: a server that is down fails its calls and no more."""
        for health in self.healths.values():
            health.patience = None
        return self

    def _health_of(self, config: ModelConfig) -> Health:
        """What is known of the server that a configuration reaches; roles share it."""
        fresh = Health(config.address, config.outage_after)
        return self.healths.setdefault((config.model, config.api_base), fresh)

    @contextmanager
    def active(self) -> Generator[None]:
        """Within the block (and thread), stages are answered by these models."""
        with dspy.context(
            role_models=self,
            lm=self.lms["supporter"],
            adapter=_ADAPTER,
            disable_history=False,  # RoleLM takes the usage from the record and drops it
            warn_on_type_mismatch=False,
        ):
            yield


def _config_of_each_role(
    configs: ModelConfig | Mapping[Role, ModelConfig] | None, engines: Mapping[str, object]
) -> dict[Role, ModelConfig]:
    if isinstance(configs, ModelConfig):
        return dict.fromkeys(ROLES, configs)
    given = dict(configs or {})
    missing = [role for role in ROLES if role not in given]
    if missing and len(engines) != 1:
        raise ValueError(
            f"each role needs a model, but there is none for {', '.join(missing)}. Give one for "
            'all, for example Models(ModelConfig(model="openai/gpt-4.1-mini")), or use '
            "rehearsal_models() to play offline."
        )
    return {role: given.get(role) or ModelConfig(model=next(iter(engines))) for role in ROLES}


_ADAPTER = ChatAdapter()
_STRUCTURED = StructuredAdapter()


def adapter_of(lm: dspy.LM | None) -> dspy.Adapter | None:
    """The prompt format for a role's model; None where DSPy's own setting applies."""
    if not isinstance(lm, RoleLM):
        return None
    return _STRUCTURED if lm.config.structured else _ADAPTER


def role_lm(role: Role) -> dspy.LM | None:
    """The active model of a role; None outside `Models.active`, where DSPy's own LM applies."""
    models = active_models()
    return None if models is None else models.lms[role]


def active_models() -> Models | None:
    """The models of the present block; None outside `Models.active`."""
    return dspy.settings.get("role_models", None)


def _model_name(config: ModelConfig, engine: object) -> str:
    if engine or config.api_base is None or "/" in config.model:
        return config.model
    return f"openai/{config.model}"


class _AsyncEngine:
    """An in-process engine for asynchronous callers."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - DSPy's engine protocol
        self._engine = engine

    async def complete(self, request: Request) -> Response:
        """Answer one request in a thread."""
        return await asyncio.to_thread(self._engine.complete, request)

    async def stream(self, request: Request) -> AsyncIterator[Any]:
        """The answer as a stream."""
        for event in response_to_events(await self.complete(request)):
            yield event

    async def aclose(self) -> None:
        """Nothing to close; the engine is the caller's."""


def _engine_options(engine: object) -> dict[str, Any]:
    return {"engine": engine, "async_engine": _AsyncEngine(engine)}


def _client_options(config: ModelConfig) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": config.timeout}
    if config.api_base:
        options["api_base"] = config.api_base
        options["api_key"] = "none"  # local servers ask for no key, but the client insists on one
    if config.api_key:
        options["api_key"] = config.api_key.get_secret_value()
    return options
