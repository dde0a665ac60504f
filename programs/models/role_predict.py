"""One stage of the pipeline: a `dspy.Predict` that is answered by the model of its role."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial
from inspect import isawaitable
from typing import Any, TypeVar

import dspy
from dspy.utils.exceptions import AdapterParseError

from esc_skills.signatures.demonstrations import demonstrations
from esc_skills.signatures.domains import Domain

from ..domains.active import active_domain
from ..domains.reading import is_default
from ..reading.notes import Notes
from .adapter import Unreadable, asking
from .failures import CutOff, DialogueError, NoReply, Refused, TooLong, boundary
from .overflow import shortened
from .roles import Role, active_models, adapter_of, demonstrating, role_lm
from .seeds import seed_scope

F = TypeVar("F")
Check = Callable[[dspy.Prediction], str]
"""Says what is wrong with an answer that could be read; an empty text if nothing is."""
AsyncCheck = Callable[[dspy.Prediction], str | Awaitable[str]]
"""The same for asynchronous callers; one that asks a model can be awaited."""


class RolePredict(dspy.Predict):
    """Asks the model of a role; an answer that cannot be used is asked for again.

    Each further attempt has a new seed, and its prompt names the fault of the one before.

    Args:
        signature: What is asked.
        role: Whose model is asked.
        attempts: How often at most.
        spoken: The output that must not be empty, if any.
    """

    def __init__(
        self,
        signature: type[dspy.Signature],
        *,
        role: Role,
        attempts: int = 3,
        spoken: str | None = None,
    ) -> None:
        super().__init__(signature)
        self.role: Role = role
        self.attempts = attempts
        self.spoken = spoken
        self.unreadable = NoReply if role == "supporter" else DialogueError
        self.stage = signature.__name__
        self._asked = signature

    def forward(self, *, check: Check | None = None, **kwargs: Any) -> dspy.Prediction:  # noqa: ANN401 - the signature's fields
        """Answer the stage.

        Args:
            check: What an answer must keep besides its types.
            **kwargs: The inputs.

        Raises:
            DialogueError: The model could not be reached or gave no usable answer; `NoReply`
                where it was the supporter's and could be reached.
            BudgetExhausted: The budget has no call left.
        """
        refused: Unreadable | None = None
        for attempt in range(self.attempts):
            with self._attempt(attempt, refused) as notes:
                try:
                    answer = self._answered(kwargs)
                    self._must_be_usable(answer, self._fault(answer, check))
                except (AdapterParseError, CutOff, Refused) as error:
                    refused = self._refused(error, attempt, refused)
                    continue
                self._count(attempt, notes)
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def aforward(self, *, check: AsyncCheck | None = None, **kwargs: Any) -> dspy.Prediction:  # noqa: ANN401
        """`forward`, without blocking the event loop."""
        refused: Unreadable | None = None
        for attempt in range(self.attempts):
            with self._attempt(attempt, refused) as notes:
                try:
                    answer = await self._aanswered(kwargs)
                    fault = self._fault(answer, check)
                    self._must_be_usable(answer, await fault if isawaitable(fault) else fault)
                except (AdapterParseError, CutOff, Refused) as error:
                    refused = self._refused(error, attempt, refused)
                    continue
                self._count(attempt, notes)
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def _attempt(self, attempt: int, refused: Unreadable | None) -> Generator[list[Notes]]:
        with (
            boundary(self.stage, self.unreadable),
            seed_scope(self.stage, attempt),
            asking(refused) as notes,
        ):
            yield notes

    def _fault(
        self, answer: dspy.Prediction, check: Callable[[dspy.Prediction], F] | None
    ) -> F | str:
        """What is wrong with an answer: what must be said in it is not, or what the check says."""
        if self.spoken is not None and not str(answer[self.spoken] or "").strip():
            return f"{self.spoken} must not be empty"
        return check(answer) if check is not None else ""

    def _must_be_usable(self, answer: dspy.Prediction, fault: str) -> None:
        """Let no answer pass that has a fault.

        Raises:
            Unreadable: It has one.
        """
        if fault:
            said = "\n".join(f"{name}: {value}" for name, value in answer.items())
            raise Unreadable(self._asked, said, fault)

    def _refused(
        self,
        error: AdapterParseError | CutOff | Refused,
        attempt: int,
        before: Unreadable | None,
    ) -> Unreadable | None:
        """The fault that the next attempt names; None where it is asked as before.

        Raises:
            AdapterParseError: This attempt was the last.
            CutOff: So it was.
            Refused: So it was.
        """
        if attempt + 1 == self.attempts:
            self._count(attempt, None)
            raise error
        if isinstance(error, Unreadable):
            error.repeated = before is not None and error.lm_response == before.lm_response
            return error
        if isinstance(error, CutOff):
            fault = "it did not end within the limit of tokens; write less"
            return Unreadable(self._asked, error.text, fault)
        if isinstance(error, Refused):
            return None
        return Unreadable(self._asked, str(error.lm_response or ""), "it is not in this form")

    def _count(self, attempt: int, notes: list[Notes] | None) -> None:
        models = active_models()
        if models is None:
            return
        model = models.configs[self.role].model
        count = partial(
            models.readings.count, self.stage, model, format=models.lms[self.role].format
        )
        if notes is None:
            count("failed")
            return
        last = notes[-1] if notes else Notes()
        put_right = last.repairs or last.dropped
        outcome = "again" if attempt else "repaired" if put_right else "clean"
        count(outcome, last)

    def _answered(self, kwargs: dict[str, Any]) -> dspy.Prediction:
        """The answer to a prompt that is as long as its model can read."""
        while True:
            try:
                with dspy.context(**self._settings()):
                    return super().forward(**self._with_lm(kwargs))
            except TooLong as error:
                kwargs = self._shorter(kwargs, error)

    async def _aanswered(self, kwargs: dict[str, Any]) -> dspy.Prediction:
        """`_answered`, without blocking the event loop."""
        while True:
            try:
                with dspy.context(**self._settings()):
                    return await super().aforward(**self._with_lm(kwargs))
            except TooLong as error:
                kwargs = self._shorter(kwargs, error)

    def _shorter(self, kwargs: dict[str, Any], error: TooLong) -> dict[str, Any]:
        """The inputs with less of the talk.

        Raises:
            TooLong: There is nothing to leave out; the error itself.
        """
        shorter = shortened(self._asked, kwargs)
        if shorter is None:
            raise error
        return shorter

    def _settings(self) -> dict[str, Any]:
        """DSPy's settings for this stage: the prompt format of its model, and who may watch.

        Optimizers learn from DSPy's trace. Only the supporter is optimized, so only its stages
        appear there; the simulator's and the judges' private prompts do not.
        """
        adapter = adapter_of(role_lm(self.role))
        settings: dict[str, Any] = {} if adapter is None else {"adapter": adapter}
        return settings if self.role == "supporter" else {**settings, "trace": None}

    def take(self, domain: Domain) -> None:
        """Ask the stage as a domain asks it, from now on and wherever it is saved."""
        self.signature = domain.stage(self._asked, self.signature)

    def _with_lm(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The inputs with the role's model, the stage as the domain asks it, and demonstrations.

        An optimizer's own demonstrations go before ours, which are of emotional support.
        """
        lm, domain = role_lm(self.role), active_domain()
        known = demonstrating(lm) and is_default(domain)
        shown = demonstrations(self.stage) if known else ()
        asked = {"signature": domain.stage(self._asked, self.signature)}
        asked |= {"demos": list(shown)} if shown and not self.demos else {}
        return {**kwargs, **asked} if lm is None else {"lm": lm, **kwargs, **asked}


def require_text(stage: str, text: object, failure: type[DialogueError] = DialogueError) -> str:
    """The stripped text of a reply.

    Raises:
        DialogueError: It is empty; an empty reply is a failure of the model, never a score. The
            kind that is asked for.
    """
    if not isinstance(text, str) or not text.strip():
        raise failure(f"{stage}: the model's reply is empty")
    return text.strip()
