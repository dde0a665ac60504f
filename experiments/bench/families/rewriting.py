"""The editor of these worlds at work for optimizers that rewrite whole texts of a bank.

It writes as well, and as badly, as `editor` does; what differs is what each optimizer shows it.
"""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from ...rehearsal.proposal_kinds import kind_of_proposal
from ...rehearsal.records import skills_in
from . import editor
from .setting import Setting
from .words import DATA, written

Json = dict[str, Any]
_TURN_LINE = re.compile(r"\[\d+\] seeker: .*? \| emotion \d+ -> \d+ \| .*")
_LINES = re.compile(r"\n|\\n")
_GUIDANCE = re.compile(r"^Guidance:\s*(.*)", re.MULTILINE | re.DOTALL)
_NAMES = re.compile(r"^## (\S+)", re.MULTILINE)
FURTHER = "further-skills"
DROPPING = 0.1
"""Chance that a skill with which dialogues went wrong is taken out rather than mended."""


def rewrite(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> Json:
    """A new version of one text, after dialogues that were played with it."""
    findings = editor.diagnose(fields)["findings"]
    concerned = [f for f in findings if f["skill"] == fields["name"].removeprefix("skill: ")]
    names = [skill["name"] for skill in skills_in(fields["skills"])]
    return {"new_text": _rewritten(fields["text"], concerned or findings, names, rng, setting)}


def instruct(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> Json:
    """A new version of one text, after examples that somebody picked."""
    findings = _findings(fields.get("task_demos", ""))
    text = _rewritten(fields["basic_instruction"], findings, [], rng, setting)
    return {"proposed_instruction": text}


def advise(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> Json:
    """A sentence or a skill to append to one of the texts, after a better and a worse dialogue."""
    findings = _findings(fields["worse_program_trajectory"])
    names: list[str] = json.loads(fields["module_names"])
    advice: Json = dict.fromkeys(names, "Go on as before.")
    finding = rng.choice(findings) if findings else None
    concerned = [name for name in names if finding and f"skill: {finding['skill']}'" in name]
    name = rng.choice(concerned or [name for name in names if FURTHER in name])
    if FURTHER in name:
        advice[name] = _section(finding, [], rng, setting) or advice[name]
    else:
        topic, remedy = editor.reading(finding) if finding else ("", "")
        advice[name] = written("ask", *editor.idea_of(topic, remedy, rng, setting))
    return {"discussion": "The worse dialogue lost them at these turns.", "module_advice": advice}


def _findings(text: str) -> list[Json]:
    """What the turns that stand somewhere in a text show."""
    turns = [turn.group(0) for turn in map(_TURN_LINE.search, _LINES.split(text)) if turn]
    rollout = {"profile": "", "group": "", "replicate": 0, "turns": turns}
    return editor.findings_of([rollout])


def _rewritten(
    text: str, findings: list[Json], taken: list[str], rng: random.Random, setting: Setting
) -> str:
    finding = rng.choice(findings) if findings else None
    if text.startswith(("None yet", "## ")):
        section = _section(finding, [*taken, *_NAMES.findall(text)], rng, setting)
        kept = "" if section and text.startswith("None yet") else text
        return f"{kept}\n\n{section}".strip()
    if _GUIDANCE.search(text):
        return _skill(text, finding, rng, setting)
    return rng.choice(DATA["policies"][rng.choice(["close", "loose"])])


def _section(finding: Json | None, taken: list[str], rng: random.Random, setting: Setting) -> str:
    """A further skill under its heading; empty where only words would change."""
    kind = kind_of_proposal(rng, setting)
    if kind == "useless":
        return ""
    if kind == "useful":
        topic, remedy = editor.reading(finding) if finding else ("", "")
        if rng.random() < editor.FOR_ANYONE:
            topic, remedy = "", ""
        skill = editor.skill_for(topic, editor.idea_of(topic, remedy, rng, setting), taken, rng)
    else:
        skill = editor.bad_skill(kind, taken, rng, setting)
    labels = {
        "When to use": skill["when_to_use"],
        "Expected outcome": skill["expected_outcome"],
        "Risks": skill["risks"],
        "Guidance": skill["guidance"],
    }
    return "\n".join([f"## {skill['name']}", *(f"{k}: {v}" for k, v in labels.items())])


def _skill(text: str, finding: Json | None, rng: random.Random, setting: Setting) -> str:
    """A skill whose time or guidance is said anew, for better or worse."""
    kind = kind_of_proposal(rng, setting)
    found = _GUIDANCE.search(text)
    guidance = found.group(1) if found else ""
    if kind == "useless":
        field, words = editor.reworded(guidance, rng)
        return _with(text, "Guidance" if field == "guidance" else "Expected outcome", words)
    if kind != "useful":
        return _with(text, "Guidance", editor.bad_skill(kind, [], rng, setting)["guidance"])
    if finding and finding["skill"] and rng.random() < DROPPING:
        return ""
    topic, remedy = editor.reading(finding) if finding else ("", "")
    if rng.random() < 1 / 3:
        return _with(text, "When to use", editor.when_for(topic, rng))
    return _with(text, "Guidance", written("ask", *editor.idea_of(topic, remedy, rng, setting)))


def _with(text: str, label: str, value: str) -> str:
    """The text with a labelled line replaced, or put first where there is none."""
    flags = re.MULTILINE | (re.DOTALL if label == "Guidance" else re.NOFLAG)
    line = re.compile(rf"^{label}:.*?$" if label != "Guidance" else r"^Guidance:.*", flags)
    if not line.search(text):
        return f"{label}: {value}\n{text}"
    return line.sub(lambda _: f"{label}: {value}", text, count=1)
