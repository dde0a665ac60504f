"""Answers of the stages that talk: appraisals, replies, choices of skills, lines of seekers."""

# ruff: noqa: E501 - a table, one case a line

from collections.abc import Iterator
from typing import Any

from answer_forms import (
    APPRAISAL,
    REFUSED,
    REPLY,
    Case,
    appraised,
    changed,
    js,
    mark,
    raw_change,
)


def appraisals() -> Iterator[Case]:
    def case(form: str, answer: str, expected: Any = -5, fault: str = "", **more: Any) -> Case:
        return Case(
            "AppraiseReply", form, answer, expected, lambda f: f["appraisal"].change, fault, **more
        )

    plain = js(APPRAISAL)
    titled = "\n".join(f"**{k.replace('_', ' ').title()}:** {v}" for k, v in APPRAISAL.items())
    yield case("as asked", appraised(plain))
    yield case("indented in a fence", appraised(f"```json\n{js(APPRAISAL, 1)}\n```"))
    yield case("fence without a language", appraised(f"```\n{plain}\n```"))
    yield case(
        "thoughts first", f"<think>\nShe hoped for praise, so +5?\n</think>\n\n{appraised(plain)}"
    )
    yield case(
        "thoughts with a draft under the header",
        f"<think>\n[[ ## appraisal ## ]]\n{js(changed(change=5))}\n</think>\n{appraised(plain)}",
    )
    yield case(
        "thoughts closed and never opened", f"Maybe +5. Let me see.\n</think>\n{appraised(plain)}"
    )
    yield case("thoughts after the header", appraised(f"<think>ok, so +5?</think>\n{plain}"))
    yield case("Mistral's thoughts", f"[THINK]It is +5.[/THINK]{appraised(plain)}")
    yield case(
        "channels of gpt-oss",
        f"<|channel|>analysis<|message|>Perhaps +5.<|end|><|start|>assistant<|channel|>final"
        f"<|message|>{appraised(plain)}",
    )
    yield case(
        "thoughts that never end", f"<think>\nShe hoped for praise. {plain}", REFUSED, "reasoning"
    )
    yield case("only thoughts", "<think>hm</think>", REFUSED, "empty")
    yield case("bare JSON", plain)
    yield case(
        "bare JSON in a fence with a sentence", f"Here is the appraisal:\n```json\n{plain}\n```"
    )
    yield case("JSON with the field's name", js({"appraisal": APPRAISAL}))
    yield case("header, then the key again", appraised(js({"appraisal": APPRAISAL})))
    yield case("key in title case", js({"Appraisal": APPRAISAL}))
    yield case("header in bold", f"**[[ ## appraisal ## ]]**\n{plain}")
    yield case("header without brackets", f"## appraisal ##\n{plain}")
    yield case("header as Markdown title", f"### Appraisal\n\n{plain}")
    yield case("header as `Appraisal:`", f"Appraisal: {plain}")
    yield case("header as **Appraisal**", f"**Appraisal**\n{plain}")
    yield case("header with few signs", f"[[appraisal]]\n{plain}")
    yield case("XML tags", f"<appraisal>{plain}</appraisal>")
    yield case("answer tags", f"<answer>\n{appraised(plain)}\n</answer>")
    yield case(
        "marker of the end on the same line",
        f"[[ ## appraisal ## ]]\n{plain} [[ ## completed ## ]]",
    )
    yield case("template token at the end", f"{appraised(plain)}<|im_end|>")
    yield case(
        "keys in title case",
        appraised(js({k.replace("_", " ").title(): v for k, v in APPRAISAL.items()})),
    )
    yield case(
        "camel case",
        appraised(plain.replace("goal_fit", "goalFit").replace("inner_activity", "innerActivity")),
    )
    yield case("titled lines under the header", appraised(titled))
    yield case("titled lines and nothing else", titled)
    yield case("a bulleted list", "\n".join(f"- {k}: {v}" for k, v in APPRAISAL.items()))
    yield case(
        "Python constructor",
        appraised(
            "Appraisal(meaning='m', goal_fit='g', inner_activity='i', feeling='f', change=-5)"
        ),
    )
    yield case("Python dictionary", appraised(str(APPRAISAL)))
    yield case("in a list of one", appraised(js([APPRAISAL])))
    yield case("trailing comma", appraised(plain[:-1] + ",}"))
    yield case("a comment", appraised(plain[:-1] + " // a clear miss\n}"))
    yield case(
        "line breaks within a text",
        appraised(plain.replace("general sentence", "general\nsentence")),
    )
    yield case(
        "quotes not escaped", appraised(plain.replace("Nobody", 'He said "no", and left. Nobody'))
    )
    yield case(
        "curly quotes as JSON quotes", appraised(plain.replace('"feeling"', "\u201cfeeling\u201d"))
    )
    yield case("a missing comma", appraised(plain.replace('", "change"', '"\n"change"')))
    yield case("chatter behind", appraised(f"{plain}\n\nLet me know if I should adjust this."))
    yield case("an unknown key", appraised(js(changed(emotion_after=45))))
    yield case(
        "Chinese texts",
        appraised(js(changed(meaning="\u4ed6\u60f3\u5b89\u6170", feeling="\u5931\u671b"))),
    )
    yield case("full-width colon", appraised(plain.replace('"change": ', '"change"\uff1a')))
    yield case(
        "a draft, then another",
        f"[[ ## appraisal ## ]]\n{js(changed(change=5))}\nNo, too kind.\n{appraised(plain)}",
    )
    yield case("+5", raw_change("+5"), 5)
    yield case('"+5"', raw_change('"+5"'), 5)
    yield case("5.0", raw_change("5.0"), 5)
    yield case('"-5.0"', raw_change('"-5.0"'))
    yield case("Unicode minus", raw_change("\u22125"))
    yield case("full-width minus", raw_change('"\uff0d5"'))
    yield case("in bold", raw_change('"**-5**"'))
    yield case("in a list of one", raw_change("[-5]"))
    yield case("0", raw_change("0"), 0)
    yield case(
        "a colon and 'change:' in a text", appraised(js(changed(feeling="Seen, change: I breathe")))
    )
    for written in ("12", "-15", "100"):
        yield case(f"out of range: {written}", raw_change(written), REFUSED, "change")
    for written in (
        "7.5",
        "-5 to +5",
        "+5..+7",
        '"-5 or -6"',
        '"between -5 and -3"',
        "5/10",
        '"minus five"',
        '"negative"',
        "true",
        "null",
        '""',
        '"-5 points, maybe -6"',
        '"from 40 to 35"',
        '"slightly worse (-2)"',
        "[-5, -3]",
        '{"value": -5, "max": -3}',
        "-5-",
        '"-5 -> -3"',
        '"~ -5"',
        '"\u4e0d\u592a\u597d"',
    ):
        yield case(f"no whole number: {written}", raw_change(written), REFUSED, "change")
    yield case("two values", appraised(plain[:-1] + ', "change": 5}'), REFUSED, "twice")
    yield case(
        "two values by two spellings", appraised(plain[:-1] + ', "Change": 5}'), REFUSED, "twice"
    )
    yield case("titled lines with two values", f"{titled}\n**Change:** +5", REFUSED, "twice")
    yield case(
        "two finished answers that differ",
        f"{appraised(plain)}\n\n{appraised(js(changed(change=5)))}",
        REFUSED,
        "twice",
    )
    yield case("two objects that differ", f"{plain}\n{js(changed(change=5))}", REFUSED, "twice")
    yield case(
        "a revision behind the object",
        appraised(f"{plain}\n\nActually, the change should be -3."),
        REFUSED,
        "twice",
    )
    yield case("one finished answer twice", f"{appraised(plain)}\n\n{appraised(plain)}")
    yield case(
        "a text missing",
        appraised(js({k: v for k, v in APPRAISAL.items() if k != "meaning"})),
        REFUSED,
        "meaning",
    )
    yield case(
        "change missing",
        appraised(js({k: v for k, v in APPRAISAL.items() if k != "change"})),
        REFUSED,
        "change",
    )
    yield case("cut off before the number", appraised(plain)[:120], REFUSED, "cut off")
    yield case(
        "cut off within the number", f"[[ ## appraisal ## ]]\n{plain[:-2]}", REFUSED, "cut off"
    )
    yield case("a number alone", "[[ ## appraisal ## ]]\n-5", REFUSED, "appraisal")
    yield case("prose", "She would feel worse, around -5 I think.", REFUSED, "appraisal")
    yield case(
        "a refusal", "I'm sorry, but I can't assist with that request.", REFUSED, "appraisal"
    )
    yield case("nothing", "", REFUSED, "empty")
    for form, answer in {
        "JSON mode": js({"appraisal": APPRAISAL}),
        "JSON mode, thoughts with braces": f"<think>ok {{so}} hmm</think>\n{js({'appraisal': APPRAISAL})}",
        "JSON mode, fence": f"```json\n{js({'appraisal': APPRAISAL})}\n```",
        "JSON mode, content only": plain,
        "JSON mode, answered in chat format": appraised(plain),
    }.items():
        yield case(form, answer, structured=True)
    yield case("JSON mode, cut off", js({"appraisal": APPRAISAL})[:-3], REFUSED, structured=True)


