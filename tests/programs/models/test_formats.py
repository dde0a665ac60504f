"""How a model is made to answer in a form: the strictest way that it does not refuse."""

import json
from collections.abc import Collection
from typing import Any

import pytest
from provider_shapes import anthropic, gemini, openai, openai_error, serve_json
from pydantic import SecretStr

from esc_skills import rehearsal_models
from esc_skills.programs.models.formats import AnswerFormat
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.models.roles import ROLES, ModelConfig, Models
from esc_skills.programs.models.schemas import answer_schema
from esc_skills.signatures.safety import ReviewSafety

ANSWER = json.dumps({"concern": "", "safe": True})
REFUSALS = {
    "json_schema": "Invalid parameter: 'response_format' of type 'json_schema' is not supported.",
    "tools": "deepseek-reasoner does not support this tool_choice",
    "json_object": "This response_format type is unavailable now",
}


def way_of(body: dict[str, Any]) -> str:
    if "tools" in body:
        return "tools"
    return (body.get("response_format") or {"type": "words"})["type"]


def asked_twice(refused: Collection[str], **settings: Any) -> tuple[list[str], Models, list[Any]]:
    """The ways of all requests, the models, and the answers to one question that is asked twice."""

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        way = way_of(body)
        if way in refused:
            return 400, openai_error(REFUSALS[way])
        if way != "tools":
            return 200, openai(ANSWER)
        call = {"name": "answer", "arguments": ANSWER}
        return 200, openai(None, "tool_calls", tool_calls=[{"id": "1", "type": "function", "function": call}])  # fmt: skip # noqa: E501

    with serve_json(answer) as (url, seen):
        config = ModelConfig(model="openai/m", api_base=f"{url}/v1", timeout=60, **settings)
        models = Models({role: config for role in ROLES})
        with models.active():
            review = RolePredict(ReviewSafety, role="judge")
            answers = [review(change="remove a").safe for _ in range(2)]
        return [way_of(body) for body in seen], models, answers


@pytest.mark.parametrize(
    ("refused", "ways", "form"),
    [
        ((), ["json_schema"] * 2, "schema"),
        (("json_schema",), ["json_schema", "tools", "tools"], "tool"),
        (("json_schema", "tools"), ["json_schema", "tools", *["json_object"] * 2], "json"),
        (tuple(REFUSALS), [*REFUSALS, "words", "words"], "words"),
    ],
)
def test_what_is_refused_is_asked_for_in_the_next_way_from_then_on(
    refused: tuple[str, ...], ways: list[str], form: AnswerFormat
) -> None:
    sent, models, answers = asked_twice(refused)
    assert (sent, answers) == (ways, [True, True])
    (row,) = models.readings.rows
    assert (row.format, row.clean) == (form, 2)
    assert models.ledger.spend.calls == 2


@pytest.mark.parametrize(
    ("model", "path", "shape", "place"),
    [
        ("openai/m", "/v1", openai, ("response_format", "json_schema", "schema")),
        ("anthropic/m", "/v1", anthropic, ("output_config", "format", "schema")),
        ("gemini/m", "/v1beta", gemini, ("generationConfig", "responseJsonSchema")),
    ],
)
def test_each_provider_gets_the_schema_where_it_looks_for_it(
    model: str, path: str, shape: Any, place: tuple[str, ...]
) -> None:
    with serve_json(lambda _: (200, shape(ANSWER))) as (url, seen):
        config = ModelConfig(
            model=model, api_base=url + path, api_key=SecretStr("k"), timeout=60, retries=0
        )
        with Models({role: config for role in ROLES}).active():
            assert RolePredict(ReviewSafety, role="judge")(change="remove a").safe
    found: Any = seen[0]
    for key in place:
        found = found[key]
    assert found == answer_schema(ReviewSafety)


@pytest.mark.parametrize(
    ("by_hand", "way"),
    [(True, "json_schema"), ("tool", "tools"), ("json", "json_object")],
)
def test_a_form_that_is_set_by_hand_is_the_first(by_hand: Any, way: str) -> None:
    assert asked_twice((), structured=by_hand)[0] == [way, way]


def test_structured_false_and_engines_in_process_answer_in_sections() -> None:
    config = ModelConfig(model="openai/m", api_base="http://127.0.0.1:1/v1", structured=False)
    assert Models({role: config for role in ROLES}).lms["judge"].format == "chat"
    assert rehearsal_models().lms["judge"].format == "chat"
