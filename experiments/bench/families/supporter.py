"""The supporter of these worlds: chooses a skill by its words, and does what its text says."""

import random
from collections.abc import Mapping, Sequence

from esc_skills.programs.models.seeds import derive_seed

from .setting import Setting, worth_of
from .words import DATA, acts_in, phase_of, policy_of, topics_in, wording_of, written

Card = Mapping[str, str]
EARLY_REPLIES = 3
"""Replies before which a talk is at its outset."""
NOISE = 0.3
"""Standard deviation of the judgement of a skill."""
BARS = {"close": 0.9, "usual": 0.4, "loose": -0.3}
"""Judgement below which no skill is chosen, by the kind of policy."""
RELIABILITY = 0.85
"""Chance that an act which is asked for is performed."""
CLEAR_ACTS = 3
"""Acts up to which guidance is an instruction; a text with more is one to imitate."""
PLAIN_SECOND = 0.3
"""Chance that a reply without a skill performs two acts."""


def select(
    policy: str, cards: Sequence[Card], said: Sequence[str], replies: int, rng: random.Random
) -> str:
    """The name of the chosen skill, or `none`.

    Args:
        policy: The text of the policy.
        cards: The skills on offer.
        said: The seeker's lines so far.
        replies: Replies before.
        rng: Noise of this choice.
    """
    cued: dict[str, float] = {}
    for age, line in enumerate(reversed(said)):
        for topic in topics_in(line):
            cued[topic] = cued.get(topic, 0.0) + 0.7**age
    best, most, draw = "none", BARS[policy_of(policy)], rng.random()
    for card in cards:
        # one noise a name: a further card does not reshuffle how the others are judged
        noise = random.Random(derive_seed(draw, card["name"])).gauss(0, NOISE)
        judged = _match(card, cued, replies) + noise
        if judged > most:
            best, most = card["name"], judged
    return best


def _match(card: Card, cued: Mapping[str, float], replies: int) -> float:
    """How well a card's words fit the moment, about -1.5..1.3."""
    topics, phase = topics_in(card["when_to_use"]), phase_of(card["when_to_use"])
    share = sum(cued.get(topic, 0.0) for topic in topics) / max(sum(cued.values()), 0.1)
    fits = (1.2 * share / len(topics) ** 0.5 if share else -0.6) if topics else 0.65
    if not phase:
        return fits
    return fits + (0.15 if (phase == "early") == (replies < EARLY_REPLIES) else -0.9)


def respond(guidance: str | None, extra: str, rng: random.Random, setting: Setting) -> str:
    """A reply that performs at most two acts.

    Args:
        guidance: The skill's guidance; None without a skill.
        extra: What the task instructions ask for beyond the usual; may be empty.
        rng: Noise of this reply.
        setting: The world.
    """
    opening = rng.choice(DATA["opening_words"])
    draws = [rng.random(), rng.random()]
    plain, wordings = _plain(rng, setting), [rng.randrange(4), rng.randrange(4)]
    which = rng.random()
    acts: Sequence[tuple[str, int]] = []
    for text in (guidance or "", extra):
        if not acts:
            acts = _asked(text, draws, which)
    acts = acts or list(zip(plain, wordings, strict=False))
    return " ".join([opening, *(written("say", act, wording) for act, wording in acts)])


def _asked(text: str, draws: Sequence[float], which: float) -> list[tuple[str, int]]:
    """The acts of a text that are performed, worded as the text words them."""
    acts = acts_in(text)
    if len(acts) > CLEAR_ACTS:
        acts = (acts[int(which * len(acts))],)
    tried = zip(acts[:2], draws, strict=False)
    return [(act, wording_of(text, act)) for act, draw in tried if draw < RELIABILITY]


def _plain(rng: random.Random, setting: Setting) -> list[str]:
    chosen = rng.sample(worth_of(setting).plain, 2)
    return chosen if rng.random() < PLAIN_SECOND else chosen[:1]
