"""How a reply is felt: the one model of a talk behind all families.

Emotion follows an ordered logistic model with four steps (-10, -5, +5, +10), as nearly all changes
of SAGE's published dialogues do, with their inertia: glad people take things well.
"""

import random
from typing import NamedTuple

from . import chains, delay, tails, taste, trust
from .people import Person, liking
from .setting import Setting, Worth, worth_of
from .words import acts_in

SLOPE = 0.085
"""Log-odds a point of emotion, and the strength from which a step is of ten: as in the rehearsal,
measured on the published dialogues."""
STEP_OF_TEN = 2.9
CLOSED = -4.0
"""Log-odds once somebody has closed up."""
ACTS_HEARD = 2
"""Acts of a reply that count."""


class Moment(NamedTuple):
    """A reply and what went before it."""

    person: Person
    earlier: tuple[str, ...]
    """The supporter's replies before."""
    reply: str
    emotion: int
    closed: bool
    """Whether the person closed up earlier."""


class Felt(NamedTuple):
    """What a reply does."""

    change: int
    closes: bool
    """Whether it made the person close up."""


def feel(moment: Moment, rng: random.Random, setting: Setting) -> Felt:
    """The change of emotion, by inverse transform: equal noise and more worth never fall lower."""
    noise, accident = tails.noise(rng, setting), rng.random()
    strength = (
        value(moment, setting)
        + SLOPE * (moment.emotion - setting.centre)
        + setting.spread * moment.person.ease
        + CLOSED * moment.closed
        + noise
    )
    if tails.closes(acts_in(moment.reply)[:ACTS_HEARD], accident, setting):
        return Felt(-10, closes=True)
    size = 10 if abs(strength) > STEP_OF_TEN else 5
    return Felt(size if strength > 0 else -size, closes=False)


def value(moment: Moment, setting: Setting) -> float:
    """What a reply is worth at its moment, in log-odds, with what earlier replies still bring."""
    replies = (*moment.earlier, moment.reply)
    values = [_worth_at(replies[: n + 1], moment.person, setting) for n in range(len(replies))]
    felt = delay.felt_now([_delayed_at(replies[n], values[n], setting) for n in range(len(values))])
    return felt + taste.liking(moment.reply, setting)


def _worth_at(replies: tuple[str, ...], person: Person, setting: Setting) -> dict[str, float]:
    """Worth of each act of the last reply, all told."""
    *earlier, reply = replies
    worth, topic = worth_of(setting), person.topic_at(len(earlier))
    acts = acts_in(reply)[:ACTS_HEARD]
    before = [acts_in(text) for text in earlier]
    found: dict[str, float] = {}
    for act in acts:
        own = worth.general[act] + setting.quirk * liking(person.seed, act)
        extra = _special(act, topic, worth, setting)
        if extra > 0:
            extra = trust.welcome(extra, before, worth, setting)
            extra = chains.paid(extra, before, worth, setting)
        found[act] = (own + extra) / len(acts)
    return found


def _special(act: str, topic: str, worth: Worth, setting: Setting) -> float:
    if act == worth.called_for[topic]:
        return setting.special
    return setting.special / 3 if act == worth.second[topic] else 0.0


def _delayed_at(reply: str, values: dict[str, float], setting: Setting) -> delay.Effect:
    late = worth_of(setting).delayed
    slow = sum(value for act, value in values.items() if act in late)
    return delay.split(slow, sum(values.values()) - slow, setting.delay)
