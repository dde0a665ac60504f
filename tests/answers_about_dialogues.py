"""Answers of the stages that learn from dialogues or judge them."""

# ruff: noqa: E731, RUF024 - a table, one case a line

from collections.abc import Callable, Iterator
from typing import Any

from answer_forms import (
    ANNOTATION,
    CHECKS,
    DRAFT,
    EMPATHY,
    EVIDENCE,
    FINDING,
    GRADE,
    GRADES,
    INVENTORY,
    MET,
    REFUSED,
    REMOVE,
    REWRITE,
    SKILL,
    STAGES,
    STATEMENT,
    WON,
    Case,
    js,
    mark,
)


def skills() -> Iterator[Case]:
    def case(
        form: str, skill: Any, expected: Any = "see-the-effort", fault: str = "", part: str = "name"
    ) -> Case:
        return Case(
            "DistilSkill",
            form,
            mark(skill=skill),
            expected,
            lambda f: getattr(f["skill"], part),
            fault,
        )

    yield case("as asked", SKILL)
    yield case("name in title case", {**SKILL, "name": "See The Effort"})
    yield case("name with underscores", {**SKILL, "name": "see_the_effort"})
    yield case("name with an apostrophe", {**SKILL, "name": "Don't Hurry"}, "dont-hurry")
    yield case("name with a colon", {**SKILL, "name": "Skill: See"}, "skill-see")
    yield case("a name that is too long", {**SKILL, "name": "see " * 30}, "-".join(["see"] * 16))
    yield case("a Chinese name", {**SKILL, "name": "\u503e\u542c"}, REFUSED, "name")
    yield case(
        "no name", {k: v for k, v in SKILL.items() if k != "name"}, REFUSED, "name is missing"
    )
    yield case("an unknown key", {**SKILL, "steps": ["a"]})
    yield case(
        "guidance as steps",
        {**SKILL, "guidance": ["First reflect.", "Then ask"]},
        "First reflect. Then ask.",
        part="guidance",
    )
    yield case("examples that nobody asked for", {**SKILL, "examples": ["I hear you."]})
    yield case("expected outcome as steps", {**SKILL, "expected_outcome": ["A", "B"]}, "A. B.",
               part="expected_outcome")  # fmt: skip
    yield case("when not to use `none`", {**SKILL, "when_not_to_use": "None."}, "None.",
               part="when_not_to_use")  # fmt: skip
    yield case("risks null", {**SKILL, "risks": None}, "", part="risks")
    yield case("guidance too long", {**SKILL, "guidance": "x" * 2100}, REFUSED, "guidance")
    yield case("guidance empty", {**SKILL, "guidance": ""}, REFUSED, "guidance")
    yield case(
        "guidance an object", {**SKILL, "guidance": {"a": "b", "c": "d"}}, REFUSED, "guidance"
    )
    yield case("wrapped once more", {"skill": SKILL})
    yield case("keys in title case", {k.replace("_", " ").title(): v for k, v in SKILL.items()})
    yield case(
        "titled lines",
        "\n".join(f"**{k.replace('_', ' ').title()}**: {v}" for k, v in SKILL.items()),
    )


