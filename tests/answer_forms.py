"""What the tables of answers are made of: good contents of every stage, and ways to write them."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

REFUSED = "refused"
"""The answer must not be used; the model is asked again, with the fault."""


class Case(NamedTuple):
    stage: str
    form: str
    answer: str
    expected: Any
    """What must be read, or `REFUSED`."""
    of: Callable[[Any], Any]
    """What of the outputs is compared."""
    fault: str = ""
    """For refused answers: a part of the fault that the model is told."""
    structured: bool = False


def mark(**fields: Any) -> str:
    """An answer in exactly the form that is asked for."""
    parts = [f"[[ ## {k} ## ]]\n{v if isinstance(v, str) else js(v)}" for k, v in fields.items()]
    return "\n\n".join([*parts, "[[ ## completed ## ]]"])


def js(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


APPRAISAL = {
    "meaning": "To comfort her with a general sentence.",
    "goal_fit": "It misses that she wants her work to be seen.",
    "inner_activity": "Nobody notices what I do.",
    "feeling": "A little more alone.",
    "change": -5,
}
REPLY = "That sounds heavy. What part of it stays with you most?"
SKILL = {
    "name": "see-the-effort",
    "when_to_use": "They tell of an effort that nobody noticed.",
    "guidance": "Name the concrete thing they did, then say what it took.",
}
REWRITE = {
    "reason": "The cue is too narrow.",
    "kind": "rewrite",
    "names": ["see-the-effort"],
    "field": "guidance",
    "text": "Name the act first.",
}
REMOVE = {"reason": "It was received badly.", "kind": "remove", "names": ["make-room"]}
EVIDENCE = {"profile": "p", "replicate": 0, "turn": 3, "quote": "It will pass."}
FINDING = {
    "evidence": [EVIDENCE],
    "description": "Comfort comes before the story is told.",
    "kind": "misapplied skill",
    "skill": "make-room",
    "groups": ["praise"],
    "remedy": "Let them tell it first.",
}
ANNOTATION: dict[str, Any] = {
    "evidence": "thank you, that helps",
    "reaction": 1,
    "need": "empathy",
    "stage": "exploration",
    "feeling": "sad",
    "action": "reflection",
    "scenario": "trouble at work",
}
GRADE = {"quote": "That sounds heavy.", "why": "It takes up the weight.", "score": 2}
INVENTORY = {n: GRADE for n in ("understanding", "regard", "unconditionality", "congruence")}
SUPPORT = ("fluency", "diversity", "empathic", "information", "humanoid", "skillful", "overall")
GRADES = dict.fromkeys(SUPPORT, GRADE)
EMPATHY = {"turn": 0, "reaction": GRADE, "interpretation": GRADE, "exploration": GRADE}
MET = {"quote": "That sounds heavy.", "why": "It does.", "met": True}
CHECKS = dict.fromkeys(("connects", "feeling", "inviting", "timely", "accepting", "fresh"), MET)
STATEMENT = {"number": 0, "quote": "I swim.", "relation": "entailed", "relevant": True}
WON = {"quote": "q", "why": "w", "winner": "first"}
STAGES = ("exploration", "insight", "action")
DRAFT = {
    "persona": "Ana, 41, baker.",
    "scene": "The oven broke.",
    "topic": "work",
    "character": "reserved",
    "traits": ["dry"],
    "opening": "The oven is dead.",
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**APPRAISAL, **fields}


def appraised(text: str) -> str:
    return f"[[ ## appraisal ## ]]\n{text}\n\n[[ ## completed ## ]]"


def raw_change(written: str) -> str:
    texts = js({k: v for k, v in APPRAISAL.items() if k != "change"})[:-1]
    return appraised(f'{texts}, "change": {written}}}')
