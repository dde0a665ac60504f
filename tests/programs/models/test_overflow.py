# ruff: noqa: E501 - messages of providers stand as they are sent
"""A prompt that its model cannot read: over real HTTP, in the words of the servers."""

from typing import Any

import pytest
from fakes import at
from provider_shapes import openai, openai_error, serve_json

from esc_skills.programs.models.failures import TooLong
from esc_skills.programs.models.roles import Models
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.dialogue import Turn

SERVERS = {
    "vllm": "This model's maximum context length is 4096 tokens. However, you requested 4500 tokens (3900 in the messages, 600 in the completion). Please reduce the length of the messages or completion.",
    "llama.cpp": "the request exceeds the available context size. try increasing the context size or enable context shift",
    "anthropic": "prompt is too long: 210000 tokens > 200000 maximum",
    "gemini": "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "mistral": "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
}
HISTORY = [
    Turn(speaker=("seeker", "supporter")[place % 2], text=f"Line {place}.") for place in range(12)
]


def reading(turns: int, message: str) -> Any:
    """A server whose model reads so many messages at most, besides the task."""

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        talk = [m for m in body["messages"] if m["role"] != "system"]
        return (400, openai_error(message)) if len(talk) > turns else (200, openai("I hear you."))

    return answer


@pytest.mark.parametrize("message", SERVERS.values(), ids=list(SERVERS))
def test_the_older_half_of_a_talk_is_left_out_until_it_fits(message: str) -> None:
    with serve_json(reading(5, message)) as (url, seen):
        models = Models(at(f"{url}/v1"))
        with models.active():
            reply = SupportAgent()(history=HISTORY, message="Line 12.").reply
    assert reply == "I hear you."
    talks = [[m["content"] for m in body["messages"] if m["role"] != "system"] for body in seen]
    assert [len(talk) for talk in talks] == [13, 7, 5]
    assert talks[-1] == [f"Line {place}." for place in range(8, 13)]
    assert models.ledger.spend.calls == 3


def test_a_prompt_that_is_too_long_without_any_talk_fails_and_says_so() -> None:
    with serve_json(reading(0, SERVERS["vllm"])) as (url, seen):
        models = Models(at(f"{url}/v1"))
        with models.active(), pytest.raises(TooLong, match="maximum context length is 4096"):
            SupportAgent()(history=HISTORY[:2], message="Line 2.")
    assert len(seen) == 2
