"""Checks texts: deterministic, without a model, each breach with rule and quotation.

Every door uses it: reading a bank, mined drafts, edits of every optimizer, exports; and so does the
check of replies (`replies.py`). A warning against something ("never tell them to stop medication")
is no breach.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    MergeSkills,
    RewriteField,
    RewritePolicy,
    SplitSkill,
)
from esc_skills.signatures.skills import Bank, SkillDraft

from .clearance import texts_of
from .context import advice_start, is_advised, is_harmless
from .foreign import is_foreign
from .kinds import ReadableRule, Subject, WordRule
from .memory import remembered
from .normalise import View, normalise, views
from .occasions import SAYS, Says, advice_in
from .rules import Conduct, read_conduct
from .wording import Text, packaged, skill_texts

UNREAD = "it is in a language that the rules do not read"
_SEAM = 100
"""Characters on either side of the seam of two fields that are read together."""


@remembered(8192)
def _check(
    text: str, says: Says, place: str, conduct: Conduct, about: Subject
) -> tuple[Breach, ...]:
    found = {
        rule.name: rule.breach(rule.why, quote, place)
        for view in reversed(views(text))
        for rule, quote in _broken(view, says, conduct, about)
    }
    unread = [r for r in conduct.rules if isinstance(r, ReadableRule)] if about == "skills" else []
    if unread and not found and is_foreign(text):
        found = {rule.name: rule.breach(UNREAD, text[:60], place) for rule in unread}
    return tuple(found.values())


def check_text(
    text: str,
    *,
    says: Says = "advice",
    place: str = "",
    conduct: Conduct | None = None,
    about: Subject = "skills",
) -> tuple[Breach, ...]:
    """The rules of wording that a text breaks, each once.

    Args:
        text: What advises or speaks.
        says: What it should say. In what only warns or tells of an occasion, phrases count where
            they are advised all the same, and those of rules that hold everywhere.
        place: Where the text stands, for the breaches.
        conduct: The rules; the packaged ones by default.
        about: Whether the text advises or is a reply.
    """
    return _check(text, says, place, conduct or read_conduct(), about)


def check_fields(
    fields: Mapping[str, str], *, place: str = "", conduct: Conduct | None = None
) -> tuple[Breach, ...]:
    """The rules that named texts break, alone, read one after the other, or all together."""
    rules = conduct or read_conduct()
    found = [
        breach
        for name, text in fields.items()
        for breach in check_text(
            text,
            says=SAYS.get(name, "advice"),
            place=_at(place, name),
            conduct=rules,
        )
    ]
    found = found or list(_across(fields, place, rules))
    return as_it_reads(found, skill_texts(fields), "skills", rules, place)


def as_it_reads(
    found: Sequence[Breach],
    texts: Sequence[Text],
    about: Subject,
    conduct: Conduct,
    place: str = "",
) -> tuple[Breach, ...]:
    """What phrases were found, and what the learned rules make of all that is said.

    Args:
        found: Rules whose phrases were found.
        texts: What is said, and what stands around it.
        about: Whether it advises or is a reply.
        conduct: The rules.
        place: Where it stands, for the breaches.
    """
    read = any(text.words.strip() and not text.around for text in texts)
    for rule in conduct.learned(about) if read else ():
        if hard(found):  # then it is refused, however it reads
            break
        model = packaged(about)
        reading = model.read(texts)
        if reading.unsafe > rule.above:
            why = f"it reads like one of a kind that does harm ({reading.unsafe:.0%} likely)"
            found = [*found, rule.breach(why, model.quote(texts, reading.likeliest), place)]
    return tuple(found)


def check_skill(skill: SkillDraft, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The rules that a skill breaks, its name included; no learned ones where it was cleared."""
    rules = conduct or read_conduct()
    if rules.clears(texts_of(skill)):
        rules = rules.unlearned
    fields = {"name": skill.name.replace("-", " "), **skill.texts}
    return check_fields(fields, place=f"skill {skill.name}", conduct=rules)


