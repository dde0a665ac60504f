"""Reads single values: texts, whole numbers, truth values, labels and names."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from .notes import Fault, Notes, shown

_SIGNS = str.maketrans({"\u2212": "-", "\uff0d": "-", "\u2013": "-", "\uff0b": "+"})
_WHOLE = re.compile(r"[+-]?\d+(?:\.0+)?\.?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_AROUND = " \t\n\"'`*_\u201c\u201d\u300c\u300d"
_EMPTY = frozenset({"", "none", "null", "n/a", "na", "nil", "-", "\u2014", "[]", "\u65e0"})
_TRUE = frozenset({"true", "yes", "y", "1", "\u662f"})
_FALSE = frozenset({"false", "no", "n", "0", "\u5426", "\u4e0d"})
_EXPLAINED = re.compile(r"\s*(?:\(.*\)|\uff08.*\uff09|[\u2014\u2013-]\s.*)\s*\Z", re.DOTALL)
"""An explanation behind a word, in brackets or after a dash."""
_ALIASES = {
    "providing suggestions": "suggestion",
    "giving suggestions": "suggestion",
    "direct guidance": "suggestion",
    "approval and reassurance": "affirmation",
    "paraphrasing": "restatement",
    "balanced view": "balanced-view",
    "new skill": "add",
    "delete": "remove",
    "modify": "rewrite",
    "update": "rewrite",
}
"""Words of the corpora's own labels, and usual other words for what an edit does."""


def is_empty(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a value says that there is nothing."""
    if value is None:
        return True
    return isinstance(value, str) and value.strip(_AROUND).removesuffix(".").lower() in _EMPTY


def plain_text(value: Any, place: str, notes: Notes) -> str:  # noqa: ANN401
    """A text; a list of steps is joined into one.

    Raises:
        Fault: It is an object or a truth value.
    """
    if value is None:
        notes.repaired("null")
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list | tuple) and all(isinstance(step, str) for step in value):
        notes.repaired("steps")
        steps = [step.strip() for step in value if step.strip()]
        return " ".join(s if s[-1] in ".!?;:\u3002\uff01\uff1f" else f"{s}." for s in steps)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict) and len(value) == 1:
        inner = next(iter(value.values()))
        if isinstance(inner, str):
            notes.repaired("level")
            return inner.strip()
    raise Fault(f"{place} must be text, but is {shown(value)}")


def whole(value: Any, place: str, notes: Notes) -> int:  # noqa: ANN401
    """One whole number, as it stands.

    Raises:
        Fault: It is anything else: a range, a fraction, words, two numbers.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    text = unicodedata.normalize("NFKC", str(value)).strip(_AROUND + "[]").translate(_SIGNS)
    text = re.sub(rf"^{re.escape(place)}\s*[:=]?\s*", "", text, flags=re.IGNORECASE)
    if isinstance(value, bool) or not _WHOLE.fullmatch(text):
        raise Fault(f"{place} must be one whole number, but is {shown(value)}")
    notes.repaired("number")
    return int(text.rstrip(".").split(".")[0])


def number(value: Any, place: str, notes: Notes) -> float:  # noqa: ANN401
    """One number.

    Raises:
        Fault: It is anything else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip(_AROUND).translate(_SIGNS)
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise Fault(f"{place} must be one number, but is {shown(value)}")
    notes.repaired("number")
    return float(text)


def truth(value: Any, place: str, notes: Notes) -> bool:  # noqa: ANN401
    """True or False, also as yes or no with an explanation.

    Raises:
        Fault: It is neither.
    """
    if isinstance(value, bool):
        return value
    text = str(value).strip(_AROUND)
    word = _EXPLAINED.sub("", text).strip(_AROUND + ".\u3002").lower()
    others = set(re.findall(r"\w+", text.lower())) - {word}
    if (word in _TRUE and not others & _FALSE) or (word in _FALSE and not others & _TRUE):
        if text not in ("True", "False", "true", "false"):
            notes.repaired("truth value")
        return word in _TRUE
    raise Fault(f"{place} must be True or False, but is {shown(value)}")


def label(value: Any, allowed: Sequence[Any], place: str, notes: Notes) -> Any:  # noqa: ANN401
    """One of the allowed labels, in any spelling and with an explanation behind it.

    Raises:
        Fault: It is none of them, or names more than one.
    """
    if value in allowed:
        return value
    by_words = {_words(str(one)): one for one in allowed}
    if isinstance(value, str | int):
        said = _words(_EXPLAINED.sub("", str(value)))
        said = _words(_ALIASES.get(said, said))
        fitting = {w for w in by_words if f" {w} " in f" {said} "}
        longest = {w for w in fitting if not any(w != o and f" {w} " in f" {o} " for o in fitting)}
        if len(longest) == 1 and said.startswith(word := longest.pop()):
            notes.repaired("label")
            return by_words[word]
    raise Fault(f"{place} must be one of {', '.join(map(str, allowed))}, but is {shown(value)}")


def valid_name(text: str, rules: Sequence[Any], place: str, notes: Notes) -> str:
    """The text; a name that must be lower-case words with hyphens is made one."""
    pattern = next((rule.pattern for rule in rules if getattr(rule, "pattern", None)), None)
    if pattern is None or re.fullmatch(pattern, text):
        return text
    made = slug(text)
    if not re.fullmatch(pattern, made):
        raise Fault(f"{place} must be lower-case words joined by hyphens, but is {shown(text)}")
    notes.repaired("name")
    return made


def slug(text: str, longest: int = 64) -> str:
    """`See The Effort` as see-the-effort; whole words, so many characters at most."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['\u2019]", "", text))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    made = ""
    for word in words:
        if len(made) + len(word) + bool(made) > longest:
            break
        made = f"{made}-{word}" if made else word
    return made


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().replace("_", " ")))