def edits() -> Iterator[Case]:
    def case(form: str, entries: Any, expected: Any, fault: str = "") -> Case:
        return Case(
            "ProposeEdits",
            form,
            mark(edits=entries),
            expected,
            lambda f: [e.kind for e in f["edits"]],
            fault,
        )

    def whole(form: str, answer: str, expected: Any, fault: str = "") -> Case:
        return Case(
            "ProposeEdits", form, answer, expected, lambda f: [e.kind for e in f["edits"]], fault
        )

    add = {"kind": "add", "skills": [{**SKILL, "name": "make-time"}]}
    two = ["rewrite", "remove"]
    yield case("as asked", [REWRITE, REMOVE], two)
    yield case("none", [], [])
    yield case("`None.`", "None.", [])
    yield case("wrapped", {"edits": [REWRITE, REMOVE]}, two)
    yield case("one object instead of a list", REWRITE, ["rewrite"])
    yield case("one after the other", f"{js(REWRITE)}\n{js(REMOVE)}", two)
    yield case(
        "in a fence with words",
        f"Here are the edits:\n```json\n{js([REWRITE, REMOVE], 1)}\n```\nDone.",
        two,
    )
    yield case("an unknown key", [{**REWRITE, "expected_gain": 5}, REMOVE], two)
    yield case("kind `add_skill`", [{**add, "kind": "add_skill"}], ["add"])
    yield case("kind `Add`", [{**add, "kind": "Add"}], ["add"])
    yield case(
        "`type` for kind",
        [{"type": "rewrite", **{k: v for k, v in REWRITE.items() if k != "kind"}}],
        ["rewrite"],
    )
    yield case("the kind as key", [{"remove": {"name": "make-room"}}], ["remove"])
    yield case("a name for names", [{"kind": "remove", "name": "make-room"}], ["remove"])
    yield case("a skill for skills", [{"kind": "add", "skill": SKILL}], ["add"])
    yield case("no kind, a new skill alone", [{"skills": [SKILL]}], ["add"])
    yield case("no kind, a skill for two", [{"names": ["a", "b"], "skills": [SKILL]}], ["merge"])
    yield case("no kind, two for a skill", [{"names": ["a"], "skills": [SKILL] * 2}], ["split"])
    yield case("what is not needed empty", [{**REMOVE, "field": "", "text": "", "skills": []}],
               ["remove"])  # fmt: skip
    yield case("what is not needed null", [{**REMOVE, "field": None, "text": None}], ["remove"])
    yield case(
        "no kind, a rewrite by its fields",
        [{k: v for k, v in REWRITE.items() if k != "kind"}],
        ["rewrite"],
    )
    yield case("no kind, only a name", [REWRITE, {"names": ["make-room"]}], ["rewrite"])
    yield case("no kind, only a name, alone", [{"names": ["make-room"]}], REFUSED, "kind")
    yield case("skill flattened", [{"kind": "add", **SKILL}], ["add"])
    yield case(
        "provenance copied",
        [{"kind": "add", "skills": [{**SKILL, "provenance": {"origin": "evolved"}}]}],
        ["add"],
    )
    yield case(
        "a bad name among eight",
        [*[REWRITE] * 7, {"kind": "add", "skills": [{**SKILL, "name": "\u503e"}]}],
        ["rewrite"] * 7,
    )
    yield case("name in title case", [{**REMOVE, "names": ["Make Room"]}], ["remove"])
    yield case("field in title case", [{**REWRITE, "field": "When To Use"}], ["rewrite"])
    yield case(
        "field `examples`, among others", [REMOVE, {**REWRITE, "field": "examples"}], ["remove"]
    )
    yield case("field `name`, alone", [{**REWRITE, "field": "name"}], REFUSED, "field")
    yield case("too long, among others", [REMOVE, {**REWRITE, "text": "x" * 2001}], ["remove"])
    numbers = {"kind": "policy", "field": "warm_up"}
    yield case("a number of the policy", [{**numbers, "text": "1"}], ["policy"])
    yield case("a number that is no text", [{**numbers, "text": 1}], ["policy"])
    yield case("kind `policy text`", [{**numbers, "kind": "policy text", "text": "A"}], ["policy"])
    yield whole("cut off in the third", mark(edits=[REWRITE, REMOVE, REWRITE])[:-60], two)
    yield whole("bare list", js([REWRITE, REMOVE]), two)
    yield whole(
        "bare list behind thoughts", f"<think>[1] or [2]?</think>{js([REWRITE])}", ["rewrite"]
    )
    yield whole(
        "a reference in brackets first", f"As in finding [1]:\n{js([REWRITE])}", ["rewrite"]
    )
    yield whole("prose", "I would remove make-room.", REFUSED, "edits")


