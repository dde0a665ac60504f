"""Skills, the policy that selects among them, and the bank that holds both.

All values are immutable; `Bank.identity` is a hash of the content that can change behaviour.
"""

from collections import Counter
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .frozen import Frozen, content_hash
from .prompt_text import entry, indented
from .words import clipped

SkillName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=64)
]
"""Lower-case words joined by hyphens, as the Agent Skills format requires."""

SkillText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]

GUIDANCE_TOKENS = 160
"""Tokens of a guidance, some 100 words, beyond which miner and editor clip it: a reply of two to
four sentences carries out one or two moves, and longer text only costs at every use."""


class Provenance(Frozen):
    """Where a skill comes from and what speaks for it."""

    origin: Literal["mined", "written", "evolved"] = "written"
    good: int = Field(default=0, ge=0)
    """Intervention Units behind the skill whose outcome was good."""
    bad: int = Field(default=0, ge=0)
    units: tuple[str, ...] = ()
    """Ids of those units."""
    parents: tuple[str, ...] = ()
    """Names of the skills that it was made from."""


class SkillDraft(Frozen):
    """One thing a supporter can do well: when, how, to what effect, at what risk."""

    name: SkillName
    when_to_use: SkillText = Field(min_length=1)
    guidance: SkillText = Field(min_length=1)
    examples: tuple[SkillText, ...] = Field(default=(), max_length=5)
    """Lines that a supporter could say."""
    expected_outcome: SkillText = ""
    risks: SkillText = ""
    when_not_to_use: SkillText = ""

    @property
    def texts(self) -> dict[str, str]:
        """Every text that a model may read, by field name."""
        return {
            "when_to_use": self.when_to_use,
            "guidance": self.guidance,
            "examples": "\n".join(self.examples),
            "expected_outcome": self.expected_outcome,
            "risks": self.risks,
            "when_not_to_use": self.when_not_to_use,
        }

    @property
    def shown(self) -> str:
        """The skill as an entry of a list, in short sections."""
        sections = {
            "When to use": self.when_to_use,
            "Guidance": self.guidance,
            "When not to use": self.when_not_to_use,
            "Expected outcome": self.expected_outcome,
            "Risks": self.risks,
            "Lines": " / ".join(self.examples),
        }
        return entry(self.name, sections)

    @property
    def shortened(self) -> Self:
        """The draft with its guidance clipped to `GUIDANCE_TOKENS`, at the end of a sentence."""
        return self.model_copy(update={"guidance": clipped(self.guidance, GUIDANCE_TOKENS)})


class Skill(SkillDraft):
    """A skill of a bank: a draft with its provenance."""

    provenance: Provenance = Provenance()


_BEFORE_0_3 = frozenset({"retriever", "shortlist", "threshold"})
"""Numbers of older banks that have no use now."""


class PolicyParameters(Frozen):
    """The numbers of the selection policy."""

    offered_tokens: int = Field(default=3000, ge=200, le=20_000)
    """Tokens, as `tokens_in` estimates them, of the skills that the selecting model may choose
    from. A bank that fits is offered whole; of a larger one, what is nearest in meaning."""
    context_turns: int = Field(default=3, ge=1, le=6)
    """How many of the seeker's last turns a bank that does not fit is compared with."""
    warm_up: int = Field(default=0, ge=0, le=4)
    """Replies at the start of a dialogue that are given without a skill."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_older_bank(cls, data: object) -> object:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if key not in _BEFORE_0_3}
        return data


class SelectionPolicy(Frozen):
    """How a skill, or none, is chosen at each turn."""

    text: SkillText = (
        "Choose the skill whose 'when to use' fits what the seeker needs at this point of the "
        "conversation. Choose none when no skill fits or when one was just used without effect."
    )
    parameters: PolicyParameters = PolicyParameters()

    @property
    def shown(self) -> str:
        """The text and the numbers, each with what it means."""
        numbers = self.parameters
        return (
            f"policy_text: {indented(self.text)}\n"
            f"warm_up: {numbers.warm_up} (replies at the start without a skill, 0 to 4)\n"
            f"offered_tokens: {numbers.offered_tokens} (tokens of the skills that the selecting "
            "model reads, 200 to 20000; of a larger bank it reads the nearest)\n"
            f"context_turns: {numbers.context_turns} (last turns of the seeker by which the "
            "nearest are found, 1 to 6)"
        )


class Bank(Frozen):
    """An ordered set of skills with the policy that selects among them."""

    skills: tuple[Skill, ...] = ()
    policy: SelectionPolicy = SelectionPolicy()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [skill.name for skill in self.skills]
        repeated = sorted(name for name, times in Counter(names).items() if times > 1)
        if repeated:
            raise ValueError(f"skill names must be unique, but {', '.join(repeated)} repeats")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The skill names, in order."""
        return tuple(skill.name for skill in self.skills)

    @cached_property
    def identity(self) -> str:
        """Hash of what can change behaviour: texts and policy, not provenance."""
        without_provenance = {"skills": {"__all__": {"provenance"}}}
        return content_hash(self.model_dump(mode="json", exclude=without_provenance))

    def changed_skills(self, other: "Bank") -> frozenset[str] | None:
        """Names of the skills that the two banks do not share word for word.

        None where the policies differ, which may touch any reply.
        """
        if self.policy != other.policy:
            return None
        mine, theirs = ({s.name: s.texts for s in b.skills} for b in (self, other))
        return frozenset(n for n in mine | theirs if mine.get(n) != theirs.get(n))

    def get(self, name: str) -> Skill | None:
        """The skill of that name, if the bank has it."""
        return next((skill for skill in self.skills if skill.name == name), None)
