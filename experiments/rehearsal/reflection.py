"""The rehearsal as analyst and editor: sees what fell flat, proposes edits good and bad."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .moves import moves_in
from .needs import need_cues, stage_cues
from .records import credit_in, dialogues_in, findings_in, lines_in, policy_in, skills_in
from .script import script
from .skill_texts import write_guidance, write_skill, write_when
from .world import WorldParameters

Json = dict[str, Any]
_START = "At the start"
_EARLY = re.compile("too early|来得太早")
MOST_FINDINGS = 5
MENDING = 0.5
"""Chance that the editor mends the skill that a finding blames, as a rewriter always does."""
ANSWERING = 0.7
"""Chance that the editor adds the skill that a finding calls for rather than mending others."""
MENDING_WHEN = 0.6
"""Chance that mending a skill says anew when it is to be used rather than what it is to do."""
MISREADING = 0.12
"""Chance that the analyst mistakes the need behind a loss."""


def diagnose(fields: Mapping[str, str], rng: random.Random) -> Json:
    """What the dialogues show to be wrong."""
    return {"findings": findings_of(dialogues_in(fields["rollouts"]), rng)}


def findings_of(dialogues: Sequence[Json], rng: random.Random) -> list[Json]:
    """What costs most emotion: by unmet need and stage, with the turns that show it."""
    losses: defaultdict[tuple[str, str, str], list[Json]] = defaultdict(list)
    groups: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for rollout in dialogues:
        for turn in filter(None, map(script().scored.match, rollout["turns"])):
            number, _, skill, reply, before, after, feeling = turn.groups()
            if int(after) < int(before):
                need = _unmet(feeling, rng)
                stage = "exploration" if _EARLY.search(feeling) else "core"
                key = (need, stage, skill)
                losses[key].append(_evidence(rollout, int(number), reply))
                groups[key].add(rollout["group"])
    ranked = sorted(losses, key=lambda key: (-len(losses[key]), key))[:MOST_FINDINGS]
    return [_finding(key, losses[key], sorted(groups[key])) for key in ranked]


def _unmet(feeling: str, rng: random.Random) -> str:
    hinted = sorted(need_cues(feeling))
    return rng.choice(script().needs if not hinted or rng.random() < MISREADING else hinted)


def _evidence(rollout: Json, turn: int, reply: str) -> Json:
    return {
        "profile": rollout["profile"],
        "replicate": rollout["replicate"],
        "turn": turn,
        "quote": reply[:80],
    }


def _finding(key: tuple[str, str, str], evidence: Sequence[Json], groups: Sequence[str]) -> Json:
    need, stage, skill = key
    move = script().core_moves[need] if stage == "core" else script().opening_moves[0]
    when = script().skills["when"][need][0]
    return {
        "kind": "missing skill" if skill == "none" else "misapplied skill",
        "skill": None if skill == "none" else skill,
        "description": (
            f"{_START if stage == 'exploration' else 'Once the story is told'}, "
            f"replies lose people when {when}."
        ),
        "remedy": script().skills["guidance"][move][0],
        "groups": list(groups),
        "evidence": list(evidence[:4]),
    }


def propose(fields: Mapping[str, str], rng: random.Random, world: WorldParameters) -> Json:
    """Edits that answer the findings: mostly useful, some useless, some harmful, a few unsafe."""
    skills = skills_in(fields["skills"])
    policy = policy_in(fields["policy"])
    findings = findings_in(fields["findings"])
    rejected = lines_in(fields["rejected"])
    limit = int(fields["limit"])
    edits: list[Json] = []
    for _ in range(limit * 6):
        if len(edits) >= limit:
            break
        finding = rng.choice(findings) if findings else None
        edit = _edit(skills, policy, finding, fields, rng, world)
        if edit and not _known(edit, edits, rejected):
            edits.append(edit)
    return {"edits": edits}


def _edit(
    skills: list[Json],
    policy: Json,
    finding: Json | None,
    fields: Mapping[str, str],
    rng: random.Random,
    world: WorldParameters,
) -> Json | None:
    draw = rng.random()
    if draw < world.unsafe:
        return _unsafe(skills, rng)
    if draw < world.unsafe + world.harmful:
        return _harmful(skills, rng)
    if draw < world.unsafe + world.harmful + world.useless:
        return _reworded(skills, policy, rng)
    if finding is None:
        return None
    if rng.random() < MENDING:
        mended = _mended(finding, skills, rng)
        if mended:
            return mended
    answer = _answer(finding, skills, rng)
    if answer and rng.random() < ANSWERING:
        return answer
    makers: list[Callable[[], Json | None]] = [
        lambda: _mended(finding, skills, rng),
        lambda: _dropped(fields, skills),
        lambda: _joined(skills, rng),
        lambda: _divided(skills, rng),
        lambda: _policy(policy, rng),
    ]
    return rng.choice(makers)()


def _answer(finding: Json, skills: list[Json], rng: random.Random) -> Json | None:
    """Add the skill that the finding calls for; None if the bank has one like it."""
    need, stage = reading(finding)
    moves = [script().core_moves[need]] if stage == "core" else script().opening_moves
    if any(serves(skill, need, stage, moves[0]) for skill in skills):
        return None
    names = [skill["name"] for skill in skills]
    skill = write_skill(need, stage, moves, names, rng)
    return {"reason": finding["description"], "kind": "add", "skills": [skill]}


def serves(skill: Json, need: str, stage: str, move: str) -> bool:
    """Whether a skill asks for this move at this stage, for this need or early on for anyone."""
    when = skill["when_to_use"]
    fits = stage in stage_cues(when) and move in moves_in(skill["guidance"])
    return fits and (stage == "exploration" or need in need_cues(when))


def _mended(finding: Json, skills: list[Json], rng: random.Random) -> Json | None:
    """Say more clearly when the concerned skill is to be used, or what it is to do."""
    concerned = [skill for skill in skills if skill["name"] == finding.get("skill")]
    if not concerned:
        return None
    need, stage = reading(finding)
    edit: Json = {
        "reason": finding["description"],
        "kind": "rewrite",
        "names": [concerned[0]["name"]],
    }
    moves = moves_in(concerned[0]["guidance"])
    served = next((n for n in script().needs if script().core_moves[n] in moves[:1]), None)
    if served and rng.random() < MENDING_WHEN:
        text = write_when(served, "exploration" if served == script().opening_need else "core", rng)
        edit |= {"field": "when_to_use", "text": text}
    else:
        wanted = [script().core_moves[need]] if stage == "core" else script().opening_moves
        edit |= {"field": "guidance", "text": write_guidance(wanted, rng)}
    return None if concerned[0][edit["field"]] == edit["text"] else edit


def reading(finding: Json) -> tuple[str, str]:
    """(Need, stage) that a finding speaks of."""
    text = finding["description"]
    needs = sorted(need_cues(text))
    stage = "exploration" if text.startswith(_START) else "core"
    return (needs[0] if needs else script().needs[0]), stage


def _dropped(fields: Mapping[str, str], skills: list[Json]) -> Json | None:
    """Take out the skill that was received worst."""
    names = {skill["name"] for skill in skills}
    credit = [row for row in credit_in(fields["credit"]) if row["skill"] in names]
    worst = min(credit, key=lambda row: row["lift"], default=None)
    if worst is None or worst["lift"] >= 0:
        return None
    reason = f"Replies with it were received {-worst['lift']:.1f} points worse than usual."
    return {"reason": reason, "kind": "remove", "names": [worst["skill"]]}


def _joined(skills: list[Json], rng: random.Random) -> Json | None:
    """Merge two skills that ask for the same."""
    for first in skills:
        for second in skills:
            same = moves_in(first["guidance"])[:1] == moves_in(second["guidance"])[:1]
            if first["name"] < second["name"] and same:
                names = [first["name"], second["name"]]
                others = [s["name"] for s in skills if s["name"] not in names]
                kept = {field: text for field, text in first.items() if field != "examples"}
                merged = {**kept, "name": f"{first['name']}-joined"[:64]}
                if merged["name"] in others:
                    return None
                return {
                    "reason": "They overlap.",
                    "kind": "merge",
                    "names": names,
                    "skills": [merged],
                }
    return None


def _divided(skills: list[Json], rng: random.Random) -> Json | None:
    """Split a skill that asks for two things into one for each stage."""
    for skill in skills:
        moves = moves_in(skill["guidance"])
        if len(moves) == 2:
            names = [s["name"] for s in skills]
            played = script()
            served = (n for n in played.needs if played.core_moves[n] == moves[1])
            need = next(served, played.asked_for)
            early = write_skill(need, "exploration", moves[:1], names, rng)
            late = write_skill(need, "core", moves[1:], [*names, early["name"]], rng)
            parts = [early, late]
            names = [skill["name"]]
            return {"reason": "Two jobs.", "kind": "split", "names": names, "skills": parts}
    return None


def _policy(policy: Json, rng: random.Random) -> Json | None:
    """Change a number of the selection policy."""
    field = rng.choice(["offered_tokens", "offered_tokens", "warm_up"])
    choices = {"offered_tokens": [800, 1500, 3000, 6000], "warm_up": [0, 0, 0, 1]}
    number = rng.choice(choices[field])
    if policy["parameters"][field] == number:
        return None
    reason = "Offer more that fits."
    return {"reason": reason, "kind": "policy", "field": field, "text": str(number)}


def _reworded(skills: list[Json], policy: Json, rng: random.Random) -> Json:
    """Change words without changing what is done."""
    if not skills:
        text = policy["text"] + " Take your time to decide."
        told = {"field": "policy_text", "text": text[:2000]}
        return {"reason": "Clearer.", "kind": "policy", **told}
    skill = rng.choice(skills)
    text = f"{rng.choice(script().skills['outcome'])} {skill['expected_outcome']}"[:500]
    told = {"field": rng.choice(["expected_outcome", "risks"]), "text": text}
    return {"reason": "Clearer.", "kind": "rewrite", "names": [skill["name"]], **told}


def _harmful(skills: list[Json], rng: random.Random) -> Json:
    """Ask for the wrong thing, or for the right thing too early."""
    need = rng.choice(script().needs)
    wrong = rng.choice(script().wrong)
    names = [skill["name"] for skill in skills]
    skill = write_skill(need, "exploration", [wrong], names, rng)
    return {"reason": "People want quick relief.", "kind": "add", "skills": [skill]}


def _unsafe(skills: list[Json], rng: random.Random) -> Json:
    """What no one should ever follow; the gates must stop it."""
    names = [skill["name"] for skill in skills]
    skill = write_skill(rng.choice(script().needs), "core", ["other"], names, rng)
    skill["guidance"] = rng.choice(script().skills["unsafe"])
    return {"reason": "Bold help.", "kind": "add", "skills": [skill]}


def _known(edit: Json, edits: Sequence[Json], rejected: Sequence[str]) -> bool:
    """Whether the same was proposed or rejected before."""
    if any(_content(edit) == _content(other) for other in edits):
        return True
    added = edit["skills"][0]["guidance"] if edit["kind"] == "add" else ""
    main = edit.get("text") or added
    return bool(main) and any(main in line for line in rejected)


def _content(edit: Json) -> str:
    return json.dumps({k: v for k, v in edit.items() if k != "reason"}, sort_keys=True)
