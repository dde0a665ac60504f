"""What a real model of 1.5B answered, over real HTTP: every stage of a user's first hour is read.

The session is one of Qwen2.5-Coder-1.5B-Instruct (`esc-skills local serve qwen2.5-coder-1.5b`).
"""

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from recorded import RECORDED, replayed

from esc_skills.experiments.files.profiles import SAMPLE_CORPUS, SAMPLE_DRAFTS
from esc_skills.experiments.setup.config import Experiment
from esc_skills.experiments.work.evaluate import Evaluation, evaluate
from esc_skills.experiments.work.mine import MiningResult, mine
from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import ChatMessage, Deployment
from esc_skills.programs.support.support_agent import SupportAgent

THREE = (0, 1, 4)
"""Conversations of the sample corpus: two that went well and one that did not."""
SESSION = RECORDED / "qwen2.5-coder-1.5b.jsonl"


@pytest.fixture(scope="module")
def model() -> Generator[ModelConfig]:
    with replayed(SESSION) as (address, _):
        yield ModelConfig(model="openai/qwen2.5-coder-1.5b", api_base=address, concurrency=1)


def readable(rows: tuple[StageReadings, ...]) -> dict[str, float]:
    """The share of the questions of each stage that got an answer which could be used."""
    return {row.stage: 1 - row.share("failed") for row in rows}


def test_dialogues_are_played_to_their_end(model: ModelConfig) -> None:
    experiment = Experiment(model=model, bank=SAMPLE_DRAFTS, threads=1)
    found: Evaluation = evaluate(experiment, limit=4, turns=3)
    assert found.summary.rollouts - found.summary.invalid == 4
    assert readable(found.readings) == dict.fromkeys(
        ("AppraiseReply", "Respond", "SelectSkill", "SpeakAgain", "SpeakAsSeeker"), 1
    )
    assert {row.skill for row in found.credit}  # it chose skills by their names
    assert found.spend.tokens_in > 10_000


def test_conversations_give_skills(model: ModelConfig, tmp_path: Path) -> None:
    every = json.loads(SAMPLE_CORPUS.read_text(encoding="utf-8"))
    corpus = tmp_path / "three.json"
    corpus.write_text(json.dumps([every[place] for place in THREE]), encoding="utf-8")
    experiment = Experiment(model=model, threads=1)
    found: MiningResult = mine([corpus], experiment, tmp_path / "mined", min_units=1)
    assert found.units > 5
    assert readable(found.readings)["AnnotateExchange"] == 1
    assert found.bank.skills


def test_a_chat_answers_in_words_alone(model: ModelConfig) -> None:
    deployment = Deployment(SupportAgent(), model)
    messages = [ChatMessage(role="user", content="I failed the exam. Six weeks for nothing.")]
    for line in ("My mother says I was lazy.", "I don't know whom to tell."):
        said = deployment.reply(messages)
        assert said.reply
        assert not set("[]{}<>") & set(said.reply)
        messages += [
            ChatMessage(role="assistant", content=said.reply),
            ChatMessage(role="user", content=line),
        ]
