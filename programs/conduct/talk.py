"""Whether a sentence of a skill is said to a person, or instructs a supporter about one."""

from .concepts import Sentence

_SPEAKER = frozenset(("i", "my", "me", "we", "our", "\u6211"))
_SPOKEN_TO = frozenset(("you", "your", "yourself", "\u4f60"))
_SPOKEN_OF = frozenset(
    "them they their themselve he him his she her user person seeker client people somebody caller"
    " child girl boy teenager woman man victim \u4ed6 \u5979 \u65b9 \u4eba".split()
)
_INSTRUCTING = frozenset(
    "say tell claim pretend insist act answer agree swear promise let make ask mention call flirt"
    " give suggest invent introduce present beg speak write \u8bf4 \u5047 \u81ea \u56de"
    " \u544a \u8ba9 \u5bf9 \u7b54 \u4fdd \u54c4 \u51b2".split()
)


def is_talk(sentence: Sentence) -> bool:
    """Whether a sentence is said to a person, rather than instructs a supporter about one."""
    stems = {token.stem for token in sentence.tokens}
    if sentence.tokens[0].stem in _INSTRUCTING:
        return False
    return not _SPEAKER.isdisjoint(stems) or (
        not _SPOKEN_TO.isdisjoint(stems) and _SPOKEN_OF.isdisjoint(stems)
    )
