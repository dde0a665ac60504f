"""Reads prompts back: what is asked for, and the inputs. The one place that knows their layout."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dspy.lm15 import Request

from esc_skills.programs.models.adapter import FORM, JSON_ANSWER, REMINDER
from esc_skills.programs.models.native_turns import JOINED
from esc_skills.programs.models.shapes import demanded
from esc_skills.signatures.prompt_text import NOTHING

from .script import script

_SECTION = re.compile(r"^\[\[ ## (\w+) ## \]\]\n", re.MULTILINE)
_ASKED = re.compile(r"^\[\[ ## (\w+) ## \]\]$", re.MULTILINE)
_KEY = re.compile(r'^"(\w+)": ', re.MULTILINE)
_STOCK_OUTPUT = re.compile(r"^\d+\. `(\w+)` \((.+?)\):", re.MULTILINE)
_HINT = re.compile(r"^\{(\w+): ([^,}]+)", re.MULTILINE)
_KINDS = {demanded(kind): kind.__name__ for kind in (int, float, bool)} | {
    demanded(list[str]): "list"
}
"""Types of outputs by the words that a prompt has for them."""
_CARD = re.compile(r"^- ([a-z0-9-]+): ", re.MULTILINE)
_NOTE = re.compile(r"^(Moment|What to do|Take care|Lines like these[^:\n]*): ", re.MULTILINE)


class Prompt(NamedTuple):
    """What a request asks for."""

    outputs: dict[str, str]
    """Names of the outputs, with their types where the prompt tells them."""
    fields: dict[str, str]
    """The inputs; of a chat `message` and, where a skill is given, its `guidance`."""
    system: str
    asked: str
    """Everything that the user's side says of the inputs."""
    in_json: bool
    in_words: bool
    """Whether the answer is words alone."""


def prompt_in(request: Request) -> Prompt:
    """The prompt of a request; a fault named behind the inputs is passed over."""
    system = str(request.system or "")
    said = [m.text or "" for m in request.messages if m.role == "user"]
    asked = next((text for text in reversed(said) if _SECTION.search(text)), "")
    outputs = _outputs(system)
    in_json = JSON_ANSWER in system or request.config.response_format is not None
    if not asked and not outputs:
        fields = {"message": _last_word(request), "skill": _guidance(system)}
        return Prompt({"reply": "str"}, fields, system, fields["message"], False, True)
    return Prompt(outputs, _fields(asked), system, asked, in_json, False)


def turns_in(text: str) -> list[dict[str, str]]:
    """The turns of a transcript, each with `speaker` and `text`."""
    played = script()
    parts = played.turn.split(text)
    return [
        {"speaker": played.speakers[speaker], "text": _plain(said)}
        for speaker, said in zip(parts[1::2], parts[2::2], strict=True)
    ]


def said_by(speaker: str, text: str) -> list[str]:
    """What one side of a transcript said."""
    return [turn["text"] for turn in turns_in(text) if turn["speaker"] == speaker]


def cards_in(text: str) -> list[dict[str, str]]:
    """The skills of a list, each with `name`, `when_to_use` and `when_not_to_use`."""
    parts = _CARD.split(text)
    cards: list[dict[str, str]] = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        when, _, never = body.partition("\n  Not when: ")
        cards.append({"name": name, "when_to_use": _plain(when), "when_not_to_use": _plain(never)})
    return cards


def _last_word(request: Request) -> str:
    """The seeker's last message in a chat, in which a refused reply may have followed."""
    turns = [(m.role, m.text or "") for m in request.messages if m.text != JOINED]
    if len(turns) >= 3 and turns[-1][1].startswith("This answer cannot be used:"):
        turns = turns[:-2]
    return turns[-1][1] if turns else ""


@lru_cache(maxsize=256)
def _guidance(system: str) -> str:
    """What the skill of a reply says is to be done; empty without one."""
    parts = _NOTE.split(system.partition("\nSkill for this reply:\n")[2])
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return _plain(sections.get("What to do", ""))


@lru_cache(maxsize=256)
def _outputs(system: str) -> dict[str, str]:
    """The outputs that a system message asks for."""
    _, stock, after = system.partition("Your output fields are:")
    if stock:  # packages ask in DSPy's own format
        listed, _, _ = after.partition("All interactions will be structured")
        return dict(_STOCK_OUTPUT.findall(listed))
    if JSON_ANSWER in system:
        return dict.fromkeys(_KEY.findall(system.rpartition(JSON_ANSWER)[2]), "")
    form = system.rpartition(FORM)[2] if FORM in system else ""
    kinds = dict(_HINT.findall(form))
    names = [name for name in _ASKED.findall(form) if name != "completed"]
    return {name: _KINDS.get(kinds.get(name, ""), "") for name in names}


def _fields(asked: str) -> dict[str, str]:
    parts = _SECTION.split(asked)
    return dict(_values(parts[1::2], parts[2::2]))


def _values(names: list[str], texts: list[str]) -> Iterator[tuple[str, str]]:
    for name, text in zip(names, texts, strict=True):
        value = text.rpartition(f"\n\n{REMINDER} with ")[0] or text
        value = value.partition("\n\nRespond with the corresponding output fields")[0].strip()
        yield name, "" if value == NOTHING else value


def _plain(text: str) -> str:
    """A text without the indentation of its further lines."""
    return text.strip().replace("\n  ", "\n")
