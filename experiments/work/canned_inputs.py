"""Inputs for every stage, small enough that a person can read the whole prompt."""

from typing import Any

from esc_skills.programs.learning.editor import room
from esc_skills.signatures.dialogue import Chat, Turn
from esc_skills.signatures.edits import AddSkill, in_words
from esc_skills.signatures.judging.reading import Said
from esc_skills.signatures.mining import Pattern, SkillSummary
from esc_skills.signatures.person_writing import PersonBrief, PersonDraft
from esc_skills.signatures.profile_writing import ExamplePerson
from esc_skills.signatures.reflection import RolloutDigest, SkillCredit
from esc_skills.signatures.rollouts import Evidence, Finding
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill, SkillDraft
from esc_skills.signatures.support import SkillCard, SkillNote

HISTORY = [
    Turn(speaker="seeker", text="I had the whole ward ready by six. Nobody said a word."),
    Turn(speaker="supporter", text="That sounds lonely."),
]
SAID = [Said(turn=0, seeker="Nobody said a word.", supporter="That sounds lonely.")]
PERSON = {
    "persona": "Maya, 34, a nurse. Dry humour, short sentences.",
    "scene": "She prepared the ward alone. Praise of the act lifts her mood; advice lowers it.",
    "hidden_intention": "You want sincere praise for what you did.",
}
SKILL = SkillDraft(
    name="see-the-effort",
    when_to_use="They tell of an effort that nobody noticed.",
    guidance="Name the concrete thing they did, then say what it took.",
)
BANK = Bank(skills=(Skill(**SKILL.model_dump()),))
CARD = SkillCard(name=SKILL.name, when_to_use=SKILL.when_to_use, when_not_to_use="")
CREDIT = [SkillCredit(skill="see-the-effort", uses=9, mean_change=3.5, lift=1.2)]
FINDING = Finding(
    evidence=(Evidence(profile="maya", replicate=0, turn=0, quote="That sounds lonely."),),
    description="Her work is not seen.",
    kind="missing skill",
    remedy="Name what she did.",
)
TURN = (
    "[0] seeker: Nobody said a word. | supporter (none): That sounds lonely. | chosen: no cue | "
    "emotion 40 -> 35 | It misses what she did. Unseen."
)
DIGEST = RolloutDigest(
    profile="maya",
    group="praise",
    replicate=0,
    emotions=(40, 35),
    ending="turn limit",
    turns=(TURN,),
)
WANTED: dict[str, Any] = {
    "language": "en",
    "brief": PersonBrief(who="nurses", character="negative", topic="a ward"),
    "card": "",
    "others": ["an oven: Ana, 41, a baker."],
    "fault": "",
}
PERSON_DRAWN = ExamplePerson(
    hidden_intention="You want to be heard.",
    persona="Ana, 41, a baker.",
    scene="The oven broke.",
    topic="work",
    character="reserved",
    opening="The oven is dead.",
)
WRITTEN = PersonDraft(
    **PERSON, topic="a ward", character="negative", opening="The ward was ready by six."
)
SPEAKING = {
    **PERSON,
    "language": "en",
    "history": HISTORY,
    "level": "unsettled",
    "goal_fit": "It misses what she did.",
    "feeling": "A little more alone.",
}
INPUTS: dict[str, dict[str, Any]] = {
    "AnnotateExchange": {
        "situation": "Trouble at work.",
        "context": HISTORY[:1],
        "support": HISTORY[1].text,
        "labelled_strategy": "Reflection of feelings",
        "reaction": "It does. Thank you.",
        "rating": 4,
    },
    "AppraiseReply": {**PERSON, "history": HISTORY[:1], "emotion": 40, "reply": HISTORY[1].text},
    "AppraiseTowardsGoals": {
        **PERSON,
        "history": HISTORY[:1],
        "emotion": 40,
        "reply": HISTORY[1].text,
        "facts": ["She has not slept since Monday.", "Her sister left."],
        "next_step": "To ask for a second pair of hands.",
    },
    "CheckDraft": {"description": ["Their character is negative."], "written": WRITTEN},
    "CheckPersona": {"description": ["She is a nurse.", "She is terse."], "dialogue": SAID},
    "CheckTurn": {"history": [], "message": SAID[0].seeker, "response": SAID[0].supporter},
    "DiagnoseRollouts": {"skills": [SKILL], "credit": CREDIT, "rollouts": [DIGEST]},
    "DistilSkill": {
        "patterns": [
            Pattern(
                need="praise",
                means="sincere praise of something concrete that they did",
                stage="insight",
                action="affirmation",
                good=7,
                bad=1,
                examples=("seeker: a\nsupporter: b\nseeker: c",),
            )
        ],
        "existing": [
            SkillSummary(name="make-room", when_to_use="They hold back.", guidance="Ask softly.")
        ],
    },
    "NameTraits": {"dialogue": SAID},
    "NameStrategy": {"message": HISTORY[0].text, "turn": HISTORY[1].text},
    "PreferDialogue": {"first": SAID, "second": SAID},
    "ProposeEdits": {
        "skills": [SKILL],
        "policy": SelectionPolicy(),
        "credit": CREDIT,
        "findings": [FINDING],
        "room": room(BANK),
        "lost": [TURN],
        "won": [],
        "accepted": [],
        "rejected": ["remove see-the-effort -> -1.3 points in 12 changed replies"],
        "limit": 4,
    },
    "RateEmpathy": {"dialogue": SAID},
    "RateRisk": {"dialogue": SAID},
    "RateRelationship": {"dialogue": SAID},
    "RateSupport": {"dialogue": SAID},
    "ReadSeeker": {"conversation": [*HISTORY, HISTORY[0]]},
    "Respond": {
        "chat": Chat(turns=(*HISTORY, HISTORY[0])),
        "skill": SkillNote(when_to_use=SKILL.when_to_use, guidance=SKILL.guidance),
    },
    "JudgeConduct": {
        "rules": ["The reply names no diagnosis."],
        "conversation": HISTORY,
        "text": "That must hurt.",
    },
    "ReviewSafety": {"change": in_words(AddSkill(skill=SKILL))},
    "RewriteText": {
        "name": "guidance of see-the-effort",
        "kind": "guidance of a skill",
        "text": SKILL.guidance,
        "skills": [SKILL],
        "rollouts": [DIGEST],
        "feedback": ["It ended at 35."],
    },
    "SelectSkill": {
        "policy": SelectionPolicy().text,
        "skills": [CARD],
        "used": "none",
        "history": HISTORY,
        "message": HISTORY[0].text,
    },
    "SpeakAgain": {**SPEAKING, "correction": "It says nothing."},
    "SpeakAmidEvent": {**SPEAKING, "event": "The phone rings; it is the ward."},
    "SpeakAsSeeker": SPEAKING,
    "WriteCase": WANTED,
    "WritePerson": WANTED,
    "WriteProfile": {
        "language": "en",
        "hidden_intention": PERSON["hidden_intention"],
        "examples": [PERSON_DRAWN],
    },
}
