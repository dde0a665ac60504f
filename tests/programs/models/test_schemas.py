"""The schema of every stage's answer: strict by OpenAI's rules, in order of reasons, small."""

import json
from collections.abc import Iterator
from typing import Any

import dspy
import litellm
import pytest

from esc_skills.programs.models.prompts import stages
from esc_skills.programs.models.schemas import answer_schema

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
"""Keywords of strict mode that no provider refuses; bounds, patterns and defaults are not among
them (https://platform.openai.com/docs/guides/structured-outputs)."""
MOST_TOKENS, DEEPEST = 360, 5
VERDICTS = {
    "change", "reaction", "score", "met", "winner", "relation", "kept", "safe", "kind", "skill",
    "strategy", "action",
}  # fmt: skip
GROUNDS = {
    "goal_fit", "evidence", "quote", "why", "reason", "concern", "description", "when_to_use",
}  # fmt: skip
BARE = {"DistilSkill", "NameStrategy"}
"""Stages that answer with a text or a single word."""


class Free(dspy.Signature):
    """Count what stands in a text."""

    text: str = dspy.InputField()
    notes: dict[str, int] = dspy.OutputField()


def schema_of(stage: type[dspy.Signature]) -> dict[str, Any]:
    schema = answer_schema(stage)
    assert schema is not None
    return schema


def parts(schema: dict[str, Any], depth: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    for part in [*inner, schema["items"]] if "items" in schema else inner:
        yield from parts(part, depth + (part.get("type") == "object"))


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.__name__)
def test_a_schema_keeps_the_rules_of_strict_mode(stage: type[dspy.Signature]) -> None:
    for depth, part in parts(schema_of(stage)):
        assert set(part) <= ALLOWED
        assert depth <= DEEPEST
        if part.get("type") == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False
        if "anyOf" in part:
            _, null = part["anyOf"]
            assert null == {"type": "null"}
        assert all(part.get("enum", ["some"]))


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.__name__)
def test_a_schema_is_small(stage: type[dspy.Signature]) -> None:
    text = json.dumps(schema_of(stage), separators=(",", ":"))
    assert litellm.token_counter(model="gpt-4", text=text) <= MOST_TOKENS


@pytest.mark.parametrize(
    "stage", [s for s in stages() if s.__name__ not in BARE], ids=lambda stage: stage.__name__
)
def test_reasons_stand_before_verdicts_and_quotations_first(stage: type[dspy.Signature]) -> None:
    for _, part in parts(schema_of(stage)):
        names = list(part.get("properties", {}))
        leaves = [n for n in names if part["properties"][n].get("type") not in ("object", "array")]
        for verdict in VERDICTS & set(leaves):
            grounds = [names.index(ground) for ground in GROUNDS & set(names)]
            assert grounds, f"{verdict} has no ground"
            assert min(grounds) < names.index(verdict)
        if "quote" in names:
            assert not VERDICTS & set(names[: names.index("quote")])


def test_a_type_that_has_no_strict_schema_is_asked_for_without_one() -> None:
    assert answer_schema(Free) is None
