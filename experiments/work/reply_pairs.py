"""Ten moments, each with an empathic and a dismissive reply, for a check of appraisers."""

from esc_skills.signatures.frozen import Frozen


class ReplyPair(Frozen):
    """What a person said, and two replies."""

    persona: str
    scene: str
    hidden_intention: str
    line: str
    empathic: str
    dismissive: str


_LISTEN = "You want to be listened to while you let it out."
_PRAISE = "You want sincere praise for something concrete that you did."
_UNDERSTOOD = "You want to be deeply understood, not cheered up."


def _pair(who: str, scene: str, hope: str, line: str, empathic: str, dismissive: str) -> ReplyPair:
    raised = f"{scene} Being heard lifts their mood; advice, blame and clichés lower it."
    return ReplyPair(
        persona=who,
        scene=raised,
        hidden_intention=hope,
        line=line,
        empathic=empathic,
        dismissive=dismissive,
    )


REPLY_PAIRS = (
    _pair(
        "Maya, 34, a nurse.",
        "She prepared the ward alone and nobody noticed.",
        _PRAISE,
        "I had the whole ward ready by six, alone. Nobody said a word.",
        "You got a whole ward ready by six, on your own. That took real effort and care, and it "
        "must hurt that nobody saw it.",
        "Everyone has to do their job. You should stop expecting applause.",
    ),
    _pair(
        "Tom, 52, a widower.",
        "His wife died in spring; friends tell him to move on.",
        _UNDERSTOOD,
        "They all say it's time to move on. I still lay the table for two.",
        "You still lay the table for two. She is so much a part of your evenings, and being told "
        "to move on must feel like losing her again.",
        "They are right, it has been long enough. Look on the bright side.",
    ),
    _pair(
        "Lin, 19, a student.",
        "She failed an exam that she had studied for for weeks.",
        _LISTEN,
        "I failed. Six weeks in the library for nothing.",
        "Six weeks in the library, and then this. That sounds crushing. Tell me what it was like "
        "when you saw the result.",
        "Then you did not study properly. Make a timetable next time.",
    ),
    _pair(
        "Omar, 41, a cook.",
        "He lost his job after fourteen years.",
        _UNDERSTOOD,
        "Fourteen years, and they told me by e-mail.",
        "Fourteen years of your life, and not even a conversation. No wonder you feel thrown away.",
        "Companies do that. Just update your CV and apply somewhere else.",
    ),
    _pair(
        "Ines, 29, a new mother.",
        "She has not slept for weeks and feels a bad mother.",
        _PRAISE,
        "I get up every hour and he still cries. I must be doing it wrong.",
        "You get up every single hour for him, though you are worn out. That is a mother who cares "
        "deeply, and it is hard to see that when you are so tired.",
        "All babies cry. Other mothers manage with three of them.",
    ),
    _pair(
        "Pavel, 63, a bus driver.",
        "His daughter has not called since they quarrelled.",
        _LISTEN,
        "My phone has been silent for two months. I check it at every stop.",
        "At every stop you look, and it stays silent. That is a long, lonely two months. What goes "
        "through your mind when you look?",
        "Just call her yourself. You are being childish.",
    ),
    _pair(
        "Aisha, 24, a teacher.",
        "Her class laughed at her in her first week.",
        _UNDERSTOOD,
        "They laughed at me, all of them, and I just stood there.",
        "Standing there with the whole class laughing, in your first week. That must have felt so "
        "exposed and humiliating.",
        "Don't take it so seriously. You need thicker skin for this job.",
    ),
    _pair(
        "Jorge, 37, a nurse's aide.",
        "He looks after his ill father beside his work.",
        _PRAISE,
        "I wash him, I work, I wash him again. My brother hasn't come once.",
        "You carry your father's care and your work, day after day, while your brother stays away. "
        "What you do for him is a great act of love.",
        "At least you still have a father. Your brother is surely busy.",
    ),
    _pair(
        "Kim, 45, an accountant.",
        "A friend told others a secret of theirs.",
        _LISTEN,
        "She told everyone. The one thing I asked her to keep to herself.",
        "The one thing you asked her to keep. That is a deep breach of trust, and I can hear how "
        "much it hurts. I am here, tell me more.",
        "You should not have told her, then. What did you expect?",
    ),
    _pair(
        "Rosa, 71, a retired tailor.",
        "She moved to a home and misses her own flat.",
        _UNDERSTOOD,
        "It's clean here. But I wake up and don't know where the window is.",
        "You wake up and even the window is not where it belongs. After so many years in your own "
        "rooms, it must feel as if a part of you was left behind.",
        "You'll get used to it. The food is good and it is very clean here.",
    ),
)