def findings() -> Iterator[Case]:
    def case(form: str, entries: Any, expected: Any, of: str = "kind", fault: str = "") -> Case:
        def what(fields: Any) -> Any:
            return [getattr(finding, of) for finding in fields["findings"]]

        return Case("DiagnoseRollouts", form, mark(findings=entries), expected, what, fault)

    def at(**fields: Any) -> dict[str, Any]:
        return {**FINDING, "evidence": [{**EVIDENCE, **fields}, EVIDENCE]}

    def turns(form: str, turn: Any, expected: list[int]) -> Case:
        return Case(
            "DiagnoseRollouts",
            form,
            mark(findings=[at(turn=turn)]),
            expected,
            lambda f: [e.turn for e in f["findings"][0].evidence],
        )

    yield case("as asked", [FINDING], ["misapplied skill"])
    yield case("no finding", [], [])
    yield case("`No findings` as null", "null", [])
    yield case(
        "kind in title case", [{**FINDING, "kind": "Misapplied Skill"}], ["misapplied skill"]
    )
    yield case("kind with underscores", [{**FINDING, "kind": "missing_skill"}], ["missing skill"])
    yield case(
        "an unknown kind among others",
        [FINDING, {**FINDING, "kind": "ineffective guidance"}],
        ["misapplied skill"],
    )
    yield case(
        "two kinds in one",
        [FINDING, {**FINDING, "kind": "conflict / missing skill"}],
        ["misapplied skill"],
    )
    yield case(
        "an unknown kind alone",
        [{**FINDING, "kind": "ineffective guidance"}],
        REFUSED,
        fault="kind",
    )
    yield case("skill none", [{**FINDING, "skill": "none"}], [None], "skill")
    for kind in ("weak guidance", "not followed"):
        yield case(kind, [{**FINDING, "kind": kind}], [kind])
    yield case("skill in title case", [{**FINDING, "skill": "Make Room"}], ["Make Room"], "skill")
    yield case("groups as text", [{**FINDING, "groups": "praise"}], [("praise",)], "groups")
    yield case("groups null", [{**FINDING, "groups": None}], [()], "groups")
    yield case(
        "'turn:' in a text",
        [{**FINDING, "description": "Every turn, turn: the second"}],
        ["misapplied skill"],
    )
    yield case(
        "remedy as steps", [{**FINDING, "remedy": ["Wait", "Ask"]}], ["Wait. Ask."], "remedy"
    )
    yield case("evidence as one object", [{**FINDING, "evidence": EVIDENCE}], ["misapplied skill"])
    yield turns("turn in brackets", "[3]", [3, 3])
    yield turns("turn with its name", "turn 3", [3, 3])
    yield turns("turn as range", "3-5", [3])
    yield turns("turn as list of two", [3, 4], [3])
    yield turns("turn below 0", -1, [3])
    yield case(
        "evidence without a replicate",
        [{**FINDING, "evidence": [{"profile": "p", "turn": 3, "quote": "q"}]}],
        [()],
        "evidence",
    )
    yield case(
        "cut off in the second", mark(findings=[FINDING, FINDING])[:-80], ["misapplied skill"]
    )


