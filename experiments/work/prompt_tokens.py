"""What prompts take: tokens of every stage's static part, and of all prompts of a whole dialogue.

The dialogue is fixed: whatever it is about, the same words are said in it, so that two versions of
the prompts can be compared. Nothing is asked of any model.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dspy.lm15 import Request, Response, Usage

from esc_skills.programs.models.adapter import ChatAdapter
from esc_skills.programs.models.prompts import stages
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import NO_SKILL, SupportAgent
from esc_skills.signatures.frozen import Frozen

from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS, SAMPLES, sample_profiles
from ..rehearsal.engine import RehearsalEngine
from ..rehearsal.prompts import cards_in, prompt_in, said_by

SEEKERS = 8
"""Sample seekers, the first ones, over whose dialogues the mean is taken."""
TOKENIZER = "Counted with cl100k_base, the tokenizer that LiteLLM carries"
_STAGES = {
    frozenset({"why", "skill"}): "SelectSkill",
    frozenset({"reply"}): "Respond",
    frozenset({"appraisal"}): "AppraiseReply",
    frozenset({"message", "farewell"}): "SpeakAsSeeker",
}


class StageTokens(Frozen):
    """What the prompts of a stage take."""

    stage: str
    calls: float
    """In a dialogue."""
    tokens: float
    """In a dialogue."""

    @property
    def each(self) -> float:
        """Tokens of one call."""
        return self.tokens / self.calls


def tokens_of(text: str) -> int:
    """Tokens by `cl100k_base`, whose vocabulary LiteLLM carries; other models' differ a little."""
    import litellm  # takes seconds

    return int(litellm.token_counter(model="gpt-4", text=text))


def static_tokens() -> dict[str, int]:
    """Tokens of the static part of each stage's prompt in the chat format, by stage."""
    adapter = ChatAdapter()
    return {s.__name__: tokens_of(adapter.format_system_message(s)) for s in stages()}


def dialogue_tokens() -> tuple[StageTokens, ...]:
    """Tokens read by each stage in a whole dialogue with a sample seeker and the draft bank."""
    engine = FixedWords()
    runner = Runner(Models(engines={"rehearsal": engine}), threads=1)
    try:
        runner.play(SupportAgent(read_bank(SAMPLE_DRAFTS)), _pairs())
    finally:
        runner.close()
    return tuple(
        StageTokens(
            stage=stage, calls=engine.calls[stage] / SEEKERS, tokens=engine.tokens[stage] / SEEKERS
        )
        for stage in _STAGES.values()
    )


def _pairs() -> list[Any]:
    return [(profile, 0) for profile in sample_profiles()[:SEEKERS]]


class FixedWords(RehearsalEngine):
    """Says the same words in every dialogue, which goes on to its end; counts what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()

    def complete(self, request: Request) -> Response:
        """Answer one request."""
        stage = _STAGES.get(frozenset(prompt_in(request).outputs), "another")
        said = "".join(message.text or "" for message in request.messages)
        read = tokens_of(f"{request.system or ''}{said}")
        self.calls[stage] += 1
        self.tokens[stage] += read
        response = super().complete(request)
        written = tokens_of(response.message.text or "")
        usage = Usage(input_tokens=read, output_tokens=written, total_tokens=read + written)
        return replace(response, usage=usage)

    def _select(self, fields: Mapping[str, str], rng: random.Random, _: str) -> dict[str, Any]:
        names = [NO_SKILL, *(card["name"] for card in cards_in(fields["skills"]))]
        turn = len(said_by("supporter", fields["history"]))
        return {"why": _words()["why"], "skill": names[turn % len(names)]}

    def _respond(
        self, fields: Mapping[str, str], rng: random.Random, system: str
    ) -> dict[str, Any]:
        lines = _words()["lines"]
        turn = lines.index(fields["message"]) + 1 if fields["message"] in lines else 0
        return {"reply": _words()["replies"][turn]}

    def _appraise(self, fields: Mapping[str, str], rng: random.Random, _: str) -> dict[str, Any]:
        return {"appraisal": {**_words()["appraisal"], "change": 0}}

    def _speak(self, fields: Mapping[str, str], rng: random.Random, _: str) -> dict[str, Any]:
        turn = len(said_by("supporter", fields["history"])) - 1
        return {"message": _words()["lines"][turn], "farewell": False}


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return json.loads((SAMPLES / "fixed-words.json").read_text(encoding="utf-8"))
