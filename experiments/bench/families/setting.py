"""The dials of these worlds, and what follows from them: which act is worth what to whom."""

import random
from functools import lru_cache
from typing import NamedTuple

from pydantic import Field

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.frozen import Frozen

from .words import ACTS, TOPICS


class Setting(Frozen):
    """The dials of a world; those of a mechanism are 0 where a world is without it.

    Effects are in log-odds of a rise of emotion; one is worth about 3 points a reply at most. All
    that lies between GPT-4.1 and Qwen2.5-72B in SAGE's published dialogues is 6.3 points a reply;
    with the default dials an expert's bank gains some 3, its single skills far less.
    """

    seed: int = 0
    """Which act helps with which topic, and who the seekers are."""
    topics: int = Field(default=8, ge=1, le=len(TOPICS))
    """Hidden needs, one a topic; three seekers have each."""
    special: float = 1.3
    """Worth of the one act that a topic calls for; a second one is worth a third of it."""
    general: float = Field(default=0.3, ge=0)
    """Standard deviation over acts of what they are worth to everybody."""
    harm: float = -0.8
    """Worth of the three acts that nobody likes, which a plain supporter never performs."""
    spread: float = Field(default=0.5, ge=0)
    """Standard deviation of how easily pleased people are."""
    quirk: float = Field(default=0.3, ge=0)
    """Standard deviation of a person's own liking for an act."""
    trust: int = Field(default=0, ge=0)
    """Replies with an act of trust before the act that a topic calls for is welcome (`trust`)."""
    chained: bool = False
    """Whether that act pays only after another (`chains`)."""
    delay: float = Field(default=0.0, ge=0, le=1)
    """Share of an effect that comes later, doubled: 0 at once, 0.5 all of it later, 1 with the
    wrong sign first and twice its size later (`delay`)."""
    delayed: float = Field(default=0.5, ge=0, le=1)
    """Share of acts of which this is so."""
    taste: float = Field(default=0.0, ge=0)
    """Standard deviation over wordings of the appraiser's liking for them (`taste`)."""
    tails: float = Field(default=0.0, ge=0)
    """Degrees of freedom of the noise's t distribution; 0 for logistic noise (`tails`)."""
    collapse: float = Field(default=0.0, ge=0, le=1)
    """Chance that an act which helps most people makes somebody close up for good (`tails`)."""
    drifts: bool = False
    """Whether people change what they want help with in the middle of a talk (`people`)."""
    insight: float = Field(default=0.35, ge=0, le=1)
    """Chance that the editor knows what a topic calls for without having seen it."""
    observant: float = Field(default=0.4, ge=0, le=1)
    """Chance that it else proposes what went best in the dialogues shown to it."""
    ideas: int = Field(default=len(ACTS), ge=2, le=len(ACTS))
    """Acts that come to its mind otherwise."""
    harmful: float = 0.15
    """Share of proposals that ask for an act nobody likes."""
    useless: float = 0.2
    """Share that only reword."""
    unsafe: float = 0.02
    """Share that no one should ever follow."""
    centre: float = 45.0
    """Emotion at which a neutral reply is as likely to please as to disappoint."""

    def __hash__(self) -> int:
        """Cheap, since every reply of every dialogue looks up what acts are worth."""
        return self.seed


class Worth(NamedTuple):
    """What the acts of a world are worth."""

    general: dict[str, float]
    """To everybody, in log-odds."""
    called_for: dict[str, str]
    """The act that a topic calls for."""
    second: dict[str, str]
    """Another one that helps a little."""
    harmful: frozenset[str]
    trusting: frozenset[str]
    """Acts that build trust."""
    opener: str
    """The act after which others pay."""
    delayed: frozenset[str]
    risky: frozenset[str]
    """Acts that can make somebody close up."""
    known: tuple[str, ...]
    """Acts that the editor thinks of."""
    plain: tuple[str, ...]
    """Acts that a supporter performs of itself."""


@lru_cache
def worth_of(setting: Setting) -> Worth:
    """The worth of every act, drawn from the setting's seed."""
    rng = random.Random(derive_seed("worth", setting.seed))
    acts = list(ACTS)
    rng.shuffle(acts)
    harmful, trusting, opener, special = acts[:3], acts[3:6], acts[6], acts[7:]
    general = {act: rng.gauss(0, setting.general) for act in acts}
    general |= dict.fromkeys(harmful, setting.harm) | dict.fromkeys([*trusting, opener], 0.0)
    called_for = {topic: special[i % len(special)] for i, topic in enumerate(topics_of(setting))}
    second = {
        topic: special[(i + 1 + setting.seed % 5) % len(special)]
        for i, topic in enumerate(topics_of(setting))
    }
    delayed = rng.sample(special + harmful, round(setting.delayed * len(special + harmful)))
    risky = rng.sample(special, len(special) // 2) if setting.collapse else []
    return Worth(
        general=general,
        called_for=called_for,
        second=second,
        harmful=frozenset(harmful),
        trusting=frozenset(trusting),
        opener=opener,
        delayed=frozenset(delayed if setting.delay else ()),
        risky=frozenset(risky),
        known=tuple(rng.sample(acts, setting.ideas)),
        plain=tuple(act for act in acts if act not in harmful),
    )


@lru_cache
def topics_of(setting: Setting) -> tuple[str, ...]:
    """The topics of a world's seekers."""
    rng = random.Random(derive_seed("topics", setting.seed))
    return tuple(rng.sample(TOPICS, setting.topics))
