"""What happens in simulation: appraisals, rollouts, what they cost, and what analysis finds."""

from typing import Literal

from pydantic import Field

from .conduct import Breach
from .dialogue import Turn
from .frozen import Frozen
from .prompt_text import entry
from .protocol import BEST_CHANGE, EMOTION_START, SUCCESS_AT, WORST_CHANGE
from .scoring import Standing


class Appraisal(Frozen):
    """What a seeker makes of one reply. Source: SAGE, section 3.2, five-part appraisal."""

    meaning: str
    """What the supporter tried to do."""
    goal_fit: str
    """What serves or misses their hopes, and why."""
    inner_activity: str
    """Their thoughts, first person."""
    feeling: str
    """How it leaves them."""
    change: int = Field(ge=WORST_CHANGE, le=BEST_CHANGE)
    """Change of emotion, in points."""


class GoalAppraisal(Appraisal):
    """An appraisal that also says how far the supporter has come."""

    told: tuple[int, ...] = Field(
        default=(), description="numbers of the `facts` that an honest answer to the reply tells"
    )
    right_step: bool = Field(
        default=False, description="whether the reply proposes `next_step`, in whatever words"
    )

    @property
    def felt(self) -> Appraisal:
        """What the seeker makes of the reply, alone."""
        return Appraisal(**self.model_dump(include=set(Appraisal.model_fields)))


class Spend(Frozen):
    """What was spent. Money is in the currency of the configured prices."""

    rollouts: int = 0
    calls: int = 0
    tokens_in: int = 0
    """All tokens read, with those that a provider's cache served."""
    tokens_out: int = 0
    """All tokens written, with those of reasoning."""
    tokens_cached: int = 0
    """Tokens read that a provider's cache served, which providers bill at a lower price."""
    tokens_reasoning: int = 0
    """Tokens written as reasoning, which providers bill like the answer."""
    money: float = 0.0
    """Of the calls whose price is known."""
    unpriced: int = 0
    """Answered calls whose price is unknown; `money` does not hold them."""
    seconds: float = 0.0
    """Wall-clock time inside model calls, summed over threads."""

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Spend") -> "Spend":
        """Field by field."""
        theirs = vars(other)
        return Spend(**{name: value + theirs[name] for name, value in vars(self).items()})

    def __sub__(self, other: "Spend") -> "Spend":
        """Field by field."""
        mine, theirs = self.model_dump(), other.model_dump()
        return Spend(**{name: mine[name] - theirs[name] for name in mine})

    def times(self, factor: int) -> "Spend":
        """So many times as much."""
        return Spend(**{name: factor * value for name, value in self.model_dump().items()})


class Exchange(Frozen):
    """One thing the seeker said and what was answered."""

    seeker: str
    repaired: tuple[str, ...] = ()
    """Faults that a first attempt at the seeker's line had; it was asked for again."""
    reply: str | None = None
    """None where the dialogue ended with the seeker's line."""
    broke: tuple[Breach, ...] = ()
    """Hard rules of the conduct that the model's first reply broke; it was asked for again and, if
    that did not help, replaced. An unanswered danger was answered with help in front of it."""
    skill: str | None = None
    """Name of the skill that was used."""
    why: str = ""
    """Why it was chosen."""
    appraisal: Appraisal | None = None
    emotion: int | None = Field(default=None, ge=0, le=SUCCESS_AT)
    """Emotion after the reply; where the domain counts more than that, the score in points."""
    standing: Standing | None = None
    """What the score is made of, where it is not the emotion alone."""

    @property
    def mood(self) -> int | None:
        """The seeker's own emotion after the reply, whatever else the score counts."""
        return self.emotion if self.standing is None else self.standing.mood

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said aloud: all that the supporter may see."""
        said = (Turn(speaker="seeker", text=self.seeker),)
        return said if self.reply is None else (*said, Turn(speaker="supporter", text=self.reply))


Ending = Literal["success", "failure", "farewell", "turn limit", "stopped", "no reply", "invalid"]
"""How a rollout ended: emotion at 100; under 10; goodbye; out of turns; cut short on purpose
(a rung of lower fidelity); or without a score: the supporter was reached and gave no reply, or an
infrastructure failure, which is missing data."""


class Rollout(Frozen):
    """One whole simulated dialogue of (program, profile, replicate)."""

    profile: str
    group: str
    replicate: int = Field(ge=0)
    bank: str
    """Identity of the bank that was played."""
    exchanges: tuple[Exchange, ...] = ()
    start: int = EMOTION_START
    """Emotion, or score in points, before the first reply."""
    ending: Ending
    error: str = ""
    """What failed, where there is no score."""
    spend: Spend = Spend()

    @property
    def emotions(self) -> tuple[int, ...]:
        """The emotion at the start and after each scored reply."""
        after = (exchange.emotion for exchange in self.exchanges)
        return (self.start, *(value for value in after if value is not None))

    @property
    def valid(self) -> bool:
        """Whether the rollout has a score."""
        return self.ending not in ("no reply", "invalid")

    @property
    def score(self) -> float:
        """Final emotion / 100.

        Raises:
            ValueError: The rollout is invalid; missing data has no score.
        """
        if not self.valid:
            raise ValueError(f"an invalid rollout has no score ({self.error})")
        return self.emotions[-1] / 100

    @property
    def counted_score(self) -> float | None:
        """The score that counts for its bank, 0..1; None for missing data.

        The score, or 0 where the supporter gave no reply: a bank must not win by silence.
        """
        if self.ending == "no reply":
            return 0.0
        return self.score if self.valid else None

    @property
    def skills_used(self) -> tuple[str, ...]:
        """The skill of each turn on which one was used."""
        return tuple(exchange.skill for exchange in self.exchanges if exchange.skill)


class Evidence(Frozen):
    """One place in one rollout."""

    profile: str
    replicate: int
    turn: int = Field(ge=0, description="number of the exchange")
    quote: str = Field(description="the words that show it, exactly")

    @property
    def shown(self) -> str:
        """The words and where they stand."""
        return f'"{self.quote}" ({self.profile}, replicate {self.replicate}, turn {self.turn})'


FindingKind = Literal[
    "missing skill",
    "misapplied skill",
    "weak guidance",
    "not followed",
    "profile-specific failure",
    "conflict",
    "unsafe intervention",
]
"""What can be wrong; `DiagnoseRollouts` defines each."""


class Finding(Frozen):
    """What analysis of rollouts says is wrong."""

    evidence: tuple[Evidence, ...] = Field(default=(), description="two to four places")
    description: str = Field(description="what goes wrong, for whom, at which point")
    groups: tuple[str, ...] = Field(default=(), description="groups concerned")
    skill: str | None = Field(default=None, description="name of the skill concerned")
    kind: FindingKind
    remedy: str = Field(description="what a supporter should do instead, concretely")

    @property
    def shown(self) -> str:
        """The finding as an entry of a list."""
        about = f"; skill: {self.skill}" if self.skill else ""
        groups = f"; groups: {', '.join(self.groups)}" if self.groups else ""
        sections = {
            "What goes wrong": self.description,
            "Instead": self.remedy,
            "Seen": "; ".join(place.shown for place in self.evidence),
        }
        return entry(f"{self.kind}{about}{groups}", sections)
