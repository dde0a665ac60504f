# ruff: noqa: E501 - messages of providers stand as they are sent
"""Providers over real HTTP: what they refuse, how their answers end, in which shapes they come."""

from collections.abc import Callable
from typing import Any

import pytest
from provider_shapes import (
    Answer,
    anthropic,
    anthropic_stream,
    gemini,
    gemini_stream,
    openai,
    openai_error,
    openai_stream,
    serve_json,
)
from pydantic import SecretStr

from esc_skills.programs.models.failures import CutOff, Filtered, Refused
from esc_skills.programs.models.roles import ROLES, ModelConfig, Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.support.deployment import ChatMessage, ChatReply, Deployment
from esc_skills.programs.support.support_agent import SupportAgent

OPENAI, ANTHROPIC, GEMINI = "openai/some-model", "anthropic/claude-some", "gemini/gemini-some"
PATHS = {OPENAI: "/v1", ANTHROPIC: "/v1", GEMINI: "/v1beta"}


def models_at(url: str, model: str, **settings: Any) -> Models:
    config = ModelConfig(
        model=model,
        api_base=url + PATHS[model],
        api_key=SecretStr("k"),
        retries=0,
        timeout=60,  # DSPy sends what is not usual through LiteLLM, which takes seconds to import
        **settings,
    )
    return Models({role: config for role in ROLES})


def reply_of(
    answer: Answer, model: str = OPENAI, **settings: Any
) -> tuple[str, list[dict[str, Any]], Models]:
    """What the supporter says, the requests that it took, and the models."""
    with serve_json(answer) as (url, seen), seed_scope(0):
        models = models_at(url, model, **settings)
        with models.active():
            said = SupportAgent()(history=[], message="I am tired.").reply
    return said, seen, models


def refusing(name: str, message: str, code: int = 400) -> Answer:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        return (code, openai_error(message)) if name in body else (200, openai("I hear you."))

    return answer


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("seed", "Unrecognized request argument supplied: seed"),
        ("seed", '[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]'),
        ("temperature", "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported."),
        ("temperature", "`temperature` is deprecated for this model."),
    ],
)  # fmt: skip
def test_a_parameter_that_a_model_refuses_is_dropped_once_and_told(name: str, message: str) -> None:
    answer = refusing(name, message)
    with serve_json(answer) as (url, seen), seed_scope(0):
        models = models_at(url, OPENAI, temperature=0.5, max_tokens=500)
        with models.active():
            for _ in range(3):
                assert SupportAgent()(history=[], message="I am tired.").reply == "I hear you."
    assert [name in body for body in seen] == [True, False, False, False]
    (learnt,) = models.learnt
    assert learnt.startswith(OPENAI)
    assert learnt.endswith(f"refuses {name}; it is left out from now on")
    assert models.ledger.spend.calls == 3


OLD_SERVER = "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted'}]"


def test_a_server_from_before_the_new_name_of_the_limit_is_sent_the_old_one() -> None:
    said, seen, models = reply_of(refusing("max_completion_tokens", OLD_SERVER), max_tokens=500)
    assert said == "I hear you."
    assert [body.get("max_tokens") for body in seen] == [None, 500]
    (learnt,) = models.learnt
    assert learnt.endswith("refuses max_completion_tokens; it is sent as max_tokens from now on")


def test_more_tokens_after_a_cut_are_asked_for_by_the_old_name_too() -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if "max_completion_tokens" in body:
            return 400, openai_error(OLD_SERVER)
        cut = body["max_tokens"] < 1000
        return 200, openai("I hear" if cut else "I hear you.", "length" if cut else "stop")

    said, seen, _ = reply_of(answer, max_tokens=500)
    assert (said, [body.get("max_tokens") for body in seen]) == ("I hear you.", [None, 500, 2000])


def test_a_limit_that_is_refused_by_both_names_is_left_out() -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        named = next((name for name in ("max_completion_tokens", "max_tokens") if name in body), "")
        refusal = f"Unsupported parameter: '{named}' is not supported."
        return (400, openai_error(refusal)) if named else (200, openai("I hear you."))

    said, seen, models = reply_of(answer, max_tokens=500)
    assert (said, len(seen)) == ("I hear you.", 3)
    assert any(
        clause.endswith("max_tokens; it is left out from now on") for clause in models.learnt
    )


def test_reasoning_effort_is_a_dial_and_is_dropped_where_it_is_refused() -> None:
    said, seen, _ = reply_of(lambda _: (200, openai("I hear you.")), reasoning_effort="low")
    assert (said, seen[0]["reasoning_effort"]) == ("I hear you.", "low")
    answer = refusing("reasoning_effort", "Unrecognized request argument: reasoning_effort")
    said, seen, models = reply_of(answer, reasoning_effort="low")
    assert said == "I hear you."
    assert ["reasoning_effort" in body for body in seen] == [True, False]
    assert "refuses reasoning_effort" in models.learnt[0]


def test_a_refusal_of_anything_else_is_no_habit() -> None:
    with pytest.raises(Exception, match="must be alternating"):
        reply_of(lambda body: (400, openai_error("messages: roles must be alternating")))