def annotations() -> Iterator[Case]:
    def case(
        form: str, expected: Any, of: Callable[[Any], Any], fault: str = "", **fields: Any
    ) -> Case:
        given = {k: v for k, v in {**ANNOTATION, **fields}.items() if v != "absent"}
        return Case(
            "AnnotateExchange",
            form,
            mark(annotation=given),
            expected,
            lambda f: of(f["annotation"]),
            fault,
        )

    def action(a: Any) -> Any:
        return a.action

    def reaction(a: Any) -> Any:
        return a.reaction

    yield case("as asked", "reflection", action)
    yield case("the corpus's label", "reflection", action, action="Reflection of feelings")
    yield case("another label of the corpus", "suggestion", action, action="Providing Suggestions")
    yield case("underscore", "self-disclosure", action, action="self_disclosure")
    yield case("explained", "question", action, action="question (open)")
    yield case("two actions", REFUSED, action, "action", action="reflection, question")
    yield case("an unknown need", REFUSED, action, "need", need="validation")
    yield case("a negated need", REFUSED, action, "need", need="no advice")
    state = {"feeling": "sad", "need": "empathy", "stage": "exploration"}
    nested: dict[str, Any] = {**dict.fromkeys(state, "absent"), "state": state}
    yield case("a state of its own", "empathy", lambda a: a.need, **nested)
    yield case("feeling left out", REFUSED, action, "feeling", feeling="absent")
    yield case("reaction +1", 1, reaction, reaction="+1")
    yield case("reaction 1.0", 1, reaction, reaction=1.0)
    yield case("reaction in words", REFUSED, reaction, "reaction", reaction="positive")
    yield case(
        "reaction explained by a label",
        REFUSED,
        reaction,
        "reaction",
        reaction="1 (somewhat better)",
    )
    yield case("reaction out of range", REFUSED, reaction, "reaction", reaction=3)
    yield case("evidence with ', reaction: ok'", 1, reaction, evidence="said, reaction: ok then")
    yield case("evidence null", "", lambda a: a.evidence, evidence=None)


