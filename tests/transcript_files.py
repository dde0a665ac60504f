"""Small dialogues in the published schema, and as rollouts."""

import json
from pathlib import Path
from typing import Any

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Appraisal, Ending, Exchange, Rollout
from esc_skills.signatures.transcripts import Transcript


def published(*changes: int, seeker: str = "s1", **fields: Any) -> dict[str, Any]:
    """A SAGE record whose replies changed the emotion so; fields of None are left out."""
    emotion, history = 40, [{"role": "user", "content": "开场", "emotion-point": 40}]
    for turn, change in enumerate(changes):
        emotion = min(100, emotion + change)
        planning = {name: "x" for name in ("content", "TargetCompletion", "activity", "analyse")}
        history += [
            {"role": "assistant", "content": f"回答{turn}"},
            {
                "role": "user",
                "content": f"第{turn}句",
                "emotion-point": emotion,
                "planning": {**planning, "change": change},
            },
        ]
    record = {
        "id": seeker, "emo_point": emotion, "player": "人物", "scene": "背景", "topic": "家",
        "character": "负面型", "task": "你希望对方真诚夸奖你的具体行为", "history": history,
        **fields,
    }  # fmt: skip
    return {name: value for name, value in record.items() if value is not None}


def write(path: Path, *records: dict[str, Any]) -> Path:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(text, encoding="utf-8")
    return path


def rollout(*lines: str, emotions: tuple[int, ...] = (), ending: Ending = "turn limit") -> Rollout:
    """The seeker says the lines; the emotion stays at 40 where none is given."""
    feeling = Appraisal(meaning="m", goal_fit="g", inner_activity="i", feeling="f", change=0)
    after = (*emotions, *[40] * (len(lines) - 1 - len(emotions)), None)
    exchanges = tuple(
        Exchange(
            seeker=line,
            reply=None if emotion is None else "I see.",
            appraisal=None if emotion is None else feeling,
            emotion=emotion,
        )
        for line, emotion in zip(lines, after, strict=True)
    )
    return Rollout(
        profile="s1", group="g", replicate=0, bank="b", exchanges=exchanges, ending=ending
    )


def scored(
    final: int, *, seeker: str, supporter: str = "a", simulator: str = "sim", group: str = "g"
) -> Transcript:
    """A dialogue of which only the final emotion matters."""
    played = rollout("hello", "well", emotions=(final,)).model_copy(update={"profile": seeker})
    profile = Profile(
        id=seeker, persona="p", scene="s", hidden_intention="h", character="passive",
        opening="hello", group=group,
    )  # fmt: skip
    return Transcript(simulator=simulator, supporter=supporter, profile=profile, rollout=played)
