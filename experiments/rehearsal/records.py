"""Reads the records of a prompt back, as `signatures` shows them: skills, dialogues, findings."""

import re
from collections.abc import Mapping
from typing import Any

from esc_skills.signatures.prompt_text import NOTHING

from .script import script

Json = dict[str, Any]

_ENTRY = re.compile(r"^- ", re.MULTILINE)
_SECTION = re.compile(r"^  ([A-Z][A-Za-z ]*): ", re.MULTILINE)
_LINE = re.compile(r"^\d+\. ", re.MULTILINE)
_CREDIT = re.compile(r"^- (.*?): uses (\d+), mean_change ([-+.\d]+), lift ([-+.\d]+)$", re.M)
_DIALOGUE = re.compile(r"profile (.*), replicate (\d+), group (.*); emotion [\d ]+; ended: .*")
_TURN = re.compile(r"^  (?=\[\d+\] )", re.MULTILINE)
_KEPT = re.compile(r"(\w+): (.*?)(?: \([^()]*\))?$", re.MULTILINE)
_PATTERN = re.compile(
    r"^- need (?P<need>\S+) \([^)]*\), stage (?P<stage>\w+), action (?P<action>\S+): "
    r"better (?P<good>\d+) times, worse (?P<bad>\d+) times$",
    re.MULTILINE,
)
_FIELDS = {
    "When to use": "when_to_use",
    "Guidance": "guidance",
    "When not to use": "when_not_to_use",
    "Expected outcome": "expected_outcome",
    "Risks": "risks",
    "Lines": "examples",
}


def lines_in(text: str) -> list[str]:
    """The texts of a numbered list."""
    return [_plain(part) for part in _LINE.split(text)[1:]]


def skills_in(text: str) -> list[Json]:
    """The skills, each with all its fields."""
    skills: list[Json] = []
    for name, sections in _entries(text):
        found = {field: sections.get(label, "") for label, field in _FIELDS.items()}
        lines = found["examples"].split(" / ") if found["examples"] else []
        skills.append({"name": name, **found, "examples": lines})
    return skills


def policy_in(text: str) -> Json:
    """The text and the numbers of a policy."""
    first, _, rest = text.partition("\nwarm_up: ")
    numbers = {name: int(value) for name, value in _KEPT.findall(f"warm_up: {rest}")}
    return {"text": _plain(first.removeprefix("policy_text: ")), "parameters": numbers}


def credit_in(text: str) -> list[Json]:
    """How the replies of each skill were received."""
    return [
        {"skill": skill, "uses": int(uses), "mean_change": float(change), "lift": float(lift)}
        for skill, uses, change, lift in _CREDIT.findall(text)
    ]


def findings_in(text: str) -> list[Json]:
    """The findings, each with its kind, skill, description and remedy."""
    findings: list[Json] = []
    for title, sections in _entries(text):
        kind, *rest = title.split("; ")
        skill = next((part.removeprefix("skill: ") for part in rest if "skill: " in part), None)
        told = {"description": sections["What goes wrong"], "remedy": sections["Instead"]}
        findings.append({"kind": kind, "skill": skill, **told})
    return findings


def dialogues_in(text: str) -> list[Json]:
    """The dialogues, each with its profile, replicate, group and turns."""
    dialogues: list[Json] = []
    for part in _ENTRY.split(text)[1:]:
        found = _DIALOGUE.match(part)
        if found:
            turns = [_plain(turn) for turn in _TURN.split(part)[1:]]
            of = {"profile": found[1], "replicate": int(found[2]), "group": found[3]}
            dialogues.append({**of, "turns": turns})
    return dialogues


def patterns_in(text: str) -> list[Json]:
    """The patterns, without their examples."""
    return [
        {**found.groupdict(), "good": int(found["good"]), "bad": int(found["bad"])}
        for found in _PATTERN.finditer(text)
    ]


def said_in(text: str) -> list[Json]:
    """The exchanges of a dialogue, as judges read it."""
    played = script()
    parts = played.said.split(text)
    exchanges: list[Json] = []
    for turn, body in zip(parts[1::2], parts[2::2], strict=True):
        seeker, _, supporter = body.partition(played.answered)
        said = {"seeker": _plain(seeker), "supporter": _plain(supporter)}
        exchanges.append({"turn": int(turn), **said})
    return exchanges


def people_in(text: str) -> list[Json]:
    """The people who are examples of a seeker."""
    return [
        {
            "persona": sections["Persona"],
            "scene": sections["Scene"],
            "topic": topic,
            "character": sections["Character"],
            "traits": sections["Traits"].split(", ") if "Traits" in sections else [],
            "opening": sections["Opening"],
        }
        for topic, sections in _entries(text)
    ]


def _entries(text: str) -> list[tuple[str, Mapping[str, str]]]:
    entries: list[tuple[str, Mapping[str, str]]] = []
    for part in _ENTRY.split(text)[1:]:
        title, *rest = _SECTION.split(part)
        sections = dict(zip(rest[::2], map(_plain, rest[1::2]), strict=True))
        entries.append((_plain(title), sections))
    return entries


def _plain(text: str) -> str:
    """A text without the indentation of its further lines; nothing where it says so."""
    said = re.sub(r"\n {2,4}", "\n", text.strip())
    return "" if said == NOTHING else said
