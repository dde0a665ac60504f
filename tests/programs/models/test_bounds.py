"""What servers and proxies send in place of an answer, through real HTTP."""

import asyncio
import json
import time
from typing import Any

import pytest
from dspy.utils.exceptions import LMServerError, LMTimeoutError
from fakes import WHOLE_ANSWER, at, serve_bytes

from esc_skills.programs.models.bounds import MOST_CHARACTERS
from esc_skills.programs.models.roles import Models

JSON = "application/json"


def answer(**changes: object) -> bytes:
    return json.dumps({**WHOLE_ANSWER, **changes}).encode()


def saying(content: object) -> bytes:
    choice = WHOLE_ANSWER["choices"][0]
    return answer(choices=[{**choice, "message": {"role": "assistant", "content": content}}])


def ask(models: Models) -> Any:
    with models.active():
        return models.lms["supporter"]("hello")


NO_ANSWERS = {
    "an error inside": (JSON, b'{"error": {"message": "upstream overloaded", "code": 502}}'),
    "an error as text": (JSON, b'{"error": "overloaded"}'),
    "a proxy's page": ("text/html", b"<html><body>Log in to the gateway</body></html>"),
    "plain text": ("text/plain", b"OK"),
    "cut off": (JSON, answer()[:60]),
    "no text at all": (JSON, b"\xff\xfe\x00garbage"),
    "empty": (JSON, b""),
    "no choices": (JSON, answer(choices=[])),
    "null choices": (JSON, answer(choices=None)),
    "null": (JSON, b"null"),
    "a list": (JSON, b"[]"),
    "usage as a list": (JSON, answer(usage=[1, 2])),
    "usage as text": (JSON, answer(usage={"prompt_tokens": "10", "completion_tokens": "5"})),
    "negative usage": (JSON, answer(usage={"prompt_tokens": -10, "completion_tokens": -5})),
    "endless": (JSON, saying("x" * (MOST_CHARACTERS + 1))),
}


@pytest.mark.parametrize("shape", NO_ANSWERS)
def test_what_is_no_answer_is_asked_for_again(shape: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("esc_skills.programs.models.health.LONGEST_PAUSE", 0.0)
    bad = NO_ANSWERS[shape]
    with serve_bytes(lambda number: (JSON, answer()) if number else bad) as api_base:
        models = Models(at(api_base, retries=1))
        assert ask(models) == ["fine"]
    assert models.ledger.spend.calls == 2
    with serve_bytes(lambda number: bad) as api_base:
        models = Models(at(api_base, retries=1))
        with pytest.raises(LMServerError):
            ask(models)
    assert models.ledger.spend.calls == 2


def test_an_answer_under_a_wrong_content_type_is_one():
    with serve_bytes(lambda number: ("text/plain", answer())) as api_base:
        assert ask(Models(at(api_base))) == ["fine"]


def test_a_lone_surrogate_is_replaced_so_that_the_reply_can_be_stored():
    with serve_bytes(lambda number: (JSON, saying("fi\ud83dne"))) as api_base:
        (said,) = ask(Models(at(api_base)))
    assert said.encode() == "fi\N{REPLACEMENT CHARACTER}ne".encode()


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 10**15, "completion_tokens": 10**15}])
def test_missing_and_impossible_usage_figures_are_estimated(usage: object):
    with serve_bytes(lambda number: (JSON, answer(usage=usage))) as api_base:
        models = Models(at(api_base, price_in=1e6, price_out=1e6))
        ask(models)
    spend = models.ledger.spend
    assert (spend.tokens_in, spend.tokens_out, spend.money) == (2, 2, 4)


def ask_asynchronously(models: Models) -> Any:
    with models.active():
        return asyncio.run(models.lms["supporter"].acall("hello"))


WAYS = {"blocking": ask, "asynchronous": ask_asynchronously}


@pytest.mark.parametrize("way", WAYS)
def test_a_dripping_answer_ends_with_the_timeout(way: str):
    with serve_bytes(lambda number: (JSON, answer()), drip=0.05) as api_base:
        models = Models(at(api_base, timeout=0.3, retries=0))
        started = time.perf_counter()
        with pytest.raises(LMTimeoutError, match=r"within 0\.3 seconds"):
            WAYS[way](models)
    assert time.perf_counter() - started < 5


def test_whether_a_price_is_known_is_noticed():
    with serve_bytes(lambda number: (JSON, answer())) as api_base:
        unpriced, priced = Models(at(api_base)), Models(at(api_base, price_in=0, price_out=0))
        ask(unpriced)
        ask(priced)
    assert (unpriced.lms["supporter"].priced, priced.lms["supporter"].priced) == (False, True)