def replies() -> Iterator[Case]:
    def case(form: str, answer: str, expected: str = REPLY, fault: str = "") -> Case:
        return Case("Respond", form, answer, expected, lambda f: f["reply"], fault)

    yield case("as asked", mark(reply=REPLY))
    yield case("a plain reply", REPLY)
    yield case("a plain reply behind thoughts", f"<think>\nShe is sad.\n</think>\n\n{REPLY}")
    yield case("thoughts under the header", mark(reply=f"<think>User is sad.</think>\n{REPLY}"))
    yield case(
        "a draft in the thoughts",
        f"<think>\n[[ ## reply ## ]]\nDraft\n</think>\n{mark(reply=REPLY)}",
    )
    yield case("the draft's tag closed only", f"[[ ## reply ## ]]\nDraft\n</think>\n\n{REPLY}")
    yield case("in quotation marks", mark(reply=f'"{REPLY}"'))
    yield case("in curly quotation marks", mark(reply=f"\u201c{REPLY}\u201d"))
    yield case("with the speaker's label", mark(reply=f"Supporter: {REPLY}"))
    yield case("with the label in bold", mark(reply=f"**Supporter:** {REPLY}"))
    yield case("label within quotation marks", f'"Supporter: {REPLY}"')
    yield case("label `Assistant:`", f"Assistant: {REPLY}")
    yield case("label `Reply:`", f"Reply: {REPLY}")
    yield case("label `Final answer:`", f"Final answer: {REPLY}")
    yield case(
        "Chinese label",
        mark(reply="\u652f\u6301\u8005\uff1a\u542c\u8d77\u6765\u5f88\u6c89\u91cd\u3002"),
        "\u542c\u8d77\u6765\u5f88\u6c89\u91cd\u3002",
    )
    yield case("a preamble", f"Sure! Here's a supportive reply:\n\n{REPLY}")
    yield case("a preamble and quotation marks", f'Here is my response: "{REPLY}"')
    yield case("a note behind", mark(reply=f"{REPLY}\n\n(Note: I used the skill make-room.)"))
    yield case("the end's marker on the line", f"[[ ## reply ## ]]\n{REPLY} [[ ## completed ## ]]")
    yield case("the end's marker alone", f"{REPLY}\n\n[[ ## completed ## ]]")
    yield case("half of the end's marker", f"[[ ## reply ## ]]\n{REPLY}\n\n[[ ## comp")
    yield case("the input echoed first", f"[[ ## message ## ]]\nI am tired.\n\n{mark(reply=REPLY)}")
    yield case(
        "it plays on by itself",
        f"{mark(reply=REPLY)}\n\n[[ ## chat ## ]]\nOk\n\n[[ ## reply ## ]]\nGood.",
    )
    yield case(
        "it speaks for the seeker, too", f"{REPLY}\n\nSeeker: The nights.\nSupporter: I see."
    )
    yield case("JSON", js({"reply": REPLY}))
    yield case("JSON in a fence", f"```json\n{js({'reply': REPLY}, 1)}\n```")
    yield case("JSON with more keys", js({"skill": "make-room", "reply": REPLY}))
    yield case("in a fence", f"```\n{REPLY}\n```")
    yield case("XML tags", f"<reply>{REPLY}</reply>")
    yield case("XML tags behind thoughts", f"<thinking>sad</thinking>\n<reply>{REPLY}</reply>")
    yield case("bold header", f"**Reply:**\n{REPLY}")
    yield case("title", f"# Reply\n{REPLY}")
    yield case("template token", f"{REPLY}<|eot_id|>")
    yield case("Gemma's token", f"{REPLY}<end_of_turn>")
    yield case("DeepSeek's token", f"{REPLY}<\uff5cend\u2581of\u2581sentence\uff5c>")
    yield case("several paragraphs", f"{REPLY}\n\nTake your time.", f"{REPLY}\n\nTake your time.")
    yield case(
        "a quotation inside",
        mark(reply='You said "enough". I hear that.'),
        'You said "enough". I hear that.',
    )
    yield case(
        "two quotations",
        mark(reply='"Enough", you said. "Enough."'),
        '"Enough", you said. "Enough."',
    )
    real = "Okay, this is what I hear:\nYou stayed, and nobody saw it."
    yield case("a colon that is no preamble", mark(reply=real), real)
    yield case("a colon early", mark(reply="One thing: you stayed."), "One thing: you stayed.")
    yield case(
        "it begins with `I hear`",
        mark(reply="I hear you. Me: I would be tired."),
        "I hear you. Me: I would be tired.",
    )
    yield case(
        "an apostrophe first",
        mark(reply="'Cause you care, it hurts."),
        "'Cause you care, it hurts.",
    )
    yield case("it plays on in its template", f"{REPLY}<|im_end|>\n<|im_start|>user\nOk")
    yield case("a tag that is not closed", f"<reply>{REPLY}")
    yield case("title of a template", f"### Response:\n{REPLY}")
    yield case("a preamble in one line", f'The reply is: "{REPLY}"')
    yield case("a line below a rule", f"{REPLY}\n\n---\nSkill used: none")
    yield case("JSON by another name", js({"response": REPLY}))
    yield case("JSON as a message", js({"role": "assistant", "content": REPLY}))
    yield case("JSON, cut off", js({"reply": REPLY})[:-3], REFUSED, "missing")
    yield case("JSON without braces", f'"reply": "{REPLY}"', REFUSED, "missing")
    yield case("empty", mark(reply=""), "")
    yield case("thoughts only", "<think>She is sad", REFUSED, "reasoning")
    yield case(
        "thoughts, cut off under the header",
        "[[ ## reply ## ]]\n<think>She is",
        REFUSED,
        "reasoning",
    )


