"""A domain: what is particular to one kind of support, as data.

The stages' own texts are those of emotional support. A domain names what differs, and nothing else
in the package knows which one is at work.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import dspy
from pydantic import Field, create_model

from .dialogue import Language
from .frozen import Frozen, content_hash
from .profiles import Text
from .scoring import ScoreRule
from .units import NO_ACTION, NO_NEED, ExchangeAnnotation

Stage = type[dspy.Signature]
Name = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)


class Need(Frozen):
    """Something that a seeker may want."""

    means: Text
    """The need in a few words."""
    wanted: Mapping[Language, Text]
    """What a seeker who has it wants and does not say, to the seeker, by language."""


class Domain(Frozen):
    """One kind of support: who talks with whom, about what, and when it has gone well."""

    name: str = Name
    about: Text
    """The domain in one sentence."""
    words: Mapping[Text, Text] = Field(default_factory=dict)
    """Words of the stages' own texts, such as `seeker`, and what prompts say instead."""
    needs: Mapping[str, Need] = Field(min_length=1)
    stages: tuple[Text, ...] = Field(min_length=1)
    """Stages of a conversation, the first one first."""
    actions: tuple[Text, ...] = Field(min_length=1)
    """What a supporter may do in a turn."""
    characters: tuple[Text, ...] = Field(min_length=1)
    """Families of temperaments of its seekers."""
    score: ScoreRule = ScoreRule()
    instructions: Mapping[str, Text] = Field(default_factory=dict)
    """The task of each stage that is not told in the stage's own words, by the stage's name."""
    rehearsal: Mapping[str, Any] = Field(default_factory=dict)
    """What the offline rehearsal model says and does, by file; empty if it cannot play here."""
    folder: Path | None = Field(default=None, exclude=True)
    """Where its files lie: samples, set file, bank, conduct."""

    @cached_property
    def identity(self) -> str:
        """Hash of what can change an answer."""
        return content_hash(self.model_dump(mode="json"))

    def __hash__(self) -> int:
        return hash(self.identity)

    def file(self, name: str) -> Path | None:
        """A file of its folder; None where there is none."""
        path = self.folder and self.folder / name
        return path if path and path.is_file() else None

    def wanted(self, need: str, language: Language) -> str:
        """The hidden intention of a need; one without a name here is the intention itself."""
        known = self.needs.get(need)
        return need if known is None else known.wanted.get(language) or known.means

    def meaning(self, need: str) -> str:
        """A need in words."""
        return self.needs[need].means if need in self.needs else "not clear yet"

    def stage(self, own: Stage, asked: Stage | None = None) -> Stage:
        """A stage as this domain asks it.

        Args:
            own: The stage's signature.
            asked: What an optimizer has made of it; instructions that were rewritten are kept.
        """
        stages: tuple[Any, Any] = (own, asked or own)
        return _stage(self, *stages)


@lru_cache(maxsize=512)
def _stage(domain: Domain, own: Any, asked: Any) -> Any:  # noqa: ANN401 - stages
    kinds: dict[str, Any] = {}
    for name, field in asked.output_fields.items():
        if field.annotation is ExchangeAnnotation:
            kinds[name] = _annotation(domain)
    rewritten = asked.instructions != own.instructions
    told = None if rewritten else domain.instructions.get(own.__name__)
    if not kinds and told is None:
        return asked
    changed = {name: dspy.OutputField(desc=described(asked.output_fields[name])) for name in kinds}
    text = (asked.instructions if told is None else told).strip()
    body = {"__doc__": text, "__module__": own.__module__, "__annotations__": kinds, **changed}
    return type(asked)(own.__name__, (asked,), body)


def described(field: Any) -> str:  # noqa: ANN401 - DSPy's fields
    """What a stage says of a field."""
    return str((field.json_schema_extra or {}).get("desc") or "")


@lru_cache(maxsize=64)
def _annotation(domain: Domain) -> type[ExchangeAnnotation]:
    """What an annotator says of an exchange, in the domain's own terms."""
    terms = {
        "need": (*domain.needs, NO_NEED),
        "stage": domain.stages,
        "action": (*domain.actions, NO_ACTION),
    }
    kinds: dict[str, Any] = {name: (Literal[values], ...) for name, values in terms.items()}
    return create_model(ExchangeAnnotation.__name__, __base__=ExchangeAnnotation, **kinds)
