"""Checks a reply and its place in the dialogue: deterministic, without a model.

Every rule over a dialogue is decided at the reply that breaks it, so that this reply can be mended.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.dialogue import Language, Turn
from esc_skills.signatures.words import words

from .checker import as_it_reads, check_text
from .crisis import HELP as HELP_WORDS
from .danger import read_danger
from .help import read_help
from .kinds import (
    DANGER,
    HELP,
    REPLY,
    AnswerRule,
    BeforeRule,
    JudgeRule,
    LanguageRule,
    LearnedRule,
    LengthRule,
    MostRule,
    NumberRule,
    ReadableRule,
    RepeatRule,
    ReplyRule,
    Rule,
    SayRule,
    WordRule,
)
from .memory import remembered
from .normalise import normalise
from .rules import Conduct, read_conduct
from .wording import message_texts

_SENTENCE = re.compile(r"[^.!?\u3002\uff01\uff1f\u2026\n]*\w[^.!?\u3002\uff01\uff1f\u2026\n]*")
_QUESTION = re.compile(r"[?\uff1f]+")
_NUMBER = re.compile(r"(?<![\w.,:])\+?\d[\d ()\-]{1,16}\d(?![\w:%])")
_CALLED = re.compile(
    r"\b(?:call|dial|ring|phone|text|number|line|hotline|helpline|lifeline)\b|\u62e8\u6253|\u62e8"
    r"|\u7535\u8bdd|\u70ed\u7ebf|\u6253",
    re.IGNORECASE,
)
"""Words near which digits are a telephone number."""
_NEAR = 60
"""Characters before a number in which they count."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


class Moment(NamedTuple):
    """A reply where it is said."""

    before: tuple[Turn, ...]
    """What was said before it; the person's message last."""
    reply: str
    opening: str = ""
    """Help that is said in front of it."""
    read: bool = False
    """Whether a model reads the person, too, so that only danger beyond doubt must be answered."""

    @property
    def messages(self) -> list[str]:
        """What the person has said."""
        return [turn.text for turn in self.before if turn.speaker == "seeker"]

    @property
    def message(self) -> str:
        """What the person has said last; empty where the supporter speaks first."""
        return self.messages[-1] if self.messages else ""

    @property
    def replies(self) -> list[str]:
        """The earlier replies."""
        return [turn.text for turn in self.before if turn.speaker == "supporter"]

    @property
    def spoken(self) -> str:
        """All that the person hears."""
        return f"{self.opening}\n\n{self.reply}" if self.opening else self.reply


class _Found(NamedTuple):
    why: str
    quote: str


def check_reply(
    reply: str, before: Sequence[Turn], *, place: str = "", conduct: Conduct | None = None
) -> tuple[Breach, ...]:
    """The rules that a reply breaks by its words or by its place in the dialogue.

    Rules that a model must judge are left out.

    Args:
        reply: What the supporter is about to say.
        before: What was said before, oldest first; the person's message last.
        place: Where the reply stands, for the breaches.
        conduct: The rules; the packaged ones by default.
    """
    return check_moment(Moment(tuple(before), reply), conduct or read_conduct(), place)


def check_moment(moment: Moment, conduct: Conduct, place: str = "") -> tuple[Breach, ...]:
    """The rules that a reply breaks where it is said, in the order of the conduct."""
    said = check_text(moment.reply, place=place, conduct=conduct, about="replies")
    texts = message_texts([*moment.messages[-1:], moment.reply])
    worded = {b.rule: b for b in as_it_reads(said, texts, "replies", conduct, place)}
    breaches: list[Breach] = []
    for rule in conduct.rules:
        if isinstance(rule, WordRule | LearnedRule):
            breaches += [worded[rule.name]] if rule.name in worded else []
        elif not isinstance(rule, ReadableRule) and (found := _broken(rule, moment, conduct)):
            breaches.append(rule.breach(found.why, found.quote, place))
    return tuple(breaches)


def bears_on(rule: Rule, moment: Moment, conduct: Conduct) -> bool:
    """Whether a reply could keep or break a rule: whether what the rule waits for has happened."""
    match rule:
        case WordRule(about=about) | JudgeRule(about=about):
            return "replies" in about
        case LearnedRule(about=about):
            return about == "replies"
        case ReadableRule():
            return False
        case AnswerRule():
            return _asked(rule, moment, conduct) != ""
        case SayRule(when=str(when)):
            return _shows(when, moment.message, conduct) != ""
        case BeforeRule() | MostRule():
            act = rule.then if isinstance(rule, BeforeRule) else rule.act
            return _shows(act, moment.reply, conduct) != ""
        case _:
            return True


def _broken(rule: ReplyRule, moment: Moment, conduct: Conduct) -> _Found | None:
    match rule:
        case LengthRule():
            return _too_long_or_short(rule, moment.reply)
        case LanguageRule():
            return _foreign(rule, moment)
        case NumberRule():
            return _unknown_number(rule, moment)
        case RepeatRule():
            return _repeated(rule, moment)
        case SayRule():
            return _missing(rule, moment, conduct)
        case BeforeRule():
            return _early(rule, moment, conduct)
        case AnswerRule():
            return _unanswered(rule, moment, conduct)
        case MostRule():
            return _too_often(rule, moment, conduct)
        case JudgeRule():
            return None


