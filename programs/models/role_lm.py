"""The model of one role: every call is seeded, metered, remembered and held to the budget."""

import asyncio
import threading
import time
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from dspy.clients.call_context import adapter_fallback_scope
from dspy.utils.exceptions import LMError

from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.rollouts import Spend

from .accepted_lm import AcceptedLM
from .bounds import tokens
from .call_bound import CallBound
from .connections import client_options, engine_options, model_name
from .endpoints import Endpoint, Endpoints
from .formats import AnswerFormat
from .health import Health, Tries
from .ledger import ONE_CALL, Ledger, metered
from .memo import CallRecord, active_memo
from .model_config import ModelConfig, Role
from .prompt_cache import PromptCounter, text_of
from .seeds import current_scope, current_seed
from .usage import spend_of, usage_of

TIMEOUTS: dict[Role, float] = {"supporter": 180, "seeker": 180, "analyst": 600, "judge": 180}
"""Seconds until a call counts as lost. A reasoning model may think for two minutes about a reply;
the analyst reads whole dialogues and writes long answers."""
_most: ContextVar[Spend] = ContextVar("most", default=ONE_CALL)
"""The most that the present request can cost."""
_asked: ContextVar[Endpoint | None] = ContextVar("asked", default=None)
"""Where the present request goes."""


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
        self.health = health or Health(config.address, config.outage_after, Endpoints(config))
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
        self.bound = CallBound(config)
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
            self.ledger.open_call(ONE_CALL + owed)
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
        _most.set(self.bound.of(text))
        while True:
            while pause := tries.pause_before(size):
                self.ledger.rest(pause)
            with self._slots, adapter_fallback_scope() as stream:
                started = self._open_request()
                try:
                    sent = self._sent_to(tries.endpoint, kwargs)
                    answer = super().__call__(prompt, messages=messages, **sent)
                    tries.answered()
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
            while pause := tries.pause_before(size):
                await asyncio.sleep(pause)
            started = self._open_request()
            try:
                sent = self._sent_to(tries.endpoint, kwargs)
                answer = await super().acall(prompt, messages=messages, **sent)
                tries.answered()
                return answer
            except LMError as error:
                pause = tries.pause_after(error)
            finally:
                self.ledger.close_call(Spend(seconds=time.perf_counter() - started))
            await asyncio.sleep(pause)

    def _open_request(self) -> float:
        """Count a request, if the server and the budget have it; the time when it starts."""
        self.health.require_up()
        self.ledger.open_call(_most.get())
        return time.perf_counter()

    def before_another_request(self) -> None:
        """Count a request that follows on one that was cut off, and may write more."""
        _most.set(self.bound.of_a_longer_answer(_most.get()))
        self._open_request()

    def update_history(self, entry: dict[str, Any]) -> None:
        """Take token counts and ending from DSPy's record of the call and drop the record."""
        super().update_history(entry)
        asked = text_of(entry.get("prompt"), entry.get("messages"))
        said = "".join(map(str, entry.get("outputs") or ()))
        usage = usage_of(entry.get("usage") or {}, asked, said)
        spend = spend_of(usage, self.config, 0.0 if self.in_process else entry.get("cost"))
        self.priced = not spend.unpriced
        if endpoint := _asked.get():
            endpoint.pace.wrote(spend.tokens_out)
        self.bound.learn(spend)
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
        if self.config.servers or self.supports_response_schema:
            return "schema"
        if self.supports_function_calling:
            return "tool"
        return "json" if "response_format" in self.supported_params else "chat"

    def _sent_to(self, endpoint: Endpoint | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a request: with its seed, and where it goes if there are several."""
        _asked.set(endpoint)
        seed = current_seed(self.role) if self.config.seeded else None
        seeded = kwargs if seed is None else {"seed": seed, **kwargs}
        if endpoint is None:
            return seeded
        where: dict[str, Any] = {}
        if len(self.health.endpoints) > 1:
            where["api_base"] = endpoint.address
        if endpoint.key:
            where["api_key"] = endpoint.key
        return {**where, **seeded}
