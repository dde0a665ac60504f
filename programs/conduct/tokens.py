"""Sentences of a text as words without their endings, and as single Chinese characters.

Coarse on purpose: words of a lexicon lose their endings in the same way, so that `stopped`,
`stopping` and `stops` are one. Contractions and the spellings of chats are written out.
"""

import re
from typing import NamedTuple

from .memory import remembered

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|\u8981\u4e0d\u8981|[\u4e00-\u9fff]|[.!?;\n]+|,")
_VOWEL = re.compile("[aeiouy]")
_ENDS = frozenset(".!?;\n")
_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "am is are was were been being",
        "have": "has had having",
        "do": "does did done doing",
        "go": "goes went going",
        "die": "dies died dying",
        "take": "took taken",
        "tell": "told",
        "say": "said",
        "keep": "kept",
        "hide": "hid hidden hiding",
        "buy": "bought",
        "think": "thought thoughts",
        "feel": "felt",
        "wake": "woke woken waken waking",
        "hang": "hung",
        "beat": "beaten",
        "write": "wrote written",
        "give": "gave given",
        "get": "got gotten",
        "make": "made",
        "fall": "fell fallen",
        "throw": "threw thrown",
        "sleep": "slept",
        "lose": "lost",
        "find": "found",
        "choose": "chose chosen",
        "leave": "left",
        "hear": "heard",
        "child": "children",
        "wife": "wives",
        "see": "saw seen seeing",
        "use": "used using",
        "bleed": "bled",
        "drink": "drank drunk",
        "eat": "ate eaten",
        "shoot": "shot",
        "teach": "taught",
        "forgive": "forgave forgiven",
        "mean": "meant",
        "pay": "paid",
        "lie": "lied lying lies",
        "tie": "tied tying ties",
    }.items()
    for form in forms.split()
}
_WRITTEN_OUT = {
    "can't": "can not",
    "cannot": "can not",
    "cant": "can not",
    "won't": "will not",
    "wont": "will not",
    "dont": "do not",
    "doesnt": "do not",
    "didnt": "do not",
    "isnt": "be not",
    "wasnt": "be not",
    "ain't": "be not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "im": "i be",
    "ive": "i have",
    "wanna": "want to",
    "gonna": "go to",
    "gotta": "have to",
    "u": "you",
    "ur": "your",
    "let's": "let us",
    "nobody": "no one",
    "anyone": "anybody",
    "someone": "somebody",
    "everyone": "everybody",
}
_CUT_OFF = {"n't": "not", "'m": "be", "'re": "be", "'ll": "will", "'ve": "have", "'d": "would"}
_IS = frozenset("it that what there here he she who where this everything nothing".split())


class Token(NamedTuple):
    """A word or a Chinese character; a comma stands as itself."""

    stem: str
    start: int
    """Index of its first character in the text."""
    end: int


@remembered(20_000)
def stem(word: str) -> str:
    """An English word without its ending."""
    word = _IRREGULAR.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return stem(word[:-1])
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 1 and _VOWEL.search(root) and not root.endswith("e"):
            return _bare(root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root)
    return _bare(word)


def _bare(word: str) -> str:
    return word.removesuffix("e") if len(word) > 3 else word


@remembered(20_000)
def stems(word: str) -> tuple[str, ...]:
    """What a written word stands for: one stem, or those of a contraction."""
    if word in _WRITTEN_OUT:
        return tuple(stem(part) for part in _WRITTEN_OUT[word].split())
    for end, said in _CUT_OFF.items():
        if word.endswith(end):
            return (stem(word.removesuffix(end)), said)
    if word.endswith("'s"):
        root = word.removesuffix("'s")
        return (root, "be") if root in _IS else (stem(root),)
    return (stem(word),)


@remembered(1024)
def sentences(text: str) -> tuple[tuple[Token, ...], ...]:
    """The sentences of a text in plain spelling."""
    found: list[tuple[Token, ...]] = []
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word[0] in _ENDS:
            if tokens:
                found.append(tuple(tokens))
            tokens = []
        else:
            tokens += (Token(part, *match.span()) for part in stems(word))
    if tokens:
        found.append(tuple(tokens))
    return tuple(found)
