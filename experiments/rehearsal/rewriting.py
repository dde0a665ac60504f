"""The rehearsal as the editor of other optimizers, who rewrite whole texts rather than edit a bank.

It writes as well, and as badly, as `reflection` does: the same shares of useless, harmful and
unsafe texts, the same misreading, the same words. What differs is what each optimizer lets it see.
"""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from . import reflection
from .moves import moves_in
from .proposal_kinds import kind_of_proposal
from .records import skills_in
from .script import script
from .skill_texts import write_guidance, write_skill, write_when
from .world import WorldParameters

Json = dict[str, Any]
_TURN = re.compile(r"\[\d+\] \w+: .*? \| emotion \d+ -> \d+ \| .*")
_LINES = re.compile(r"\n|\\n")
_GUIDANCE = re.compile(r"^Guidance:", re.MULTILINE)
_TAIL = re.compile(r"Guidance:\s*(.*)", re.DOTALL)
_NAMES = re.compile(r"^## (\S+)", re.MULTILINE)
_FURTHER = "further-skills"
_EMPTY = "Guidance:"
DROPPING = 0.1
"""Chance that a skill with which dialogues went wrong is taken out rather than mended."""
POLICIES = (
    "Choose the skill that fits what was said and the stage of the talk; a loose fit will do.",
    "Choose a skill that fits what was said and the stage of the talk; only a close fit counts.",
    "Always choose the skill that comes nearest to what the person needs.",
)
"""What an editor makes of a policy: every version chooses otherwise, most of them no better."""


def rewrite(fields: Mapping[str, str], rng: random.Random, world: WorldParameters) -> Json:
    """A new version of one text, after dialogues that were played with it."""
    findings = reflection.diagnose(fields, rng)["findings"]
    concerned = [f for f in findings if f["skill"] == fields["name"].removeprefix("skill: ")]
    skills = skills_in(fields["skills"])
    return {"new_text": _rewritten(fields["text"], concerned or findings, skills, rng, world)}


def instruct(fields: Mapping[str, str], rng: random.Random, world: WorldParameters) -> Json:
    """A new version of one text, after examples that somebody picked."""
    findings = _findings(fields.get("task_demos", ""), rng)
    text = _rewritten(fields["basic_instruction"], findings, [], rng, world)
    return {"proposed_instruction": text}


def advise(fields: Mapping[str, str], rng: random.Random, world: WorldParameters) -> Json:
    """A sentence or a skill to append to each text, after a better and a worse dialogue."""
    findings = _findings(fields["worse_program_trajectory"], rng)
    names: list[str] = json.loads(fields["module_names"])
    advice: Json = dict.fromkeys(names, "Go on as before.")
    finding = rng.choice(findings) if findings else None
    concerned = [n for n in names if finding and f"skill: {finding['skill']}'" in n]
    name = rng.choice(concerned or [n for n in names if _FURTHER in n])
    if _FURTHER in name:
        advice[name] = _section(finding, [], "", rng, world) or advice[name]
    else:
        advice[name] = _skill(_EMPTY, finding, rng, world).replace(_EMPTY, "").strip()
    return {"discussion": "The worse dialogue lost them at these turns.", "module_advice": advice}


def _findings(text: str, rng: random.Random) -> list[Json]:
    """What the turns that stand somewhere in a text show."""
    turns = [turn.group(0) for turn in map(_TURN.search, _LINES.split(text)) if turn]
    rollout = {"profile": "", "group": "", "replicate": 0, "turns": turns}
    return reflection.findings_of([rollout], rng)


def _rewritten(
    text: str, findings: list[Json], skills: list[Json], rng: random.Random, world: WorldParameters
) -> str:
    finding = rng.choice(findings) if findings else None
    if text.startswith(("None yet", "## ")):
        return f"{text}\n\n{_section(finding, skills, text, rng, world)}".strip()
    if _GUIDANCE.search(text):
        return _skill(text, finding, rng, world)
    return rng.choice(POLICIES)


def _section(
    finding: Json | None, skills: list[Json], text: str, rng: random.Random, world: WorldParameters
) -> str:
    """A further skill: what the finding calls for, or something else, or nothing."""
    taken = [*(skill["name"] for skill in skills), *_NAMES.findall(text)]
    kind = kind_of_proposal(rng, world)
    need, stage = _reading(finding, rng)
    moves = [script().core_moves[need]] if stage == "core" else script().opening_moves
    if kind == "useless" or (kind == "useful" and rng.random() >= reflection.ANSWERING):
        return ""
    if kind == "harmful":
        stage, moves = "exploration", [rng.choice(script().wrong)]
    elif kind == "useful" and any(reflection.serves(s, need, stage, moves[0]) for s in skills):
        return ""
    skill = write_skill(need, stage, moves, taken, rng)
    if kind == "unsafe":
        skill["guidance"] = rng.choice(script().skills["unsafe"])
    labels = {
        "When to use": skill["when_to_use"],
        "When not to use": skill["when_not_to_use"],
        "Expected outcome": skill["expected_outcome"],
        "Risks": skill["risks"],
        "Guidance": skill["guidance"],
    }
    lines = [f"{label}: {value}" for label, value in labels.items()]
    return "\n".join([f"## {skill['name']}", *lines])


def _skill(text: str, finding: Json | None, rng: random.Random, world: WorldParameters) -> str:
    """A skill whose time or guidance is said anew, for better or worse."""
    kind = kind_of_proposal(rng, world)
    need, stage = _reading(finding, rng)
    if kind == "unsafe":
        return _with(text, "Guidance", rng.choice(script().skills["unsafe"]))
    if kind == "harmful":
        return _with(text, "Guidance", write_guidance([rng.choice(script().wrong)], rng))
    if kind == "useless":
        return _with(text, "Expected outcome", rng.choice(script().skills["outcome"]))
    if finding and finding["skill"] and rng.random() < DROPPING:
        return ""
    tail = _TAIL.search(text)
    asked = moves_in(tail.group(1) if tail else "")
    served = next((n for n in script().needs if script().core_moves[n] in asked[:1]), None)
    if served and rng.random() < reflection.MENDING_WHEN:
        when = write_when(served, "exploration" if served == script().opening_need else "core", rng)
        return _with(text, "When to use", when)
    moves = [script().core_moves[need]] if stage == "core" else script().opening_moves
    return _with(text, "Guidance", write_guidance(moves, rng))


def _with(text: str, label: str, value: str) -> str:
    """The text with a labelled line replaced, or put first where there is none."""
    line = re.compile(rf"^{label}:.*$", re.MULTILINE)
    if label == "Guidance":
        line = re.compile(r"^Guidance:.*", re.MULTILINE | re.DOTALL)
    if not line.search(text):
        return f"{label}: {value}\n{text}"
    return line.sub(lambda _: f"{label}: {value}", text, count=1)


def _reading(finding: Json | None, rng: random.Random) -> tuple[str, str]:
    """(Need, stage) that a finding speaks of; without one, whatever comes to mind."""
    return reflection.reading(finding) if finding else (rng.choice(script().needs), "core")