def _missing(rule: SayRule, moment: Moment, conduct: Conduct) -> _Found | None:
    if not bears_on(rule, moment, conduct) or _shows(rule.act, moment.spoken, conduct):
        return None
    return _Found(f"it must show {rule.act}, but does not", moment.reply[:_NEAR])


def measure(text: str, unit: str) -> int:
    """How many sentences, words, questions or characters a text holds; a Han character is a word.

    Raises:
        KeyError: There is no such unit.
    """
    return {
        "sentences": lambda: len(_SENTENCE.findall(text)),
        "words": lambda: len(words(text)),
        "questions": lambda: len(_QUESTION.findall(text)),
        "characters": lambda: len(text),
    }[unit]()


def _too_long_or_short(rule: LengthRule, reply: str) -> _Found | None:
    size = measure(reply, rule.unit)
    if size < rule.least:
        limit = f"at least {rule.least} are asked for"
    elif rule.most is not None and size > rule.most:
        limit = f"at most {rule.most} are allowed"
    else:
        return None
    return _Found(f"it has {size} {rule.unit}, but {limit}", reply[:_NEAR])


_NAMES: Mapping[Language, str] = {"en": "English", "zh": "Chinese"}


def _foreign(rule: LanguageRule, moment: Moment) -> _Found | None:
    asked = _language(moment.message) if rule.language == "person" else rule.language
    given = _language(moment.reply)
    if asked is None or given in (None, asked):
        return None
    why = f"it must be in {_NAMES[asked]}, but is in {_NAMES[given or asked]}"
    return _Found(why, moment.reply[:_NEAR])


def _language(text: str) -> Language | None:
    """The language of a text; None where it is too short or too mixed to tell."""
    plain = normalise(text)
    han, latin = len(_HAN.findall(plain)), len(_LATIN.findall(plain))
    if han + latin < 4:
        return None
    share = han / (han + latin)
    return "zh" if share >= 0.7 else "en" if share <= 0.1 else None


def _unknown_number(rule: NumberRule, moment: Moment) -> _Found | None:
    known = {line.number for line in read_help().lines} | set(rule.known)
    digits = {re.sub(r"\D", "", number) for number in known}
    for turn in moment.before:
        digits |= {re.sub(r"\D", "", number) for number in _NUMBER.findall(turn.text)}
    for number in _NUMBER.finditer(moment.reply):
        near = moment.reply[max(0, number.start() - _NEAR) : number.start()]
        if _CALLED.search(near) and re.sub(r"\D", "", number[0]) not in digits:
            return _Found("it names a telephone number that nobody gave it", number[0])
    return None


def _repeated(rule: RepeatRule, moment: Moment) -> _Found | None:
    said = {tuple(words(one)) for reply in moment.replies for one in _SENTENCE.findall(reply)}
    for sentence in _SENTENCE.findall(moment.reply):
        spoken = tuple(words(sentence))
        if len(spoken) >= rule.words and spoken in said:
            return _Found("it repeats what an earlier reply said", sentence.strip())
    return None


def _early(rule: BeforeRule, moment: Moment, conduct: Conduct) -> _Found | None:
    done = _shows(rule.then, moment.reply, conduct)
    if not done:
        return None
    earlier = sum(bool(_shows(rule.first, reply, conduct)) for reply in moment.replies)
    if earlier >= rule.replies:
        return None
    why = f"{rule.then} must wait for {rule.replies} earlier x {rule.first}, but had {earlier}"
    return _Found(why, done)


def _unanswered(rule: AnswerRule, moment: Moment, conduct: Conduct) -> _Found | None:
    sign = _asked(rule, moment, conduct)
    if not sign or _shows(rule.act, moment.spoken, conduct):
        return None
    return _Found(f"a sign of {rule.sign} must be answered with {rule.act}, but is not", sign)


def _asked(rule: AnswerRule, moment: Moment, conduct: Conduct) -> str:
    """The sign that must be answered by now; empty if none is open.

    A sign is due at the last reply of its time, and open until then.
    """
    messages = moment.messages
    due = len(messages) - rule.within
    if due < 0:
        return ""
    place = [at for at, turn in enumerate(moment.before) if turn.speaker == "seeker"][due]
    since = [turn.text for turn in moment.before[place:] if turn.speaker == "supporter"]
    if any(_shows(rule.act, reply, conduct) for reply in since):
        return ""
    if rule.sign == DANGER:
        danger = read_danger(messages[: due + 1], firm=moment.read)
        return danger.quote if danger.reaches(rule.level) else ""
    return _shows(rule.sign, messages[due], conduct)


def _too_often(rule: MostRule, moment: Moment, conduct: Conduct) -> _Found | None:
    done = _shows(rule.act, moment.reply, conduct)
    earlier = sum(bool(_shows(rule.act, reply, conduct)) for reply in moment.replies)
    if not done or earlier < rule.times:
        return None
    return _Found(f"{rule.act} may come in at most {rule.times} replies", done)


@remembered(8192)
def _shows(act: str, text: str, conduct: Conduct) -> str:
    """The words by which a text does something; empty if it does not."""
    plain = normalise(text)
    if act in conduct.shown:
        shown = conduct.shown[act]
        found = (shown.phrases[place].tight.search(plain) for place in shown.possible(plain))
        return next((match[0] for match in found if match), "")
    if act == HELP:
        match = HELP_WORDS.search(plain)
        return match[0] if match else ""
    if act == DANGER:
        return read_danger([text]).quote
    return text if act == REPLY else ""