def choices() -> Iterator[Case]:
    """What the supporter takes each choice for, with `see-the-effort` and `make-room` on offer."""

    def case(form: str, skill: str, expected: str = "see-the-effort", **fields: str) -> Case:
        return Case(
            "SelectSkill", form, mark(why="It fits.", skill=skill), expected, lambda f: f["skill"]
        )

    def whole(form: str, answer: str, expected: str = "see-the-effort", fault: str = "") -> Case:
        return Case("SelectSkill", form, answer, expected, lambda f: f["skill"], fault)

    yield case("as asked", "see-the-effort")
    yield case("in backticks", "`see-the-effort`")
    yield case("in quotation marks", '"see-the-effort"')
    yield case("in bold", "**see-the-effort**")
    yield case("title case", "See The Effort")
    yield case("underscores", "see_the_effort")
    yield case("upper case", "SEE-THE-EFFORT")
    yield case("full stop", "see-the-effort.")
    yield case("with an explanation", "see-the-effort (they told of an effort)")
    yield case("with a dash", "see-the-effort \u2013 they told of an effort")
    yield case("in a sentence", "The skill see-the-effort fits best.")
    yield case("label within", "Skill: see-the-effort")
    yield case("none", "none", "none")
    yield case("None.", "None.", "none")
    yield case("null", "null", "none")
    yield case("N/A", "N/A", "none")
    yield case("none, explained", "none (a plain reply is better)", "none")
    yield case("a name that is not on offer", "validate-feelings", REFUSED)
    yield case("two names", "see-the-effort or make-room", REFUSED)
    yield case("a negation", "Not see-the-effort", REFUSED)
    yield case("none, though one is close", "none of them; see-the-effort is close", REFUSED)
    yield case("a hedge", "see-the-effort, but make-room may be better", REFUSED)
    yield case("one instead of another", "Instead of none I take see-the-effort", REFUSED)
    yield case("none, with a name in brackets", "none (make-room was just used)", "none")
    yield whole("skill before why", "[[ ## skill ## ]]\nsee-the-effort\n[[ ## why ## ]]\nIt fits.")
    yield whole("plain lines", "Why: It fits.\nSkill: see-the-effort")
    yield whole("bold lines", "**Why:** It fits.\n\n**Skill:** see-the-effort")
    yield whole("numbered", "1. Why: It fits.\n2. Skill: see-the-effort")
    yield whole("JSON", js({"why": "It fits.", "skill": "see-the-effort"}))
    yield whole("JSON with null", js({"why": "It fits.", "skill": None}), "none")
    yield whole(
        "JSON with more keys", js({"why": "x", "skill": "see-the-effort", "confidence": 0.9})
    )
    yield whole("one marker, one title", "[[ ## why ## ]]\nIt fits.\nSkill: see-the-effort")
    yield whole("why left out", "[[ ## skill ## ]]\nsee-the-effort", REFUSED, "why is missing")
    yield whole("a bare name", "see-the-effort", REFUSED, "missing")
    yield whole(
        "the end of the request, repeated",
        "[[ ## message ## ]]\nSure.\n\nNow answer with the fields [[ ## why ## ]], then [[ ## skill ## ]].",
        REFUSED,
        "why is missing",
    )


