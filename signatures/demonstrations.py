"""Worked examples of the stages in which small models go astray without one; all invented."""

from typing import Any

from .dialogue import Turn
from .edit_drafts import EditDraft, NewSkill
from .mining import Pattern, SkillSummary
from .reflection import SkillCredit
from .rollouts import Evidence, Finding
from .skills import SelectionPolicy, SkillDraft
from .units import ExchangeAnnotation

_ANNOTATED: dict[str, Any] = {
    "situation": "My flatmate moved out without a word.",
    "context": [
        Turn(
            speaker="seeker", text="Six years, and then just an empty room and a key on the table."
        )
    ],
    "support": "Not even a goodbye. That must leave you feeling rather worthless.",
    "labelled_strategy": "Reflection of feelings",
    "reaction": "Worthless, yes. I hadn't said that to anybody. I keep checking whether he wrote.",
    "rating": 4,
    "annotation": ExchangeAnnotation(
        evidence="Worthless, yes. I hadn't said that to anybody.",
        reaction=2,
        need="empathy",
        stage="exploration",
        feeling="abandoned",
        action="reflection",
        scenario="a flatmate left without a word",
    ),
}

_DISTILLED: dict[str, Any] = {
    "patterns": [
        Pattern(
            need="side",
            means="to hear that they did nothing wrong",
            stage="exploration",
            action="affirmation",
            good=9,
            bad=1,
            examples=(
                "seeker: They say I overreacted.\nsupporter: Anyone would be angry at that. You "
                "stood up for your mother.\nseeker: Thank you. Nobody has said that yet.",
            ),
        ),
        Pattern(
            need="side",
            means="to hear that they did nothing wrong",
            stage="exploration",
            action="balanced-view",
            good=1,
            bad=7,
            examples=(
                "seeker: So I am the bad one now.\nsupporter: They may have had reasons, too."
                "\nseeker: Forget it.",
            ),
        ),
    ],
    "existing": [
        SkillSummary(
            name="put-feelings-into-words",
            when_to_use="At the start, when they tell what happened and name no feeling.",
            guidance="Name the feeling behind their words in one sentence, as a guess.",
        )
    ],
    "skill": NewSkill(
        when_to_use="Early on, when they defend what they did or repeat that others blame them.",
        guidance=(
            "First say that their reaction was understandable after what was done to them. Then "
            "name the good reason that they had for it, in their own terms."
        ),
        when_not_to_use="When they ask themselves whether they went too far.",
        expected_outcome="They stop defending themselves and tell more.",
        risks="Explaining the others at this point sounds like taking their side.",
        name="stand-by-them",
    ),
}

_LOST = (
    "[2] seeker: I sat up with her all night and she never even noticed. | supporter "
    "(none): Have you tried to talk to her about it? | emotion 40 -> 33 | Advice, when I "
    "wanted somebody to see what I did. Invisible."
)
_PROPOSED: dict[str, Any] = {
    "skills": [
        SkillDraft(
            name="look-ahead",
            when_to_use="When they talk about the future.",
            guidance="Ask which small step would feel right to them this week.",
        )
    ],
    "policy": SelectionPolicy(),
    "room": "1 skill, 12 of 3000 tokens; what is beyond them is offered only where it is near to "
    "what the seeker says",
    "credit": [SkillCredit(skill="look-ahead", uses=14, mean_change=-1.2, lift=-2.6)],
    "findings": [
        Finding(
            evidence=(
                Evidence(profile="ida", replicate=0, turn=2, quote="Have you tried to talk to her"),
            ),
            description="Those who tell of an effort get advice and turn away.",
            groups=("praise",),
            kind="missing skill",
            remedy="Name what they did and what it took.",
        ),
        Finding(
            description="The question for a next step comes while the story is still told.",
            skill="look-ahead",
            kind="misapplied skill",
            remedy="Wait until they ask what to do.",
        ),
    ],
    "lost": [_LOST],
    "won": ["[6] seeker: So what now? | supporter (look-ahead): Which small step would feel right "
            "to you? | emotion 52 -> 58 | That I can answer. Lighter."],
    "accepted": [],
    "rejected": ["rewrite guidance of look-ahead: Suggest a step. -> -2.1 points in 9 replies"],
    "limit": 2,
    "edits": [
        EditDraft(
            reason="First finding: no skill answers an effort that nobody saw.",
            kind="add",
            skills=(
                NewSkill(
                    when_to_use=(
                        "At any stage, when they tell of something that they did for others and "
                        "that nobody noticed."
                    ),
                    guidance="Name the concrete thing that they did, then say what it took.",
                    when_not_to_use="When they ask what to do next.",
                    name="see-what-they-did",
                ),
            ),
        ),
        EditDraft(
            reason="Second finding: the move helps (won), but its cue is too wide.",
            kind="rewrite",
            names=("look-ahead",),
            field="when_to_use",
            text="In action, when they ask what to do now or say what they want to change.",
        ),
    ],
}  # fmt: skip

_OF_STAGE: dict[str, tuple[dict[str, Any], ...]] = {
    "AnnotateExchange": (_ANNOTATED,),
    "DistilSkill": (_DISTILLED,),
    "ProposeEdits": (_PROPOSED,),
}


def demonstrations(stage: str) -> tuple[dict[str, Any], ...]:
    """The worked examples of a stage, by the name of its signature: inputs and outputs."""
    return _OF_STAGE.get(stage, ())
