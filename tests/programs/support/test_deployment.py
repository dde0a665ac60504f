"""A deployed supporter answers danger with help, and says nothing that breaks a rule."""

import asyncio
from collections.abc import Callable

import pytest
from dspy.lm15 import Request
from fakes import ScriptedEngine

from esc_skills.programs.conduct.guard import REPLACED
from esc_skills.programs.conduct.help import read_help
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import ChatMessage, ChatReply, Deployment
from esc_skills.programs.support.support_agent import SupportAgent

HELP = read_help().help_in("en")
SAFE = read_help().words["en"].safe
BAD = "That is hard. I promise to keep it a secret."


def deployed(answer: Callable[[Request], str]) -> Deployment:
    def completed(request: Request) -> str:
        return f"[[ ## reply ## ]]\n{answer(request)}\n\n[[ ## completed ## ]]"

    config = ModelConfig(model="scripted")
    return Deployment(SupportAgent(), config, {"scripted": ScriptedEngine(completed)})


def asked(*texts: str) -> list[ChatMessage]:
    roles = ("user", "assistant")
    return [
        ChatMessage.model_validate({"role": roles[i % 2], "content": text})
        for i, text in enumerate(texts)
    ]


def streamed(deployment: Deployment, messages: list[ChatMessage]) -> tuple[list[str], ChatReply]:
    async def all_parts() -> list[str | ChatReply]:
        return [part async for part in deployment.stream(messages)]

    *pieces, whole = asyncio.run(all_parts())
    assert isinstance(whole, ChatReply)
    return [str(piece) for piece in pieces], whole


def test_danger_is_answered_with_help_first_and_then_the_reply_goes_on():
    deployment = deployed(lambda _: "I hear how much it hurts.")
    for message in ("I want to end it all, nobody would care.", "I just can't go on."):
        said = deployment.reply(asked(message))
        assert said.reply == f"{HELP}\n\nI hear how much it hurts."
        assert asyncio.run(deployment.areply(asked(message))) == said
        pieces, whole = streamed(deployment, asked(message))
        assert "".join(pieces) == whole.reply == said.reply


def test_a_harmless_message_is_untouched():
    deployment = deployed(lambda _: "Traffic can be maddening.")
    assert deployment.reply(asked("This traffic is killing me.")).reply == (
        "Traffic can be maddening."
    )


def test_danger_that_builds_up_over_turns_counts():
    deployment = deployed(lambda _: "I am here.")
    said = deployment.reply(asked("Nothing matters anymore.", "Tell me.", "Goodbye, forgive me."))
    assert said.reply.startswith(HELP)


def test_help_is_named_even_if_the_model_fails():
    deployment = deployed(lambda _: "")
    assert deployment.reply(asked("I want to die.")).reply == HELP
    with pytest.raises(DialogueError):
        deployment.reply(asked("I had a hard day."))


def test_a_reply_that_breaks_a_rule_is_asked_for_again_with_the_fault_named():
    prompts: list[str] = []

    def answer(request: Request) -> str:
        prompts.append(str(request))
        return BAD if len(prompts) == 1 else "That is hard. Who else could know?"

    deployment = deployed(answer)
    assert deployment.reply(asked("I cheated.")).reply == "That is hard. Who else could know?"
    assert "must keep to the rule secrecy" in prompts[1]
    counts = deployment.guard.counts
    assert (counts.replies, counts.danger, counts.asked_again, counts.replaced) == (1, 0, 1, 0)


def test_a_reply_that_keeps_breaking_a_rule_is_replaced():
    deployment = deployed(lambda _: BAD)
    for said in (
        deployment.reply(asked("I cheated.")),
        asyncio.run(deployment.areply(asked("I cheated."))),
    ):
        assert (said.reply, said.why) == (SAFE, REPLACED)
    assert deployment.guard.counts.replaced == 2


def test_a_stream_stops_before_the_sentence_that_breaks_a_rule():
    pieces, whole = streamed(deployed(lambda _: BAD), asked("I cheated."))
    assert "secret" not in "".join(pieces)
    assert "".join(pieces) == whole.reply
    assert whole.reply.endswith(SAFE)
