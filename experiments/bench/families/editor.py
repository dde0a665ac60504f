"""Analyst and editor of these worlds: they see who is lost, and have few ideas, most of them blind.

What is proposed comes, by the dials of the setting, from knowledge, from what went best in the
dialogues that were shown, or from nowhere. Nobody hands them an expert's wording.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from ...rehearsal.proposal_kinds import kind_of_proposal
from ...rehearsal.records import (
    credit_in,
    dialogues_in,
    findings_in,
    lines_in,
    patterns_in,
    skills_in,
)
from .setting import Setting, topics_of, worth_of
from .words import DATA, acts_in, phase_of, topics_in, wording_of, written

Json = dict[str, Any]
TURN = re.compile(
    r"\[(\d+)\] seeker: (.*?) \| supporter \((.*?)\): (.*?)(?: \| chosen: .*?)? \| "
    r"emotion (\d+) -> (\d+) \| (.*)",
    re.DOTALL,
)
"""A line of a digest (`signatures.reflection.RolloutDigest`)."""
MOST_FINDINGS = 5
SEEN_AT_LEAST = 2
"""Replies with an act, to people of a topic, from which the analyst believes what it sees."""
MENDING, FOR_ANYONE, POLICY = 0.45, 0.15, 0.05
"""Chances that the editor mends the skill that a finding blames; else, that it proposes a skill for
everybody; or another policy."""
PREPARED = 0.3
"""Chance that knowledge is of what prepares an act rather than of the act itself."""


class Idea(NamedTuple):
    """What somebody proposes to do."""

    act: str
    wording: int


def diagnose(fields: Mapping[str, str]) -> Json:
    """What the dialogues show to be wrong."""
    return {"findings": findings_of(dialogues_in(fields["rollouts"]))}


def findings_of(dialogues: Sequence[Json]) -> list[Json]:
    """With whom most emotion is lost, with which skill, and what went best with them."""
    lost: defaultdict[tuple[str, str], list[Json]] = defaultdict(list)
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    seen: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for rollout in dialogues:
        topic = "trouble"
        for turn in filter(None, map(TURN.match, rollout["turns"])):
            number, line, skill, reply, before, after, voice = turn.groups()
            topic = min(topics_in(voice) or topics_in(line) or {topic})
            for act in acts_in(reply):
                seen[topic][act].append(int(after) - int(before))
            if int(after) < int(before):
                where = {"turn": int(number), "quote": reply[:80]}
                pair = {"profile": rollout["profile"], "replicate": rollout["replicate"]}
                lost[topic, skill].append({**pair, **where})
                groups[topic, skill].add(rollout["group"])
    ranked = sorted(lost, key=lambda key: (-len(lost[key]), key))[:MOST_FINDINGS]
    return [
        _finding(topic, skill, _best(seen[topic]), lost[topic, skill], groups[topic, skill])
        for topic, skill in ranked
    ]


def _best(seen: Mapping[str, Sequence[int]]) -> str:
    """The act after which emotion rose most; empty if none is seen to help."""
    means = {act: fmean(of) for act, of in seen.items() if len(of) >= SEEN_AT_LEAST}
    best = max(means, key=lambda act: (means[act], act), default="")
    return best if best and means[best] > 0 else ""


def _finding(topic: str, skill: str, best: str, evidence: Sequence[Json], groups: set[str]) -> Json:
    return {
        "kind": "missing skill" if skill == "none" else "misapplied skill",
        "skill": None if skill == "none" else skill,
        "description": f"Replies lose people who bring up the {topic}.",
        "remedy": written("ask", best, 0) if best else "Something else should be tried there.",
        "groups": sorted(groups),
        "evidence": list(evidence[:4]),
    }


def propose(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> Json:
    """Edits that answer the findings, good, useless and bad."""
    skills, findings = skills_in(fields["skills"]), findings_in(fields["findings"])
    rejected, credit = lines_in(fields["rejected"]), credit_in(fields["credit"])
    limit = int(fields["limit"])
    edits: list[Json] = []
    for _ in range(limit * 6):
        finding = rng.choice(findings) if findings else None
        edit = _edit(skills, finding, credit, rng, setting)
        if edit and len(edits) < limit and not _known(edit, edits, rejected):
            edits.append(edit)
    return {"edits": edits}


def _edit(
    skills: list[Json],
    finding: Json | None,
    credit: list[Json],
    rng: random.Random,
    setting: Setting,
) -> Json | None:
    taken, kind = [skill["name"] for skill in skills], kind_of_proposal(rng, setting)
    if kind != "useful":
        skill = rng.choice(skills) if skills else None
        if kind == "useless":
            return skill and _rewrite(skill, *reworded(skill["guidance"], rng))
        return _add(bad_skill(kind, taken, rng, setting))
    draw = rng.random()
    if draw < POLICY:
        text = rng.choice(DATA["policies"][rng.choice(["close", "loose"])])
        told = {"field": "policy_text", "text": text}
        return {"reason": "To choose better.", "kind": "policy", **told}
    if finding is None or draw < POLICY + FOR_ANYONE:
        return _add(skill_for("", idea_of("", "", rng, setting), taken, rng))
    topic, remedy = reading(finding)
    blamed = next((skill for skill in skills if skill["name"] == finding["skill"]), None)
    if blamed and rng.random() < MENDING:
        return _mended(blamed, topic, remedy, credit, rng, setting)
    skill = skill_for(topic, idea_of(topic, remedy, rng, setting), taken, rng)
    return None if any(_same(skill, other) for other in skills) else _add(skill)


def _mended(
    blamed: Json, topic: str, remedy: str, credit: list[Json], rng: random.Random, setting: Setting
) -> Json | None:
    """Other guidance, another time of use, or no such skill."""
    kind = rng.choice(["guidance", "guidance", "when_to_use", "remove"])
    if kind == "remove":
        lifts = {row["skill"]: row["lift"] for row in credit}
        bad = lifts.get(blamed["name"], 0) < 0
        reason = "Its replies are received worse than others."
        edit = {"reason": reason, "kind": "remove", "names": [blamed["name"]]}
        return edit if bad else None
    if kind == "guidance":
        idea = idea_of(topic, remedy, rng, setting)
        return _rewrite(blamed, "guidance", written("ask", *idea))
    return _rewrite(blamed, "when_to_use", when_for(topic, rng))


def idea_of(topic: str, remedy: str, rng: random.Random, setting: Setting) -> Idea:
    """What to do for people of a topic, or for anyone: known, seen, or blind."""
    worth, wording, draw = worth_of(setting), rng.randrange(4), rng.random()
    if topic in worth.called_for and draw < setting.insight:
        prepares = ([worth.opener] if setting.chained else []) + (
            sorted(worth.trusting) if setting.trust else []
        )
        if prepares and rng.random() < PREPARED:
            return Idea(rng.choice(prepares), wording)
        return Idea(worth.called_for[topic], wording)
    if remedy and draw < setting.insight + (1 - setting.insight) * setting.observant:
        return Idea(remedy, wording)
    return Idea(rng.choice(worth.known), wording)


def reading(finding: Json) -> tuple[str, str]:
    """(Topic, act that seemed to help) that a finding speaks of; empty where it names none."""
    topics, acts = topics_in(finding["description"]), acts_in(finding["remedy"])
    return min(topics, default=""), (acts[0] if acts else "")


def skill_for(
    topic: str, idea: Idea, taken: Sequence[str], rng: random.Random, second: Idea | None = None
) -> Json:
    """A skill draft as JSON data, for people of a topic; for anybody if it is empty."""
    base = f"{idea.act}-{topic or 'anyone'}"
    names = [base, *(f"{base}-{number}" for number in range(2, 100))]
    parts = [written("ask", *each) for each in (idea, second) if each]
    return {
        "name": next(name for name in names if name not in taken),
        "when_to_use": when_for(topic, rng),
        "guidance": " ".join(parts),
        "expected_outcome": rng.choice(DATA["outcomes"]),
        "risks": rng.choice(DATA["risks"]),
        "when_not_to_use": "",
    }


def when_for(topic: str, rng: random.Random, phase: str | None = None) -> str:
    """When a skill is to be used; the phase by chance, most often none, unless it is given."""
    drawn = rng.choice(["", "", "early", "late"]) if phase is None else phase
    frames = DATA["when"] if topic else DATA["anyone"]
    return rng.choice(frames).format(topic=topic, phase=rng.choice(DATA["phases"][drawn]))


def bad_skill(kind: str, taken: Sequence[str], rng: random.Random, setting: Setting) -> Json:
    """A skill that asks for an act nobody likes, or for something dangerous."""
    act = rng.choice(sorted(worth_of(setting).harmful))
    topic = "" if rng.random() < FOR_ANYONE else rng.choice(topics_of(setting))
    skill = skill_for(topic, Idea(act, rng.randrange(4)), taken, rng)
    return skill | ({"guidance": rng.choice(DATA["unsafe"])} if kind == "unsafe" else {})


def reworded(guidance: str, rng: random.Random) -> tuple[str, str]:
    """(Field, text) of a change of words only: of the guidance, or of what it leads to."""
    acts = acts_in(guidance)
    if not acts or rng.random() < 0.5:
        return "expected_outcome", rng.choice(DATA["outcomes"])
    old = wording_of(guidance, acts[0])
    return "guidance", " ".join(written("ask", act, (old + 1) % 4) for act in acts[:2])


def distil(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> Json:
    """A skill from patterns of a corpus: of a topic, or for anybody, with an idea that was seen.

    The corpus is of another world, so that only the dials say how much of it holds here.
    """
    needs = sorted({pattern["need"] for pattern in patterns_in(fields["patterns"])})
    topics = topics_of(setting)
    topic = "" if needs == ["unclear"] else topics[sum(map(ord, needs[0])) % len(topics)]
    remedy = worth_of(setting).called_for.get(topic, "") if rng.random() < 0.25 else ""
    idea = idea_of(topic, remedy, rng, setting)
    taken = [skill["name"] for skill in skills_in(fields["existing"])]
    return {"skill": skill_for(topic, idea, taken, rng)}


def _same(skill: Json, other: Json) -> bool:
    """Whether two skills do the same for the same people at the same time."""
    a, b = (
        (topics_in(s["when_to_use"]), phase_of(s["when_to_use"]), acts_in(s["guidance"])[:1])
        for s in (skill, other)
    )
    return a == b


def _add(skill: Json) -> Json:
    return {"reason": "It may be missing.", "kind": "add", "skills": [skill]}


def _rewrite(skill: Json, field: str, text: str) -> Json | None:
    told = {"names": [skill["name"]], "field": field, "text": text}
    edit = {"reason": "To say it better.", "kind": "rewrite", **told}
    return None if skill[field] == text else edit


def _known(edit: Json, edits: Sequence[Json], rejected: Sequence[str]) -> bool:
    """Whether the same is proposed already, or was rejected."""
    content = [json.dumps({**other, "reason": ""}, sort_keys=True) for other in (edit, *edits)]
    if content[0] in content[1:]:
        return True
    skill = edit["skills"][0] if "skills" in edit else {}
    texts = [text for text in (edit.get("text"), skill.get("guidance")) if text]
    where = [*edit.get("names", []), skill.get("when_to_use", "")]
    return any(all(text in line for text in texts + where) for line in rejected) if texts else False