def check_bank(bank: Bank, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The rules that a bank breaks: its skills and the text of its policy."""
    policy = check_text(bank.policy.text, place="the policy", conduct=conduct)
    return (*policy, *(one for skill in bank.skills for one in check_skill(skill, conduct)))


@lru_cache(maxsize=8)
def rules_of(conduct: Conduct | None = None) -> tuple[Conduct, ...]:
    """The conducts that skills must keep: the packaged one, and one of one's own besides.

    What the own one has cleared is cleared for both.
    """
    packaged = read_conduct()
    own = conduct or packaged
    if own.cleared:  # a copy compiles all phrases again
        packaged = packaged.model_copy(update={"cleared": own.cleared})
    return tuple(dict.fromkeys((packaged, own)))


def hard_breaches(bank: Bank, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The hard rules that a bank breaks: the packaged ones, and those of another conduct besides.

    A conduct of one's own adds to what skills must keep, and takes nothing away.
    """
    found = (breach for rules in rules_of(conduct) for breach in hard(check_bank(bank, rules)))
    return tuple(dict.fromkeys(found))


def new_breaches(before: Bank, after: Bank, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The hard rules that a changed bank breaks where the bank before did not."""
    known = {(one.rule, one.quote) for one in hard_breaches(before, conduct)}
    found = hard_breaches(after, conduct)
    return tuple(one for one in found if (one.rule, one.quote) not in known)


def check_edit(edit: Edit, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The rules that the texts break which an edit brings in."""
    match edit:
        case AddSkill(skill=skill) | MergeSkills(skill=skill):
            return check_skill(skill, conduct)
        case SplitSkill(skills=skills):
            return tuple(one for skill in skills for one in check_skill(skill, conduct))
        case RewriteField(name=name, field=field, text=text):
            return check_fields({field: text}, place=f"skill {name}", conduct=conduct)
        case RewritePolicy(text=text):
            return check_text(text, place="the policy", conduct=conduct)
        case _:
            return ()


def _at(place: str, part: str) -> str:
    return f"{place}, {part}" if place else part


def _broken(
    view: View, says: Says, conduct: Conduct, about: Subject
) -> Iterator[tuple[WordRule, str]]:
    """Each rule that one view of a text breaks, with the words."""
    phrases, broken = conduct.phrases[about], set[str]()
    for rule, phrase in phrases.possible(view.text, loose=view.loose):
        for match in (phrase.loose if view.loose else phrase.tight).finditer(view.text):
            if rule.name not in broken and _counts(rule, view.text, _place(match), says):
                broken.add(rule.name)
                yield rule, match[0]


class Place(NamedTuple):
    """Where words stand in a text."""

    start: int
    end: int
    advice: int
    """Where the advice in them begins."""


def _place(match: re.Match[str]) -> Place:
    return Place(match.start(), match.end(), advice_start(match))


def _counts(rule: WordRule, text: str, place: Place, says: Says) -> bool:
    """Whether words break the rule where they stand."""
    if says == "warning" and not rule.everywhere and not is_advised(text, place.start, place.end):
        return False
    if says == "occasion" and not rule.everywhere:
        advice = advice_in(text, place.start, place.end)
        if advice is None:
            return False
        # only the advice is read for excuses: 'when they hesitate' is none for what follows
        shift = place.end - len(advice)
        text = advice + text[place.end :]
        place = Place(max(0, place.start - shift), place.end - shift, max(0, place.advice - shift))
    if not rule.quoted and text.count('"', text.rfind("\n", 0, place.start) + 1, place.start) % 2:
        return False
    return not (rule.excusable and is_harmless(text, place.advice, place.end))


def _across(fields: Mapping[str, str], place: str, conduct: Conduct) -> Iterator[Breach]:
    """What is said by the end of one field and the beginning of another."""
    advising = {name: normalise(text) for name, text in fields.items() if text and name not in SAYS}
    seen: set[str] = set()
    for (one, first), (other, second) in permutations(advising.items(), 2):
        start = first[-_SEAM:].rstrip(" .,;:!?-")
        text = f"{start} {second[:_SEAM]}".replace("\n", " ")
        if not re.search(r"[a-z]", text):
            text = text.replace(" ", "")
        for rule, said in _over_the_seam(text, len(start), conduct):
            if rule.name not in seen:
                seen.add(rule.name)
                where = _at(place, f"{one} and {other} read together")
                yield rule.breach(rule.why, text[said.start : said.end], where)


def _over_the_seam(text: str, seam: int, conduct: Conduct) -> Iterator[tuple[WordRule, Place]]:
    """What counts in a text that was joined at a place, and reaches over it."""
    phrases = conduct.phrases["skills"]
    said = [
        (rule, _place(match))
        for rule, phrase in phrases.possible(text)
        for match in phrase.tight.finditer(text)
    ]
    for rule, place in said:
        if place.start < seam < place.end - 1 and _counts(rule, text, place, "advice"):
            yield rule, place
