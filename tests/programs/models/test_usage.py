"""Tokens and money as providers report and bill them, from their documented usage shapes."""

from typing import Any

import pytest
from provider_shapes import anthropic, gemini, openai, serve_json
from pydantic import SecretStr, ValidationError

from esc_skills.experiments.show.progress import spend_line
from esc_skills.experiments.tracking.search_metrics import spend_metrics
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import ModelConfig, Models
from esc_skills.programs.models.usage import Usage, spend_of
from esc_skills.signatures.rollouts import Spend

OPENAI = openai("Hi.") | {
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 500,
        "total_tokens": 1500,
        "prompt_tokens_details": {"cached_tokens": 800},
        "completion_tokens_details": {"reasoning_tokens": 400},
    }
}
ANTHROPIC = anthropic("Hi.") | {
    "usage": {
        "input_tokens": 200,
        "output_tokens": 50,
        "cache_read_input_tokens": 700,
        "cache_creation_input_tokens": 100,
    }
}
GEMINI = gemini("Hi.") | {
    "usageMetadata": {
        "promptTokenCount": 1000,
        "cachedContentTokenCount": 800,
        "candidatesTokenCount": 100,
        "thoughtsTokenCount": 400,
        "totalTokenCount": 1500,
    }
}
APART = openai("Hi.") | {  # reasoning beside the completion, as xAI reports it
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1500,
        "completion_tokens_details": {"reasoning_tokens": 400},
    }
}
PRICES: dict[str, Any] = {"price_in": 2.0, "price_cached": 0.5, "price_out": 8.0}


def spent(
    body: dict[str, Any], model: str = "openai/some", path: str = "/v1", **settings: Any
) -> Spend:
    """What one answer of this shape counts."""
    with serve_json(lambda _: (200, body)) as (url, _):
        config = ModelConfig(
            model=model, api_base=url + path, api_key=SecretStr("k"), timeout=10, **settings
        )
        models = Models(config)
        models.lms["seeker"]("Hello.")
    return models.ledger.spend


@pytest.mark.parametrize(
    ("body", "model", "path", "tokens", "money"),
    [
        (OPENAI, "openai/gpt-5-mini", "/v1", (1000, 500, 800, 400), 0.00107),
        (ANTHROPIC, "anthropic/claude-sonnet-4-5", "/v1", (1000, 50, 700, 0), 0.001935),
        (GEMINI, "gemini/gemini-2.5-flash", "/v1beta", (1000, 500, 800, 400), 0.001334),
    ],
)
def test_cached_and_reasoning_tokens_are_counted_and_billed(
    body: dict[str, Any], model: str, path: str, tokens: tuple[int, ...], money: float
) -> None:
    spend = spent(body, model, path)
    counted = (spend.tokens_in, spend.tokens_out, spend.tokens_cached, spend.tokens_reasoning)
    assert counted == tokens
    assert spend.money == pytest.approx(money)  # of the list: cached 10%, written to the cache 125%
    assert spend.unpriced == 0


def test_reasoning_that_is_reported_beside_the_answer_is_counted_with_it() -> None:
    spend = spent(APART, **PRICES)
    assert (spend.tokens_out, spend.tokens_reasoning, spend.tokens) == (500, 400, 1500)
    assert spend.money == pytest.approx((1000 * 2 + 500 * 8) / 1e6)


def test_given_prices_go_before_the_list_and_know_cached_tokens() -> None:
    spend = spent(OPENAI, "openai/gpt-5-mini", **PRICES)
    assert spend.money == pytest.approx((200 * 2 + 800 * 0.5 + 500 * 8) / 1e6)


def test_an_unknown_price_is_said_and_never_zero() -> None:
    unknown = spent(OPENAI)
    assert unknown.unpriced == 1
    tokens = "2k tokens (0.8k cached, 0.4k reasoning)"
    assert spend_line(unknown) == f"0 rollouts, 1 calls, {tokens}, money unknown"
    assert "spend/money" not in spend_metrics(unknown)
    assert spend_metrics(unknown)["spend/calls of unknown price"] == 1
    mixed = unknown + spent(OPENAI, **PRICES)
    assert spend_line(mixed).endswith("money 0.0048 and the unknown price of 1 calls")
    assert "spend/money" in spend_metrics(spent(OPENAI, **PRICES))


def test_estimated_tokens_have_no_price_of_the_list() -> None:
    usage = Usage(read=10, written=5, reported=False)
    assert spend_of(usage, ModelConfig(model="openai/gpt-5-mini"), 0.1).unpriced == 1


def test_a_budget_of_tokens_counts_cached_and_reasoning_tokens() -> None:
    with serve_json(lambda _: (200, OPENAI)) as (url, _):
        config = ModelConfig(model="openai/some", api_base=f"{url}/v1", timeout=10)
        models = Models(config, ledger=Ledger(Budget(tokens=5000)))
        models.lms["seeker"]("Hello.")
        with pytest.raises(BudgetExhausted, match="5000 tokens"):
            models.lms["seeker"]("Hello.")


@pytest.mark.parametrize("prices", [{"price_in": 1}, {"price_out": 1}, {"price_cached": 1}])
def test_half_a_price_is_refused(prices: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="price_in and price_out"):
        ModelConfig.model_validate({"model": "openai/x", **prices})
