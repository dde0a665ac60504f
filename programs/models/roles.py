"""Models by role: supporter, seeker, analyst and judge.

A model is any LiteLLM name, an OpenAI-compatible endpoint (`api_base`), or the name of an
in-process engine that the caller hands in. Every call is seeded, metered and held to the budget.
"""

import asyncio
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal, get_args

import dspy
from dspy.clients.call_context import adapter_fallback_scope
from dspy.utils.exceptions import LMError

from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.wording import wording

from ..domains.reading import default_domain, is_default
from .accepted_lm import AcceptedLM
from .adapter import ChatAdapter, StructuredAdapter
from .bounds import tokens
from .connections import client_options, engine_options, model_name
from .formats import AnswerFormat
from .health import Health, Tries
from .ledger import Ledger, metered
from .memo import CallRecord, active_memo
from .model_config import ModelConfig
from .pace import Pace
from .prompt_cache import PromptCounter, PromptUse, text_of
from .readings import Readings
from .seeds import current_scope, current_seed
from .usage import spend_of, usage_of

Role = Literal["supporter", "seeker", "analyst", "judge"]
ROLES: tuple[Role, ...] = get_args(Role)
TIMEOUTS: dict[Role, float] = {"supporter": 180, "seeker": 180, "analyst": 600, "judge": 180}
"""Seconds until a call counts as lost. A reasoning model may think for two minutes about a reply;
the analyst reads whole dialogues and writes long answers."""


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
        timeout = config.timeout or TIMEOUTS[role]
        options = engine_options(engine) if engine else client_options(config, timeout)
        self.health = health or Health(config.address, config.outage_after)
        super().__init__(
            model=model_name(config, engine),
            habits=self.health.habits,
            formats=self.health.formats,
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
        self.in_process = engine is not None
        self.priced = True
        """Whether the price of the last answer was known; an in-process engine costs nothing."""
        self._slots = threading.BoundedSemaphore(config.concurrency)

    def __call__(self, prompt: str | None = None, *, messages: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """One call: remembered where a memo is active, refused where the budget is used up."""
        text = text_of(prompt, messages)
        self.prompts.see(text)
        memo, seed = active_memo(), current_seed(self.role)
        if memo is None or seed is None:
            return self._paid(prompt, messages, kwargs, text)
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
                answer = self._paid(prompt, messages, kwargs, text)
            finally:
                if meter.spend.calls:
                    memo.keep(key, answer, meter.spend, about)
        return answer

    def _paid(self, prompt: str | None, messages: Any, kwargs: dict[str, Any], text: str) -> Any:  # noqa: ANN401
        """One call to the model, seeded; every request that it takes is counted."""
        size = tokens(None, text)[0]
        tries = Tries(self.health, self.config.retries)
        while True:
            while pause := self.health.pace.pause(size):
                self.ledger.rest(pause)
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
        size = tokens(None, text_of(prompt, messages))[0]
        tries = Tries(self.health, self.config.retries)
        while True:
            while pause := self.health.pace.pause(size):
                await asyncio.sleep(pause)
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
        asked = text_of(entry.get("prompt"), entry.get("messages"))
        said = "".join(map(str, entry.get("outputs") or ()))
        usage = usage_of(entry.get("usage") or {}, asked, said)
        spend = spend_of(usage, self.config, 0.0 if self.in_process else entry.get("cost"))
        self.priced = not spend.unpriced
        self.health.pace.wrote(spend.tokens_out)
        self.ledger.close_call(spend)

    @property
    def format(self) -> AnswerFormat:
        """How the model is asked for the form of its answers, at present."""
        return "chat" if self.first_format == "chat" else self.formats.way_from(self.first_format)

    @cached_property
    def first_format(self) -> AnswerFormat:
        """How it is asked first: as configured, or as its card allows."""
        wanted = self.config.structured
        if isinstance(wanted, bool):
            return "schema" if wanted else "chat"
        if wanted != "auto":
            return wanted
        if self.in_process:
            return "chat"
        if self.config.api_base or self.supports_response_schema:
            return "schema"
        if self.supports_function_calling:
            return "tool"
        return "json" if "response_format" in self.supported_params else "chat"

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
        domain: What the stages are about; emotional support by default.

    Raises:
        ValueError: A role has no model, or one server is given two limits a minute.
    """

    def __init__(
        self,
        configs: ModelConfig | Mapping[Role, ModelConfig] | None = None,
        *,
        ledger: Ledger | None = None,
        engines: Mapping[str, object] | None = None,
        healths: dict[tuple[str, str | None], Health] | None = None,
        domain: Domain | None = None,
    ) -> None:
        self.domain = domain or default_domain()
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
        answering: dict[str, Any] = {role: c.identity for role, c in self.configs.items()}
        if not is_default(self.domain):
            answering["domain"] = self.domain.identity
        return content_hash(answering)

    def prompts(self, role: Role) -> PromptUse:
        """The prompts that a role was asked since these models were made."""
        return self.lms[role].prompts.use

    def with_ledger(self, ledger: Ledger) -> "Models":
        """The same models, counted elsewhere."""
        return Models(
            self.configs,
            ledger=ledger,
            engines=self.engines,
            healths=self.healths,
            domain=self.domain,
        )

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

    def as_a_service(self) -> "Models":
        """The same models, for a service that never ends.

        A server that is down fails its calls and no more, and nothing is kept of the prompts.
        """
        for health in self.healths.values():
            health.patience = None
        for lm in self.lms.values():
            lm.prompts.keep_nothing()
        return self

    def _health_of(self, config: ModelConfig) -> Health:
        """What is known of the server that a configuration reaches; roles share it."""
        pace = Pace(config.requests_per_minute, config.tokens_per_minute)
        fresh = Health(config.address, config.outage_after, pace)
        health = self.healths.setdefault((config.model, config.api_base), fresh)
        health.must_have(pace)
        return health

    @contextmanager
    def active(self) -> Generator[None]:
        """Within the block (and thread), stages are answered by these models."""
        with (
            wording(self.domain.words),
            dspy.context(
                role_models=self,
                lm=self.lms["supporter"],
                adapter=_ADAPTER,
                disable_history=False,  # RoleLM takes the usage from the record and drops it
                warn_on_type_mismatch=False,
            ),
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
    return _ADAPTER if lm.format == "chat" else _STRUCTURED


def demonstrating(lm: dspy.LM | None) -> bool:
    """Whether a role's model is shown demonstrations; always where DSPy's own setting applies."""
    return lm.config.demonstrations if isinstance(lm, RoleLM) else True


def role_lm(role: Role) -> dspy.LM | None:
    """The active model of a role; None outside `Models.active`, where DSPy's own LM applies."""
    models = active_models()
    return None if models is None else models.lms[role]


def active_models() -> Models | None:
    """The models of the present block; None outside `Models.active`."""
    return dspy.settings.get("role_models", None)
