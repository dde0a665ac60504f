"""Habits of real models, which the rehearsal takes on where its world's `realism` is above 0.

Two kinds: an answer's form (bold headers, fences, thoughts, JSON, labels, quotation marks), and
what it says (long-winded guidance, names that do not exist, the first skill again, edits that
repeat others or rejected ones, praise for its own sake, refusals, a seeker who speaks like a
supporter, another language). All is drawn from the seed and the prompt, like the answer itself.
"""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from .prompts import cards_in
from .records import lines_in

Json = dict[str, Any]

ODD_FORMS = 0.6
"""Share of answers in an odd form at a realism of 1."""
FIRST_SKILL, NO_SUCH_SKILL, LOOSE_NAME = 0.3, 0.1, 0.4
"""Shares of choices, at a realism of 1: the first on offer; a name that does not exist; a name in
title case or with its reason behind it."""
LONG_GUIDANCE, OVERLONG, REPEATED, FLATTERING, NO_SUCH_NAME = 0.6, 0.1, 0.3, 0.2, 0.2
"""Shares of proposed edits: long-winded; longer than any text may be; the same again in almost the
same words, or one that was rejected; with empty praise; of a skill that does not exist."""
REFUSING, DRIFTING, FOREIGN = 0.03, 0.06, 0.04
"""Shares of spoken lines: a refusal; a seeker who offers help; another language."""

_PADDING = (
    "Make sure that the person feels truly seen, heard and valued at every point, and mirror their "
    "key phrases with warmth, patience and care. "
)
_PRAISE = " Tell them how wonderful and wise they are."
_REFUSAL = "I'm sorry, but I can't assist with that request."
_DRIFT = "Thank you for sharing this with me. How can I support you today?"
_FOREIGN = "我听到你说的了，我们慢慢来。"  # noqa: RUF001 - Chinese stops
_THOUGHTS = "<think>\nThe user wants the fields in order. Let me see.\n</think>\n\n"


def slipped(answer: Json, fields: Mapping[str, str], rng: random.Random, realism: float) -> Json:
    """The answer as a model of this realism might have meant it."""
    if "edits" in answer:
        return {"edits": _edits(answer["edits"], fields, rng, realism)}
    if "why" in answer and "skill" in answer:
        return {**answer, "skill": _choice(answer["skill"], fields, rng, realism)}
    for spoken in ("reply", "message"):
        if spoken in answer:
            return {**answer, spoken: _line(answer[spoken], spoken, rng, realism)}
    return answer


def _edits(
    edits: list[Json], fields: Mapping[str, str], rng: random.Random, realism: float
) -> list[Json]:
    told: list[Json] = []
    for edit in edits:
        slip = _edit(json.loads(json.dumps(edit)), rng, realism)
        told.append(slip)
        if rng.random() < REPEATED * realism:
            told.append(_again(slip, fields["rejected"]))
    return told[: int(fields["limit"])]


def _edit(edit: Json, rng: random.Random, realism: float) -> Json:
    """One edit, as wordy as a real model's, and now and then of a skill that is not there."""
    draws = [rng.random() for _ in range(4)]
    more = _PADDING * rng.randint(2, 8) if draws[0] < LONG_GUIDANCE * realism else ""
    if draws[1] < OVERLONG * realism:
        more = _PADDING * 20
    if draws[2] < FLATTERING * realism:
        more = f"{_PRAISE} {more}"
    for skill in edit.get("skills", []):
        skill["guidance"] = f"{skill['guidance']} {more}".strip()
    if edit.get("field") == "guidance":
        edit["text"] = f"{edit['text']} {more}".strip()
    if edit.get("names") and draws[3] < NO_SUCH_NAME * realism:
        edit["names"][0] = f"{edit['names'][0]}-skill"
    return edit


def _again(edit: Json, rejected: str) -> Json:
    """Almost the same edit; where some were rejected, what the last of them said."""
    lines = [line for line in lines_in(rejected) if ": " in line]
    if lines and edit.get("field") == "guidance":
        return {**edit, "text": lines[-1].partition(": ")[2].partition(" -> ")[0]}
    if "text" in edit:
        return {**edit, "text": f"Gently: {edit['text']}"}
    return edit


def _choice(name: str, fields: Mapping[str, str], rng: random.Random, realism: float) -> str:
    draws = [rng.random() for _ in range(3)]
    cards = cards_in(fields["skills"])
    if draws[0] < FIRST_SKILL * realism:
        name = cards[0]["name"]
    if draws[1] < NO_SUCH_SKILL * realism:
        return "Empathic Presence"
    if draws[2] < LOOSE_NAME * realism:
        title = name.replace("-", " ").title()
        return title if draws[2] < LOOSE_NAME * realism / 2 else f"{name} (it fits this moment)"
    return name


def _line(line: str, spoken: str, rng: random.Random, realism: float) -> str:
    draws = [rng.random() for _ in range(3)]
    if draws[0] < REFUSING * realism:
        return _REFUSAL
    if spoken == "message" and draws[1] < DRIFTING * realism:
        return _DRIFT
    return f"{line} {_FOREIGN}" if draws[2] < FOREIGN * realism else line


def dressed(text: str, answer: Json, rng: random.Random, realism: float) -> str:
    """The answer in the form in which a model of this realism might give it.

    Args:
        text: The answer in exactly the form that was asked for.
        answer: Its fields.
        rng: Draws the form.
        realism: Of the world, 0..1.
    """
    if not realism or rng.random() >= ODD_FORMS * realism:
        return text
    return rng.choice(_FORMS)(text, answer)


def spoken(line: str, rng: random.Random, realism: float) -> str:
    """A reply that was asked for in plain words, as a model of this realism might give it."""
    if not realism or rng.random() >= ODD_FORMS * realism:
        return line
    return rng.choice((f"{_THOUGHTS}{line}", f"Supporter: {line}", f'"{line}"'))


def _bold(text: str, answer: Json) -> str:
    parts = (f"**{name}:** {_shown(value)}" for name, value in answer.items())
    return "\n\n".join(parts)


def _fenced(text: str, answer: Json) -> str:
    parts = (
        f"[[ ## {name} ## ]]\n"
        + (_shown(value) if isinstance(value, str) else f"```json\n{_shown(value)}\n```")
        for name, value in answer.items()
    )
    return "\n\n".join(parts)


def _quoted(text: str, answer: Json) -> str:
    for spoken, label in (("reply", "Supporter"), ("message", "Seeker")):
        if spoken in answer:
            line = answer[spoken]
            return text.replace(f"]]\n{line}", f']]\n{label}: "{line}"')
    return text.replace("\n\n[[ ## completed ## ]]", " [[ ## completed ## ]]")


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON values
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_FORMS: tuple[Callable[[str, Json], str], ...] = (
    _bold,
    _fenced,
    _quoted,
    lambda text, _: _THOUGHTS + text,
    lambda text, _: f"Sure! Here it is:\n\n{text}",
    lambda _, answer: f"```json\n{json.dumps(answer, ensure_ascii=False)}\n```",
)
