"""Tokens and money of one answer, as its provider reports and bills them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from esc_skills.signatures.rollouts import Spend

from .bounds import tokens
from .model_config import ModelConfig


class Usage(NamedTuple):
    """Tokens of one request."""

    read: int
    """All tokens of the prompt."""
    written: int
    """All tokens of the answer, with those of the model's reasoning."""
    cached: int = 0
    """Those of the prompt that the provider's cache served."""
    reasoning: int = 0
    """Those of the answer that are reasoning, which is billed and not shown."""
    reported: bool = True
    """Whether the server reported them; otherwise they are estimated."""


def usage_of(reported: Mapping[str, Any], asked: str, said: str) -> Usage:
    """The tokens of one request.

    Args:
        reported: LiteLLM's usage: prompt_tokens with all that a cache served, completion_tokens,
            and their details. The shapes of OpenAI, Anthropic and Gemini are brought into it.
        asked: The prompt, for an estimate.
        said: The answer, for an estimate.
    """
    read, read_known = tokens(reported.get("prompt_tokens"), asked)
    written, written_known = tokens(reported.get("completion_tokens"), said)
    reasoning = _detail(reported, "completion_tokens_details", "reasoning_tokens")
    if reported.get("total_tokens") == read + written + reasoning:  # xAI, Gemini by OpenAI's shape
        written += reasoning
    return Usage(
        read,
        written,
        min(read, _detail(reported, "prompt_tokens_details", "cached_tokens")),
        min(written, reasoning),
        read_known and written_known,
    )


def spend_of(usage: Usage, config: ModelConfig, listed: float | None) -> Spend:
    """What an answer counts: its tokens, and its money or that its price is unknown.

    Args:
        usage: Its tokens.
        config: Holds the prices that go before those of the list.
        listed: Its price by the list of prices, None where the model is not in it.
    """
    if config.price_in is not None and config.price_out is not None:
        cached = config.price_in if config.price_cached is None else config.price_cached
        fresh = (usage.read - usage.cached) * config.price_in
        money = (fresh + usage.cached * cached + usage.written * config.price_out) / 1e6
    else:
        money = listed if usage.reported else None
    return Spend(
        tokens_in=usage.read,
        tokens_out=usage.written,
        tokens_cached=usage.cached,
        tokens_reasoning=usage.reasoning,
        money=money or 0.0,
        unpriced=int(money is None),
    )


def _detail(reported: Mapping[str, Any], group: str, name: str) -> int:
    details = reported.get(group)
    value = details.get(name) if isinstance(details, Mapping) else None
    return tokens(value or 0, "")[0]
