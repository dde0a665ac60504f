"""The most that a request can cost, so that no budget is exceeded by the request that ends it."""

from esc_skills.signatures.rollouts import Spend

from .accepted_lm import LEAST_TOKENS, MORE
from .model_config import ModelConfig

BYTES_PER_TOKEN = 2
"""Of a prompt, for a bound: English has some four, Chinese three or so."""
FRAME = 200
"""Tokens that a server may lay around a prompt: a chat template, the schema of the answer."""


class CallBound:
    """What a request can cost, from its length, the configuration and the answers so far.

    It holds where `max_tokens` and the prices are configured. Otherwise an answer may be longer
    than twice the longest so far, or dearer than a token ever was, and then exceeds the bound.

    Args:
        config: Of the model.
    """

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._longest = 0
        self._dearest = 0.0

    def of(self, prompt: str) -> Spend:
        """The most that a request with this prompt can cost."""
        read = len(prompt.encode(errors="replace")) // BYTES_PER_TOKEN + FRAME
        written = self._config.max_tokens or max(LEAST_TOKENS, 2 * self._longest)
        return self._priced(read, written)

    def of_a_longer_answer(self, most: Spend) -> Spend:
        """The same where the answer was cut off and is asked for with room for more."""
        return self._priced(most.tokens_in, MORE * most.tokens_out)

    def learn(self, spend: Spend) -> None:
        """Take note of what an answer cost."""
        self._longest = max(self._longest, spend.tokens_out)
        if spend.tokens:
            self._dearest = max(self._dearest, spend.money / spend.tokens)

    def _priced(self, read: int, written: int) -> Spend:
        dear = self._dearest if self._config.price_in is None else self._config.price_in / 1e6
        out = self._dearest if self._config.price_out is None else self._config.price_out / 1e6
        money = read * dear + written * out
        return Spend(calls=1, tokens_in=read, tokens_out=written, money=money)
