"""One stage of the pipeline: a `dspy.Predict` that is answered by the model of its role."""

from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from .failures import DialogueError, NoReply, boundary
from .roles import Role, adapter_of, role_lm
from .seeds import seed_scope


class Stage(dspy.Predict):
    """Asks the model of a role; an unreadable answer is asked for again with a new seed.

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

    def forward(self, **kwargs: Any) -> dspy.Prediction:  # noqa: ANN401 - the signature's fields
        """Answer the stage.

        Raises:
            DialogueError: The model could not be reached or gave no readable answer; `NoReply`
                where it was the supporter's and could be reached.
            BudgetExhausted: The budget has no call left.
        """
        for attempt in range(self.attempts):
            with boundary(self.stage, self.unreadable), seed_scope(self.stage, attempt):
                try:
                    return self._with_words(self._answered(kwargs))
                except AdapterParseError:
                    if attempt + 1 == self.attempts:
                        raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def aforward(self, **kwargs: Any) -> dspy.Prediction:  # noqa: ANN401
        """`forward`, without blocking the event loop."""
        for attempt in range(self.attempts):
            with boundary(self.stage, self.unreadable), seed_scope(self.stage, attempt):
                try:
                    return self._with_words(await super().aforward(**self._with_lm(kwargs)))
                except AdapterParseError:
                    if attempt + 1 == self.attempts:
                        raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _answered(self, kwargs: dict[str, Any]) -> dspy.Prediction:
        with dspy.context(**self._settings()):
            return super().forward(**self._with_lm(kwargs))

    def _settings(self) -> dict[str, Any]:
        """DSPy's settings for this stage: the prompt format of its model, and who may watch.

        Optimizers learn from DSPy's trace. Only the supporter is optimized, so only its stages
        appear there; the simulator's and the judges' private prompts do not.
        """
        adapter = adapter_of(role_lm(self.role))
        settings: dict[str, Any] = {} if adapter is None else {"adapter": adapter}
        return settings if self.role == "supporter" else {**settings, "trace": None}

    def _with_words(self, answer: dspy.Prediction) -> dspy.Prediction:
        """The answer, if what must be said in it is said."""
        if self.spoken is not None and not str(answer[self.spoken] or "").strip():
            raise AdapterParseError(
                "the stage",
                self.signature,  # type: ignore[arg-type] - it takes the class; its hints do not
                lm_response="",
            )
        return answer

    def _with_lm(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        lm = role_lm(self.role)
        return kwargs if lm is None else {"lm": lm, **kwargs}


def require_text(stage: str, text: object, failure: type[DialogueError] = DialogueError) -> str:
    """The stripped text of a reply.

    Raises:
        DialogueError: It is empty; an empty reply is a failure of the model, never a score. The
            kind that is asked for.
    """
    if not isinstance(text, str) or not text.strip():
        raise failure(f"{stage}: the model's reply is empty")
    return text.strip()