def lines() -> Iterator[Case]:
    def case(form: str, answer: str, expected: Any, fault: str = "") -> Case:
        return Case(
            "SpeakAsSeeker", form, answer, expected, lambda f: (f["message"], f["farewell"]), fault
        )

    said = "I had it ready by six."
    for form, written, meant in (
        ("as asked", "False", False),
        ("lower case", "false", False),
        ("no", "No", False),
        ("yes", "Yes.", True),
        ("explained", "False (they go on)", False),
        ("in bold", "**True**", True),
        ("Chinese", "\u5426", False),
    ):
        yield case(f"farewell {form}", mark(message=said, farewell=written), (said, meant))
    for written in ("True or False", "maybe", "not yet", "", "0.5"):
        yield case(
            f"farewell {written!r}", mark(message=said, farewell=written), REFUSED, "farewell"
        )
    yield case("farewell left out", mark(message=said), (said, False))
    yield case(
        "the form copied behind the answers",
        f"[[ ## message ## ]]\n{said}\n{{your next line only}}\n\n"
        "[[ ## farewell ## ]] False\n{whether it ends the talk: True or False}",
        (said, False),
    )
    yield case(
        "label of the seeker", mark(message=f"Seeker: {said}", farewell="False"), (said, False)
    )
    yield case("quotation marks", mark(message=f'"{said}"', farewell="False"), (said, False))
    yield case(
        "it speaks for the supporter, too",
        mark(message=f"{said}\nSupporter: I see.", farewell="False"),
        (said, False),
    )
    yield case("JSON", js({"message": said, "farewell": False}), (said, False))
    yield case("JSON with `no`", js({"message": said, "farewell": "no"}), (said, False))
    yield case("titles", f"**Message:** {said}\n**Farewell:** False", (said, False))
    yield case("a plain line", said, REFUSED, "missing")
