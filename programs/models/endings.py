"""How a model's answer ended: as it should, cut off, kept back by a filter, or refused."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from dspy.utils.exceptions import ContextWindowExceededError, LMInvalidRequestError

from .failures import CutOff, Filtered, Refused

Ended = Literal["stop", "length", "filter", "refusal"]
_KINDS: dict[str, Ended] = {
    **dict.fromkeys(("length", "max_tokens", "model_length", "max_output_tokens"), "length"),
    **dict.fromkeys(
        (
            "content_filter",
            "content_filtered",
            "safety",
            "recitation",
            "prohibited_content",
            "blocklist",
            "spii",
            "guardrail_intervened",
        ),
        "filter",
    ),
    "refusal": "refusal",
}
"""Reasons by the names that OpenAI, Anthropic, Gemini, Mistral, Azure and Bedrock give them."""
_WHOLE = "[[ ## completed ## ]]"
_FILTERED = re.compile(
    r"content[ _]?(?:management )?(?:policy|filter)|ContentPolicyViolation|safety system"
    r"|responsible ai|\bblocked: ",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\s*I(?:'|\u2019)?(?:m| am) (?:really )?(?:sorry|unable)\W[^.\n]{0,40}"
    r"\b(?:can(?:'|\u2019)?t|cannot|unable to) (?:assist|help|continue|comply|fulfil+)"
    r"(?: (?:you )?with)?(?: (?:that|this))?(?: request)?\W*",
    re.IGNORECASE,
)
"""A refusal that is the whole of an answer, in the words of the common models."""

_TOO_LONG = re.compile(
    r"context[ _-](?:length|window|size)|prompt is too long|input is too long|too many input tokens"
    r"|input token count .{0,40}exceeds|exceed.{0,40}\bcontext\b",
    re.IGNORECASE,
)
"""A prompt that does not fit, in the words of OpenAI, vLLM, llama.cpp, Anthropic, Bedrock, Gemini
and Mistral."""

_noted: ContextVar[dict[str, Any] | None] = ContextVar("ending", default=None)


@contextmanager
def noted_ending() -> Generator[dict[str, Any]]:
    """Within the block, the response of a call leaves here how it ended."""
    noted: dict[str, Any] = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def note_ending(response: Any, written: int) -> None:  # noqa: ANN401 - LiteLLM's or DSPy's
    """Keep how a response of so many tokens ended, for the call that it belongs to."""
    noted = _noted.get()
    if noted is not None:
        noted["ended"], noted["said"] = _ended(response)
        noted["tokens"] = written
        noted["response"] = response


def must_have_ended_well(outputs: list[Any], noted: Mapping[str, Any], model: str) -> None:
    """See to it that an answer is one.

    Raises:
        CutOff: It reached the limit of tokens and does not say that it is complete.
        Filtered: The provider keeps it back.
        Refused: The model refuses to answer.
    """
    text = _text(outputs)
    kind: Ended = noted.get("ended", "stop")
    if kind == "filter":
        raise Filtered(f"{model}: the provider's filter kept the answer back")
    if kind == "refusal" or _REFUSAL.fullmatch(text):
        said = " ".join(str(noted.get("said") or text).split())[:200]
        raise Refused(f"{model}: the model refused to answer: {said!r}")
    if kind == "length" and _WHOLE not in text:
        reason = "the answer was cut off at the limit of tokens; set max_tokens higher"
        raise CutOff(f"{model}: {reason}", text, noted.get("tokens", 0))


def is_filtered(error: Exception) -> bool:
    """Whether a provider refused a prompt because of what it says."""
    return bool(_FILTERED.search(str(error)))


def is_too_long(error: Exception) -> bool:
    """Whether a provider refused a prompt because of its length."""
    refused = isinstance(error, LMInvalidRequestError)
    return isinstance(error, ContextWindowExceededError) or (
        refused and bool(_TOO_LONG.search(str(error)))
    )


def _text(outputs: list[Any]) -> str:
    first = outputs[0] if outputs else ""
    return str((first.get("text") if isinstance(first, dict) else first) or "")


def _ended(response: Any) -> tuple[Ended, str]:  # noqa: ANN401
    """How a response ended, and what a refusal says."""
    first = response[0] if isinstance(response, list | tuple) and response else response
    choices = _of(first, "choices")
    choice = choices[0] if choices else first
    message = _of(choice, "message")
    refusal = _of(message, "refusal") or next(
        (part.text for part in _of(message, "parts") or () if _of(part, "type") == "refusal"), ""
    )
    reasons = [_of(choice, name) for name in ("finish_reason", "stop_reason")]
    fields = _of(choice, "provider_specific_fields") or {}
    reasons += [_of(fields, name) for name in ("native_finish_reason", "stop_reason")]
    kinds: list[Ended] = [_KINDS[str(r).lower()] for r in reasons if str(r).lower() in _KINDS]
    if refusal:
        return "refusal", str(refusal)
    return (kinds[-1] if kinds else "stop"), ""


def _of(value: Any, name: str) -> Any:  # noqa: ANN401
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
