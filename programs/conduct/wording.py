"""How a text reads, by the words in it: linear models that were learnt from labelled texts.

No language model is asked. The features of a text are its words without their endings, its Chinese
characters, each two that stand side by side, what stands behind a negation (as Das and Chen,
"Yahoo! for Amazon", Management Science 53, 2007), and how sentences begin; its score is the sum of
their weights over the square root of how many there are, and softmax makes shares of the scores.
`bench/wording.py` learns the weights, which lie here as tables that can be read: one line for each
feature.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, fsum, sqrt
from pathlib import Path
from typing import Literal, NamedTuple

from .memory import remembered
from .normalise import normalise, views
from .occasions import SAYS, advice_of
from .tokens import Token, sentences

Name = Literal["skills", "replies", "messages"]
"""What a model reads: skills, what a supporter says, or what a person says."""
AROUND = "~"
"""How features begin of what stands around a text: occasion and warnings, or earlier talk."""
NEGATED, FIRST = "!", "^"
"""How features begin of what stands behind a negation, and of how a sentence begins."""
BIAS = "="
"""The feature that every text has."""
FEW = 15
"""Features that a text counts as having besides its own, so that a few words say less than many."""
NEGATIONS = frozenset(
    "never not no avoid without refus declin instead rather nor stop noth unless "
    "\u4e0d \u522b \u52ff \u83ab \u62d2 \u907f \u672a \u6ca1 \u7121 \u65e0".split()
)
"""Words, without endings, and characters that turn what follows around, up to a comma."""
REACH = 8
"""Words that a negation reaches."""
_QUOTED = 160
"""Characters of a quotation at most."""


class Text(NamedTuple):
    """A part of what is read."""

    words: str
    around: bool = False
    """Whether it stands around the text itself."""


class Reading(NamedTuple):
    """How a text reads."""

    shares: Mapping[str, float]
    """How likely it is of each class that is no harmless one, 0..1."""

    @property
    def unsafe(self) -> float:
        """How likely it is not harmless, 0..1."""
        return sum(self.shares.values())

    @property
    def likeliest(self) -> str:
        """The likeliest class that is no harmless one."""
        return max(self.shares, key=lambda name: self.shares[name])


class Wording:
    """A model.

    Args:
        classes: Its classes besides the harmless one.
        weights: The weights of each feature, one for each class.
    """

    def __init__(self, classes: Sequence[str], weights: Mapping[str, Sequence[float]]) -> None:
        self.classes, self.weights = classes, weights

    def read(self, texts: Iterable[Text]) -> Reading:
        """How texts read that belong together."""
        features = set[str]().union(*(p.features for text in texts for p in parts_of(text)))
        size = sqrt(len(features) + FEW)
        sums = zip(self.weights[BIAS], self._sums(features), strict=True)
        scores = [bias + total / size for bias, total in sums]
        high = max(0.0, *scores)
        odds = [exp(score - high) for score in scores]
        whole = exp(-high) + sum(odds)
        return Reading({name: odd / whole for name, odd in zip(self.classes, odds, strict=True)})

    def quote(self, texts: Iterable[Text], name: str) -> str:
        """The sentence that speaks most for a class, in plain spelling."""
        at = self.classes.index(name)
        said = [part for text in texts if not text.around for part in parts_of(text)]
        loudest = max(said, key=lambda part: self._sums(part.features)[at], default=None)
        return loudest.words[:_QUOTED] if loudest else ""

    def _sums(self, features: Iterable[str]) -> list[float]:
        """The weights of some features by class; exact, so that their order changes nothing."""
        rows = [row for feature in features if (row := self.weights.get(feature)) is not None]
        return [fsum(column) for column in zip(*rows, strict=True)] or [0.0] * len(self.classes)


class Part(NamedTuple):
    """A sentence of a text."""

    words: str
    features: frozenset[str]


@remembered(4096)
def parts_of(text: Text) -> tuple[Part, ...]:
    """The sentences of a text, in each way to spell it, with their features."""
    mark, parts = AROUND if text.around else "", list[Part]()
    for view in views(text.words):
        for tokens in sentences(view.text):
            features = frozenset(mark + feature for feature in _features(tokens))
            parts.append(Part(view.text[tokens[0].start : tokens[-1].end], features))
    return tuple(parts)


def _features(tokens: Sequence[Token]) -> Iterator[str]:
    """The features of one sentence."""
    stems = [token.stem for token in tokens if token.stem != ","]
    yield from stems
    yield from (f"{first} {second}" for first, second in pairwise(stems))
    if len(stems) > 1:
        yield FIRST + stems[0]
        yield f"{FIRST}{stems[0]} {stems[1]}"
    left = 0
    for token in tokens:
        if left and token.stem != ",":
            yield NEGATED + token.stem
        negates = token.stem in NEGATIONS
        left = REACH if negates else 0 if token.stem == "," else max(0, left - 1)


def skill_texts(fields: Mapping[str, str]) -> list[Text]:
    """The fields of a skill as its model reads them: what advises, and what stands around it.

    Args:
        fields: Its texts by name.
    """
    texts = [
        Text(text.replace("-", " ") if name == "name" else text, name in SAYS)
        for name, text in fields.items()
    ]
    return [*texts, Text(advice_of(normalise(fields.get("when_to_use", ""))))]


def message_texts(messages: Sequence[str]) -> list[Text]:
    """What a person has said as its model reads it, the last message being the text itself."""
    *earlier, last = messages
    return [*(Text(message, around=True) for message in earlier), Text(last)]


@lru_cache
def packaged(name: Name) -> Wording:
    """A model that comes with the package."""
    lines = Path(__file__).with_name(f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    _, *classes = lines[0].split("\t")
    rows = (line.split("\t") for line in lines[1:])
    return Wording(classes, {row[0]: [float(weight) for weight in row[1:]] for row in rows})