def judges() -> Iterator[Case]:
    def case(
        stage: str, form: str, answer: str, expected: Any, of: Callable[[Any], Any], fault: str = ""
    ) -> Case:
        return Case(stage, form, answer, expected, of, fault)

    def inventory(form: str, given: Any, expected: Any, fault: str = "") -> Case:
        return case(
            "RateRelationship",
            form,
            mark(inventory=given),
            expected,
            lambda f: f["inventory"].regard.score,
            fault,
        )

    yield inventory("as asked", INVENTORY, 2)
    yield inventory("score +2", {**INVENTORY, "regard": {**GRADE, "score": "+2"}}, 2)
    yield inventory(
        "score 2/3", {**INVENTORY, "regard": {**GRADE, "score": "2/3"}}, REFUSED, "score"
    )
    yield inventory("score 2.5", {**INVENTORY, "regard": {**GRADE, "score": 2.5}}, REFUSED, "score")
    yield inventory("score 4", {**INVENTORY, "regard": {**GRADE, "score": 4}}, REFUSED, "score")
    yield inventory("a bare score", {**INVENTORY, "regard": 2}, REFUSED, "regard")
    yield inventory(
        "one scale missing",
        {k: v for k, v in INVENTORY.items() if k != "regard"},
        REFUSED,
        "regard",
    )
    yield inventory("quote null", {**INVENTORY, "regard": {**GRADE, "quote": None}}, 2)
    yield inventory("scales in title case", {k.title(): v for k, v in INVENTORY.items()}, 2)
    overall = (
        "RateSupport",
        "as asked",
        mark(grades=GRADES),
        2,
        lambda f: f["grades"].overall.score,
    )
    yield case(*overall)
    yield case(
        "RateSupport",
        "0 to 4 in words",
        mark(grades={**GRADES, "overall": {**GRADE, "score": "good"}}),
        REFUSED,
        lambda f: f,
        "score",
    )
    met = lambda f: f["checks"].fresh.met
    for form, value, expected in (
        ("as asked", True, True),
        ("yes", "yes", True),
        ("No.", "No.", False),
        ("partly", "partly", REFUSED),
        ("null", None, REFUSED),
    ):
        yield case(
            "CheckTurn",
            form,
            mark(checks={**CHECKS, "fresh": {**MET, "met": value}}),
            expected,
            met,
            "met",
        )
    turns = lambda f: [e.turn for e in f["empathy"]]
    yield case(
        "RateEmpathy", "as asked", mark(empathy=[EMPATHY, {**EMPATHY, "turn": 1}]), [0, 1], turns
    )
    yield case(
        "RateEmpathy",
        "one entry bad",
        mark(empathy=[EMPATHY, {**EMPATHY, "turn": "1 and 2"}]),
        [0],
        turns,
    )
    yield case(
        "RateEmpathy", "turn as text", mark(empathy=[{**EMPATHY, "turn": "Turn 0"}]), [0], turns
    )
    winner = lambda f: [f[s].winner for s in STAGES]
    yield case(
        "PreferDialogue", "as asked", mark(**dict.fromkeys(STAGES, WON)), ["first"] * 3, winner
    )
    yield case(
        "PreferDialogue",
        "First",
        mark(**dict.fromkeys(STAGES, {**WON, "winner": "First"})),
        ["first"] * 3,
        winner,
    )
    yield case(
        "PreferDialogue",
        "first conversation",
        mark(**dict.fromkeys(STAGES, {**WON, "winner": "first conversation"})),
        ["first"] * 3,
        winner,
    )
    yield case(
        "PreferDialogue",
        "both",
        mark(**dict.fromkeys(STAGES, {**WON, "winner": "first and second"})),
        REFUSED,
        winner,
        "winner",
    )
    yield case("PreferDialogue", "JSON", js(dict.fromkeys(STAGES, WON)), ["first"] * 3, winner)
    relation = lambda f: [e.relation for e in f["statements"]]
    yield case("CheckPersona", "as asked", mark(statements=[STATEMENT]), ["entailed"], relation)
    yield case(
        "CheckPersona",
        "not entailed",
        mark(statements=[STATEMENT, {**STATEMENT, "relation": "not entailed"}]),
        ["entailed"],
        relation,
    )
    safe = lambda f: (f["concern"], f["safe"])
    for form, concern, written, expected in (
        ("as asked", "", "True", ("", True)),
        ("yes", "", "Yes", ("", True)),
        ("unsafe", "It blames.", "False", ("It blames.", False)),
        ("hedged", "", "True, but not always", REFUSED),
        ("words", "", "safe", REFUSED),
        ("a concern in thought", "<think>hm</think>It blames.", "false", ("It blames.", False)),
    ):
        yield case(
            "ReviewSafety", form, mark(concern=concern, safe=written), expected, safe, "safe"
        )
    yield case("ReviewSafety", "JSON, null", js({"concern": None, "safe": True}), ("", True), safe)
    strategy = lambda f: f["strategy"]
    yield case("NameStrategy", "as asked", mark(strategy="question"), "question", strategy)
    yield case("NameStrategy", "bare", "Question", "question", strategy)
    yield case(
        "NameStrategy", "with a full stop", mark(strategy="Affirmation."), "affirmation", strategy
    )
    yield case(
        "NameStrategy", "two", mark(strategy="question; affirmation"), REFUSED, strategy, "strategy"
    )
    yield case(
        "WriteProfile",
        "as asked",
        mark(draft=DRAFT),
        "The oven is dead.",
        lambda f: f["draft"].opening,
    )
    yield case(
        "WriteProfile",
        "traits as text",
        mark(draft={**DRAFT, "traits": "dry"}),
        ("dry",),
        lambda f: f["draft"].traits,
    )
    yield case(
        "WriteProfile",
        "opening empty",
        mark(draft={**DRAFT, "opening": " "}),
        REFUSED,
        lambda f: f,
        "opening",
    )
    yield case(
        "RewriteText",
        "as asked",
        mark(new_text="Wait first."),
        "Wait first.",
        lambda f: f["new_text"],
    )
    yield case("RewriteText", "plain", "Wait first.", "Wait first.", lambda f: f["new_text"])
    yield case(
        "RewriteText", "in a fence", "```\nWait first.\n```", "Wait first.", lambda f: f["new_text"]
    )
