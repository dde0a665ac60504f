"""Input and output of every judge: a case, and a judgement with verified quotations."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Literal

import dspy
from pydantic import Field

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

Place = Literal["first", "second", "tie"]
CaseField = Literal["profile", "other"]
"""What a case must have besides the rollout."""


class Case(Frozen):
    """What is to be judged."""

    rollout: Rollout
    profile: Profile | None = None
    """The seeker's, for judges of the seeker."""
    other: Rollout | None = None
    """A dialogue with the same seeker, for judges that compare."""

    def has(self, needs: Iterable[CaseField]) -> bool:
        """Whether the case holds what a judge needs."""
        return all(getattr(self, need) is not None for need in needs)


class Citation(Frozen):
    """A quotation by which a judge supports a grade."""

    about: str
    """The dimension."""
    quote: str
    stands: bool
    """Whether the words occur in the judged text."""


class Judgement(Frozen):
    """What one judge says of one case."""

    judge: str
    profile: str
    replicate: int
    bank: str
    scores: dict[str, float]
    """A value per dimension, each on the judge's own scale."""
    citations: tuple[Citation, ...] = ()
    """Every quotation that was given; an empty one is none."""
    winners: Mapping[str, tuple[Place, Place]] = Field(default_factory=dict)
    """Only of comparisons: the winner's place by dimension, with the case shown first, and with it
    shown second."""


class Judge(dspy.Module):
    """A judge; subclasses answer `forward(case)` with a prediction that holds `judgement`."""

    name: str
    scale: tuple[float, float]
    """Least and greatest value of each of its dimensions."""
    needs: tuple[CaseField, ...] = ()
    calls: int = 1
    """Model calls that one case takes at most, but for retries."""

    def overall(self, judgement: Judgement) -> float:
        """The mean of the dimensions that were judged, mapped to 0..100."""
        low, high = self.scale
        return 100 * (fmean(judgement.scores.values()) - low) / (high - low)

    def graded(self, case: Case, grades: Frozen) -> dspy.Prediction:
        """The prediction of an answer whose every field has a `score` and a `quote`."""
        parts = {name: getattr(grades, name) for name in type(grades).model_fields}
        return self.judged(
            case,
            {name: part.score for name, part in parts.items()},
            [(name, part.quote) for name, part in parts.items()],
        )

    def judged(
        self,
        case: Case,
        scores: Mapping[str, float],
        quotes: Iterable[tuple[str, str]],
        winners: Mapping[str, tuple[Place, Place]] | None = None,
    ) -> dspy.Prediction:
        """The prediction of a judgement, with each (dimension, quotation) looked up."""
        texts = [_plain(text) for text in (*_words(case.rollout), *_words(case.other))]
        judgement = Judgement(
            judge=self.name,
            profile=case.rollout.profile,
            replicate=case.rollout.replicate,
            bank=case.rollout.bank,
            scores=dict(scores),
            citations=tuple(
                Citation(about=about, quote=quote, stands=_stands(quote, texts))
                for about, quote in quotes
                if quote.strip()
            ),
            winners=dict(winners or {}),
        )
        return dspy.Prediction(judgement=judgement)


def _words(rollout: Rollout | None) -> list[str]:
    exchanges = rollout.exchanges if rollout else ()
    return [text for exchange in exchanges for text in (exchange.seeker, exchange.reply or "")]


def _stands(quote: str, texts: Iterable[str]) -> bool:
    """Whether the words stand within one utterance."""
    words = _plain(quote)
    return bool(words) and any(words in text for text in texts)


def _plain(text: str) -> str:
    """The text without differences that do not matter to a quotation."""
    return " ".join(text.split()).strip(" .,;:!?\"'").casefold()
