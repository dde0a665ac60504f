"""The rehearsal's writer of persons: lives put together at random, with the slips of real models.

Now and then the opening states the hidden intention, a person comes out as its favourite one once
more, or a text drifts into the other language; a fault that the prompt names is not made again.
"""

import random
import re
from collections.abc import Mapping
from typing import Any

from esc_skills.signatures.dialogue import Language

from .needs import need_cues, need_of_intention
from .script import script

_BRIEF = re.compile(r"^(\w[\w ]*): (.*)$", re.MULTILINE)
TOLD, FAVOURITE, FOREIGN = 0.08, 0.12, 0.04
"""Chances of a slip: the intention is told; the favourite person is written; another language."""
_CARD = 600
"""Characters of a card that become the persona."""
_GLUE = {"en": " ", "zh": ""}


def write(
    fields: Mapping[str, str], rng: random.Random, *, knowing: bool = False
) -> dict[str, Any]:
    """One person; `knowing` says whether with facts and a next step."""
    domain = script().domain
    brief = dict(_BRIEF.findall(fields["brief"]))
    language: Language = "zh" if fields["language"] == "zh" else "en"
    fault = fields["fault"]
    slips = {name: rng.random() for name in ("told", "favourite", "foreign")}
    other: Language = "en" if language == "zh" else "zh"
    if slips["foreign"] < FOREIGN and "language" not in fault and other in script().persons:
        language = other
    if slips["favourite"] < FAVOURITE and "it is like" not in fault:
        rng = random.Random(0)
    data, glue = script().persons[language], _GLUE[language]
    character = brief.get("character") or rng.choice(domain.characters)
    intention = brief.get("hidden intention")
    intention = intention or domain.wanted(rng.choice(list(domain.needs)), language)
    name = rng.choice(data["names"])
    parts = [rng.choice(data[part]).format(name=name) for part in ("began", "went", "now", "moods")]
    opening = rng.choice(data["openings"])
    matter = data.get("matters", {}).get(opening, {"topic": parts[0][:40], "facts": parts})
    if slips["told"] < TOLD and "opening" not in fault:
        opening = f"{opening} {intention}"
    return {
        "draft": {
            **(_case(data, matter, intention, rng) if knowing else {}),
            "persona": _persona(fields["card"], character, name, language, rng),
            "scene": glue.join([*parts, _liked(intention, name, language)]),
            "topic": brief.get("topic") or matter["topic"],
            "character": character,
            "hidden_intention": intention,
            "opening": opening,
        }
    }


def _case(
    data: Mapping[str, Any], matter: Mapping[str, Any], intention: str, rng: random.Random
) -> dict[str, Any]:
    """A few facts of one matter, that of the intention among them, and a next step."""
    facts: list[str] = matter["facts"]
    need = need_of_intention(intention)
    wanted = [fact for fact in facts if need in need_cues(fact)][:1] or facts[:1]
    others = rng.sample([fact for fact in facts if fact not in wanted], 2)
    step = rng.choice(data.get("steps") or ["To talk again next week."])
    return {"knows": [*wanted, *others], "next_step": step}


def _persona(card: str, character: str, name: str, language: Language, rng: random.Random) -> str:
    data = script().persons[language]
    manners = data["speech"].get(character) or [m for some in data["speech"].values() for m in some]
    habit, manner, trade = (rng.choice(some) for some in (data["habits"], manners, data["trades"]))
    age = rng.randint(19, 78)
    if card:
        return f"{card[:_CARD].strip()}\n{manner}"
    if language == "zh":
        return f"{name}，{age}岁，{trade}。{habit}{manner}"  # noqa: RUF001 - Chinese stops
    return f"{name}, {age}, {trade}. {habit} {manner}"


def _liked(intention: str, name: str, language: Language) -> str:
    """What raises and what lowers the mood, in agreement with the intention."""
    need = need_of_intention(intention)
    if language == "zh":
        wanted = script().domain.wanted(need, "zh")
        return f"对方做到这一点，{name}情绪会上升：{wanted}泛泛的安慰会让情绪下降。"  # noqa: RUF001
    return f"What raises the mood of {name} is {need}; general comfort lowers it."
