"""What each stage is for: whose model is asked, and what a run lacks without an answer."""

from typing import NamedTuple

from esc_skills.programs.models.roles import Role


class StageUse(NamedTuple):
    """What a stage is for."""

    role: Role
    without: str
    """What becomes of a run whose model cannot answer it: a clause."""


_NO_DIALOGUE = "no dialogue can be played"
_NO_JUDGE = "this judge has no figures"
USES: dict[str, StageUse] = {
    "SelectSkill": StageUse("supporter", "replies use no skill"),
    "Respond": StageUse("supporter", "the supporter says nothing and each dialogue is lost"),
    "AppraiseReply": StageUse("seeker", _NO_DIALOGUE),
    "AppraiseTowardsGoals": StageUse("seeker", "a domain that counts goals cannot be played"),
    "SpeakAsSeeker": StageUse("seeker", _NO_DIALOGUE),
    "SpeakAgain": StageUse("seeker", "a dialogue with a faulty line of its seeker is lost"),
    "SpeakAmidEvent": StageUse("seeker", "a dialogue whose profile has events is lost"),
    "ReadSeeker": StageUse("supporter", "what a seeker says is read by rules alone"),
    "DiagnoseRollouts": StageUse("analyst", "a search has no findings"),
    "ProposeEdits": StageUse("analyst", "a search has no edits to try"),
    "ReviewSafety": StageUse("judge", "no edit can be accepted"),
    "AnnotateExchange": StageUse("analyst", "`mine` has nothing to learn from"),
    "DistilSkill": StageUse("analyst", "`mine` gives no skill"),
    "WriteProfile": StageUse("analyst", "`profiles propose` gives no seeker"),
    "WritePerson": StageUse("analyst", "no seeker can be written from a brief"),
    "WriteCase": StageUse("analyst", "no seeker can be written in a domain that counts goals"),
    "CheckDraft": StageUse("judge", "no seeker that a model wrote is accepted"),
    "RewriteText": StageUse("analyst", "the peers that rewrite texts, such as GEPA, cannot search"),
    "NameStrategy": StageUse("judge", "`responses` compares no strategies"),
    "RateRisk": StageUse("judge", _NO_JUDGE),
    "NameTraits": StageUse("judge", _NO_JUDGE),
    "CheckTurn": StageUse("judge", _NO_JUDGE),
    "CheckPersona": StageUse("judge", _NO_JUDGE),
    "PreferDialogue": StageUse("judge", _NO_JUDGE),
    "RateEmpathy": StageUse("judge", _NO_JUDGE),
    "RateRelationship": StageUse("judge", _NO_JUDGE),
    "RateSupport": StageUse("judge", _NO_JUDGE),
    "JudgeConduct": StageUse("judge", "what a rule of the conduct needs a judge for is refused"),
}
"""In the order in which a reader looks for them: dialogues, search, mining, the rest."""