def test_a_reasoning_model_is_not_sent_what_it_is_known_to_refuse() -> None:
    with serve_json(lambda body: (200, openai("I hear you."))) as (url, seen):
        config = ModelConfig(
            model="openai/gpt-5-mini", api_base=f"{url}/v1", temperature=0.2, max_tokens=300
        )
        models = Models({role: config for role in ROLES})
        with models.active():
            SupportAgent()(history=[], message="I am tired.")
    assert not {"temperature", "max_tokens", "max_completion_tokens"} & seen[0].keys()
    assert len(models.learnt) == 2


def test_an_answer_that_was_cut_off_gets_four_times_the_tokens() -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        short = body["max_completion_tokens"] < 1000
        return 200, openai("I hear" if short else "I hear you.", "length" if short else "stop")

    said, seen, models = reply_of(answer, max_tokens=300)
    assert said == "I hear you."
    assert [body["max_completion_tokens"] for body in seen] == [300, 1200]
    assert models.ledger.spend.calls == 2


def test_an_answer_that_was_cut_off_behind_its_end_is_used() -> None:
    said, seen, _ = reply_of(
        lambda body: (200, openai("[[ ## reply ## ]]\nI hear you.\n[[ ## completed ## ]]\nNow", "length"))
    )  # fmt: skip
    assert (said, len(seen)) == ("I hear you.", 1)


@pytest.mark.parametrize(
    ("model", "body", "failure"),
    [
        (OPENAI, openai("I am", "length"), CutOff),
        (ANTHROPIC, anthropic("I am", "max_tokens"), CutOff),
        (GEMINI, gemini("I am", "MAX_TOKENS"), CutOff),
        (OPENAI, openai("", "content_filter"), Filtered),
        (GEMINI, gemini("", "SAFETY"), Filtered),
        (ANTHROPIC, anthropic("", "refusal"), Filtered),
        (OPENAI, openai(None, refusal="I won't."), Refused),
        (OPENAI, openai("I'm sorry, but I can't assist with that request."), Refused),
    ],
)
def test_an_answer_that_did_not_end_well_is_missing_data_with_its_reason(
    model: str, body: dict[str, Any], failure: type[Exception]
) -> None:
    with pytest.raises(failure, match=model):
        reply_of(lambda _: (200, body), model)


def test_a_prompt_that_a_filter_keeps_back_is_not_sent_again() -> None:
    message = "The prompt triggered Azure OpenAI's content management policy."
    with serve_json(lambda _: (400, openai_error(message))) as (url, seen):
        with models_at(url, OPENAI).active(), pytest.raises(Filtered, match="policy"):
            SupportAgent()(history=[], message="I am tired.")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (OPENAI, openai("I hear you.", reasoning_content="They are tired.")),
        (ANTHROPIC, anthropic("I hear you.", thinking="They are tired.")),
        (GEMINI, gemini("I hear you.", thought="They are tired.")),
    ],
)
def test_the_documented_shapes_are_read_without_the_thoughts(model: str, body: Any) -> None:
    said, _, models = reply_of(lambda _: (200, body), model)
    assert said == "I hear you."
    assert (models.ledger.spend.tokens_in, models.ledger.spend.tokens_out) == (10, 5)


REPLY = (
    "I hear how tired you are, after a night like that. What stayed with you the most of it all?"
)


@pytest.mark.parametrize(
    ("model", "shape"),
    [(OPENAI, openai_stream), (ANTHROPIC, anthropic_stream), (GEMINI, gemini_stream)],
)
@pytest.mark.parametrize(
    "text",
    [
        f"[[ ## reply ## ]]\n{REPLY}\n\n[[ ## completed ## ]]",
        f"[[ ## reply ## ]]\n<think>They are tired.</think>\n{REPLY}\n[[ ## completed ## ]]",
        f'[[ ## reply ## ]]\n"{REPLY}"\n\n[[ ## completed ## ]]',
        f"[[ ## reply ## ]]\nSupporter: {REPLY}\n\n[[ ## completed ## ]]",
        f"[[ ## reply ## ]]\n{REPLY}\n\n(Note: I used no skill.)\n\n[[ ## completed ## ]]",
        REPLY,
    ],
    ids=["as asked", "thoughts", "quoted", "labelled", "noted", "bare"],
)
@pytest.mark.anyio
async def test_a_streamed_reply_is_its_words_and_nothing_else(
    model: str, shape: Callable[[list[str]], Any], text: str
) -> None:
    pieces = [text[start : start + 7] for start in range(0, len(text), 7)]
    with serve_json(lambda _: (200, shape(pieces))) as (url, _):
        deployment = Deployment(SupportAgent(), models_at(url, model).configs["supporter"])
        parts = [p async for p in deployment.stream([ChatMessage(role="user", content="Hi.")])]
    *words, whole = parts
    assert isinstance(whole, ChatReply)
    assert whole.reply == REPLY
    assert "".join(map(str, words)) == REPLY
