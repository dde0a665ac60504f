"""A `dspy.LM` that sends only parameters its model accepts, and returns only complete answers."""

import asyncio
from functools import partial
from typing import Any

import dspy
from dspy.utils.exceptions import LMConfigurationError, LMError, LMInvalidRequestError

from .bounds import GRACE, as_server_failure, late, must_be_an_answer, within
from .endings import is_filtered, is_too_long, must_have_ended_well, note_ending, noted_ending
from .failures import CutOff, Filtered, TooLong
from .formats import Formats, answered_form
from .habits import Habits
from .prices import read_once

LEAST_TOKENS = 4096
"""What a limit of tokens that nobody set is taken for, where it cut an answer off."""
MORE = 4
"""Times as many tokens that an answer gets which was cut off."""
_SAMPLING = ("temperature", "max_tokens", "max_completion_tokens", "reasoning_effort")
"""Parameters that a model is made with and that it may refuse."""


class AcceptedLM(dspy.LM):
    """Leaves out what the model refuses, and gives an answer that was cut off room to end.

    Args:
        model: LiteLLM's name of the model.
        habits: What the model is known to refuse; learns more.
        formats: How it is asked for a form; learns, too.
        temperature: Sampling temperature; None for the provider's.
        max_tokens: Tokens of an answer; None for the provider's limit.
        **options: What else `dspy.LM` takes.
    """

    def __init__(
        self,
        model: str,
        habits: Habits,
        formats: Formats,
        temperature: float | None,
        max_tokens: int | None,
        **options: Any,  # noqa: ANN401 - DSPy's options
    ) -> None:
        self.habits = habits
        self.formats = formats
        self.timeout: float | None = options.get("timeout")
        read_once()
        try:
            super().__init__(model, temperature=temperature, max_tokens=max_tokens, **options)
        except LMConfigurationError:  # DSPy knows that OpenAI's reasoning models refuse them
            for name, value in (("temperature", temperature), ("max_tokens", max_tokens)):
                if value is not None:
                    habits.drop(name)
            super().__init__(model, **options)

    def __call__(self, prompt: str | None = None, *, messages: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """The outputs of one answer that ended well.

        Raises:
            CutOff: The answer was cut off with four times the tokens, too.
            Filtered: A filter kept prompt or answer back.
            Refused: The model refused to answer.
            TooLong: The prompt is longer than what the model can read.
            LMError: The model could not be reached or did not accept the request.
        """
        try:
            return self._accepted(prompt, messages, kwargs)
        except CutOff as cut:
            self.before_another_request()
            try:
                return self._accepted(prompt, messages, {**kwargs, **self._more_tokens(cut)})
            except (LMInvalidRequestError, TooLong):  # the model cannot write that much
                raise cut from None

    async def acall(self, prompt: str | None = None, *, messages: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """`__call__`, without blocking the event loop."""
        try:
            return await self._aaccepted(prompt, messages, kwargs)
        except CutOff as cut:
            self.before_another_request()
            more = {**kwargs, **self._more_tokens(cut)}
            try:
                return await self._aaccepted(prompt, messages, more)
            except (LMInvalidRequestError, TooLong):
                raise cut from None

    def before_another_request(self) -> None:
        """Called before a further request that a provider bills."""

    def update_history(self, entry: dict[str, Any]) -> None:
        """Take from DSPy's record of the call how the answer ended; the record is not kept."""
        written = (entry.get("usage") or {}).get("completion_tokens") or 0
        note_ending(entry.get("response"), written)

    def _accepted(self, prompt: str | None, messages: Any, kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """The answer to a request whose parameters the model accepts."""
        while True:
            sent = self._sent(kwargs)
            with noted_ending() as noted:
                ask = partial(super().__call__, prompt, messages=messages, **sent)
                try:
                    answer = answered_form(within(self.timeout, ask))
                    outputs = must_be_an_answer(answer, noted.get("response"))
                except LMError as error:
                    self._learn(error, sent)
                    continue
            must_have_ended_well(outputs, noted, self.model)
            return outputs

    async def _aaccepted(self, prompt: str | None, messages: Any, kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """`_accepted`, without blocking the event loop."""
        while True:
            sent = self._sent(kwargs)
            with noted_ending() as noted:
                ask = super().acall(prompt, messages=messages, **sent)
                try:
                    answer = await asyncio.wait_for(ask, self.timeout and self.timeout + GRACE)
                    outputs = must_be_an_answer(answered_form(answer), noted.get("response"))
                except TimeoutError:
                    raise late(self.timeout or 0) from None
                except LMError as error:
                    self._learn(error, sent)
                    continue
            must_have_ended_well(outputs, noted, self.model)
            return outputs

    def _sent(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a request, without those that the model refuses."""
        held = {name: self.kwargs[name] for name in _SAMPLING if self.kwargs.get(name) is not None}
        changed = self.habits.applied({**held, **self.formats.sent(kwargs)})
        return {k: v for k, v in changed.items() if k not in held or v != held[k]}

    def _learn(self, error: LMError, sent: dict[str, Any]) -> None:
        """Remember a refused parameter.

        Raises:
            Filtered: The prompt itself was refused.
            TooLong: It is longer than what the model can read.
            LMError: It is no refusal of a parameter.
        """
        if is_filtered(error):
            raise Filtered(f"{self.model}: {_brief(error)}") from error
        if is_too_long(error):
            reason = f"the prompt is longer than the model can read: {_brief(error)}"
            raise TooLong(f"{self.model}: {reason}") from error
        if self.formats.learn(error, sent):
            return
        if not self.habits.learn(error, {**self.kwargs, **sent}):
            raise as_server_failure(error)

    def _more_tokens(self, cut: CutOff) -> dict[str, Any]:
        """Four times the limit that cut an answer off; of an unknown one, what it let pass."""
        limit = self.kwargs.get("max_tokens") or self.kwargs.get("max_completion_tokens")
        name = "max_completion_tokens" if "max_completion_tokens" in self.kwargs else "max_tokens"
        return {name: MORE * (limit or max(LEAST_TOKENS, cut.tokens))}


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
