"""The true worth of a bank in these worlds: many dialogues played without prompts."""

import random
from collections.abc import Sequence
from statistics import fmean

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.simulation.seeker import level_of
from esc_skills.programs.support.selection import shortlist
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import EMOTION_START, FAILURE_UNDER, SEEKER_TURNS, SUCCESS_AT
from esc_skills.signatures.skills import Bank, Skill

from . import seeker, supporter
from .feeling import Moment, feel
from .people import Person, person_of
from .setting import Setting


def true_score(bank: Bank, profiles: Sequence[Profile], setting: Setting, dialogues: int) -> float:
    """Expected final emotion, 0..100, on the same noise for every bank."""
    return fmean(
        emotions(bank, profile, setting, replicate)[-1]
        for profile in profiles
        for replicate in range(dialogues)
    )


def emotions(bank: Bank, profile: Profile, setting: Setting, replicate: int) -> list[int]:
    """The emotions of one dialogue."""
    person = person_of(profile.nature, profile.hidden_intention)
    said, replies, curve, closed = [profile.opening], [], [EMOTION_START], False
    for turn in range(SEEKER_TURNS - 1):
        select, respond, appraise, speak = (
            random.Random(derive_seed(profile.id, replicate, turn, role))
            for role in ("select", "respond", "appraise", "speak")
        )
        skill = _chosen(bank, said, select)
        reply = supporter.respond(skill and skill.guidance, "", respond, setting)
        felt = feel(Moment(person, tuple(replies), reply, curve[-1], closed), appraise, setting)
        curve.append(max(0, min(SUCCESS_AT, curve[-1] + felt.change)))
        replies.append(reply)
        if not FAILURE_UNDER <= curve[-1] < SUCCESS_AT:
            break
        said.append(_said(person, curve[-1], said, felt.closes, speak))
        closed = closed or felt.closes
    return curve


def _said(
    person: Person, emotion: int, said: Sequence[str], closes: bool, rng: random.Random
) -> str:
    return seeker.next_line(person, level_of(emotion), said, closes, rng)


def _chosen(bank: Bank, said: Sequence[str], rng: random.Random) -> Skill | None:
    offered = shortlist(bank, said)
    cards = [{"name": skill.name, "when_to_use": skill.when_to_use} for skill in offered]
    return bank.get(supporter.select(bank.policy.text, cards, said, len(said) - 1, rng))
