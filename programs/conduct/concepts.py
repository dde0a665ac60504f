"""Concepts, and combinations of them that say something: how rules read words not listed with them.

A concept is a set of words and phrases that mean the same ('stop taking', 'come off', 'ditch').
A combination names concepts that stand near each other in one sentence:

    quit medicine          in this order, with a few words in between
    helper & useless       in any order
    quit|avoid helper      either of two concepts
    not want live !idle    where no words of `idle` stand in the sentence
    want =be-gone          words as they stand, with hyphens for spaces
    tired all $            at the end of the sentence, but for a comma or words of `filler`
    calm & farewell @      in any sentences of the text
    > danger & silence     one concept after a comma is an answer to what stands before it; else two
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import yaml

from .tokens import Token, sentences

T = TypeVar("T")
GAP = 4
"""English words that may stand between two concepts of an ordered combination."""
HAN_GAP = 7
"""Chinese characters that may."""
FILLER = "filler"
"""The concept of words that may stand between what is said and the end of its sentence."""
_NEGATIONS = frozenset(("not", "never"))
_HAN_NEGATIONS = frozenset("\u4e0d\u522b\u52ff")
_HAN_FORBIDDING = frozenset(
    ("\u4e0d\u662f", "\u4e0d\u8981", "\u4e0d\u80fd", "\u4e0d\u8be5", "\u4e0d\u4f1a", "\u4e0d\u7528")
)
_FAR = 16
"""Tokens between two concepts of an unordered combination."""
_WIDE = 45
"""Tokens between two concepts that may stand in different sentences."""
_EXCUSES = 16
"""Tokens to what makes such a combination say nothing."""
_TRIED = 50
"""Places of a combination in a sentence that are looked at, so that no text takes long."""


class Hit(NamedTuple):
    """A concept in a sentence."""

    concept: str
    start: int
    """Index of its first token."""
    end: int
    """Index after its last token."""


class Sentence(NamedTuple):
    """A sentence with its concepts."""

    tokens: Sequence[Token]
    hits: Mapping[str, Sequence[Hit]]


class Found(NamedTuple):
    """Where a text says what a combination stands for."""

    start: int
    """Index of the first character."""
    end: int
    first: int
    """Index of the first token in the sentence."""
    advice: int
    """Index of the first character of what answers the occasion before a comma, else `start`."""
    turned: bool
    """Whether a negation stands within, right before a concept: 'tell them not to stop it'."""


class Lexicon:
    """Words and phrases by concept.

    Args:
        entries: Of each concept, its English and Chinese words, separated by commas; what a later
            one says of a concept is added to what an earlier one did.
    """

    def __init__(self, *entries: Mapping[str, Mapping[str, str]]) -> None:
        self.names: set[str] = set()
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._longest: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        for entry in entries:
            for name, languages in entry.items():
                for listed in languages.values():
                    for phrase in listed.split(","):
                        self.add(name, phrase)

    def add(self, name: str, phrase: str) -> None:
        """Let a phrase stand for a concept."""
        self.names.add(name)
        self._sizes[name] = self._sizes.get(name, 0) + 1
        key = tuple(token.stem for part in sentences(phrase.lower()) for token in part)
        if key and name not in self._known.get(key, ()):
            self._known[key] = (*self._known.get(key, ()), name)
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def size(self, names: Sequence[str]) -> int:
        """How many phrases stand for any of some concepts."""
        return sum(self._sizes[name] for name in names)

    def read(self, text: str) -> list[Sentence]:
        """The sentences of a text in plain spelling, with the concepts in each."""
        return [Sentence(tokens, self._hits(tokens)) for tokens in sentences(text)]

    def _hits(self, tokens: Sequence[Token]) -> Mapping[str, Sequence[Hit]]:
        stems = tuple(token.stem for token in tokens)
        hits: dict[str, list[Hit]] = {}
        for start, first in enumerate(stems):
            longest = min(self._longest.get(first, 0), len(stems) - start)
            for end in range(start + 1, start + longest + 1):
                for concept in self._known.get(stems[start:end], ()):
                    hits.setdefault(concept, []).append(Hit(concept, start, end))
        return hits


class Combination:
    """Concepts that say something together; see the module for how one is written.

    Args:
        text: The combination.
        lexicon: The concepts that there are; learns words that stand in the combination.

    Raises:
        KeyError: It names a concept that there is not.
    """

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        parts = text.split()
        self.ordered = "&" not in parts
        self.last = "$" in parts
        self.wide = "@" in parts
        """Whether its concepts may stand in any sentences of a text."""
        self.answers = 1 if ">" in parts else 2
        """How many of its concepts must stand after a comma to be an answer."""
        self.denies = parts[0].startswith("not")
        """Whether it holds its own negation."""
        self.unless = frozenset(part[1:] for part in parts if part[0] == "!")
        self.parts = tuple(part.split("|") for part in parts if part[0] not in "&!$>@")
        for name in (*self.unless, *(name for part in self.parts for name in part)):
            if name.startswith("="):
                lexicon.add(name, name[1:].replace("-", " "))
            elif name not in lexicon.names:
                raise KeyError(name)

    def find(self, sentence: Sentence) -> Iterator[Found]:
        """Where a sentence says it."""
        hits = sentence.hits
        if not all(any(name in hits for name in part) for part in self.parts):
            return
        unless = [hit for name in self.unless for hit in hits.get(name, ())]
        if unless and not self.wide and self.answers > 1:
            return
        for chain in islice(self._chains(sentence, 0, ()), _TRIED):
            first = min(hit.start for hit in chain)
            last = max(hit.end for hit in chain)
            if self.last and not _ends(sentence, last):
                continue
            start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
            advice = _answer(sentence, chain, self.answers)
            if any(self._excuses(hit, sentence, (first, last), advice) for hit in unless):
                continue
            yield Found(start, end, first, advice, _turned(sentence, first, chain))

    def _excuses(self, hit: Hit, sentence: Sentence, found: tuple[int, int], advice: int) -> bool:
        """Whether a concept that makes it say nothing stands near, and not in its occasion."""
        if self.wide:
            return found[0] - _EXCUSES < hit.start < found[1] + _EXCUSES
        occasion = self.answers == 1 and advice > sentence.tokens[found[0]].start
        return not (occasion and sentence.tokens[hit.start].start < advice)

    def _chains(
        self, sentence: Sentence, place: int, chain: tuple[Hit, ...]
    ) -> Iterator[tuple[Hit, ...]]:
        if place == len(self.parts):
            yield chain
            return
        for name in self.parts[place]:
            for hit in sentence.hits.get(name, ()):
                if not chain or self._fits(sentence, chain, hit):
                    yield from self._chains(sentence, place + 1, (*chain, hit))

    def _fits(self, sentence: Sentence, chain: tuple[Hit, ...], hit: Hit) -> bool:
        """Whether a concept stands near enough to those before it, and overlaps none."""
        if not self.ordered:
            apart = all(hit.end <= one.start or one.end <= hit.start for one in chain)
            far = _WIDE if self.wide else _FAR
            return apart and all(abs(hit.start - one.start) <= far for one in chain)
        before = chain[-1]
        if hit.start < before.end:
            return False
        between = sentence.tokens[before.end : hit.start]
        han = sum(token.stem >= "\u4e00" for token in between)
        return len(between) - han <= GAP and han <= HAN_GAP


class Combinations(Generic[T]):
    """Combinations that are looked for together, each with what it stands for.

    Args:
        pairs: What each stands for, and the combination, in the order of what is found.
        lexicon: The concepts.
    """

    def __init__(self, pairs: Sequence[tuple[T, Combination]], lexicon: Lexicon) -> None:
        self._pairs, self._lexicon = pairs, lexicon
        self._by_concept: dict[str, list[int]] = {}
        self._wide = any(combination.wide for _, combination in pairs)
        for place, (_, combination) in enumerate(pairs):
            for name in min(combination.parts, key=lexicon.size):
                self._by_concept.setdefault(name, []).append(place)

    def find(self, text: str) -> Iterator[tuple[T, Combination, Sentence, Found]]:
        """Where a text in plain spelling says them, sentence by sentence."""
        read = self._lexicon.read(text)
        for sentence in read:
            yield from self._find(sentence, wide=False)
        if self._wide:
            yield from self._find(_joined(read), wide=True)

    def _find(
        self, sentence: Sentence, *, wide: bool
    ) -> Iterator[tuple[T, Combination, Sentence, Found]]:
        places = {p for name in sentence.hits for p in self._by_concept.get(name, ())}
        for place in sorted(places):
            value, combination = self._pairs[place]
            if combination.wide is wide:
                for found in combination.find(sentence):
                    yield value, combination, sentence, found


def _answer(sentence: Sentence, chain: Sequence[Hit], least: int) -> int:
    """Where so many concepts begin to stand after a comma, or where the first one does."""
    starts = sorted(hit.start for hit in chain)
    for place in range(starts[0], starts[-1]):
        after = [start for start in starts if start > place]
        if sentence.tokens[place].stem == "," and len(after) >= least:
            return sentence.tokens[after[0]].start
    return sentence.tokens[starts[0]].start


def _turned(sentence: Sentence, first: int, chain: Sequence[Hit]) -> bool:
    """Whether any concept but the first stands right behind a word that denies or forbids it."""
    spoken = {at for hit in chain for at in range(hit.start, hit.end)}
    for hit in chain:
        places = (place for place in range(hit.start - 2, hit.start) if place >= first)
        before = ["" if at in spoken else sentence.tokens[at].stem for at in places]
        if _NEGATIONS.intersection(before) or _HAN_NEGATIONS.intersection(before[-1:]):
            return True
        if "".join(before) in _HAN_FORBIDDING:
            return True
    return False


def _joined(read: Sequence[Sentence]) -> Sentence:
    """The sentences of a text as one."""
    tokens, hits = list[Token](), dict[str, list[Hit]]()
    for sentence in read:
        start = len(tokens)
        for name, found in sentence.hits.items():
            moved = (Hit(hit.concept, hit.start + start, hit.end + start) for hit in found)
            hits.setdefault(name, []).extend(moved)
        tokens += sentence.tokens
    return Sentence(tuple(tokens), hits)


def _ends(sentence: Sentence, place: int) -> bool:
    """Whether nothing but filling words follows before the sentence or a comma ends it."""
    filling = {at for hit in sentence.hits.get(FILLER, ()) for at in range(hit.start, hit.end)}
    while place < len(sentence.tokens) and place in filling:
        place += 1
    return place == len(sentence.tokens) or sentence.tokens[place].stem == ","


def packaged_lexicon(*names: str) -> Lexicon:
    """A fresh copy of a packaged lexicon, by the names of its files."""
    return Lexicon(*map(_entries, names))


@lru_cache(maxsize=4)
def _entries(name: str) -> Mapping[str, Mapping[str, str]]:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
