"""JSON as models write it: found within prose, read without guessing at a value.

A library that repairs JSON turns `-5 to +5` into -5, a cut-off `-1` (of `-10`) into -1, and loses a
Unicode minus. So bare values are quoted as they stand before anything is repaired, an end that is
missing stays missing, and one key with two values is a fault.
"""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import json_repair

from .notes import Fault, Notes, shown

_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_BARE = re.compile(r"(?:(?!\s//)[^,{}\[\]\n\"])+")
_BRACKET = re.compile(r"[{\[]")
_PAIRS = {"{": "}", "[": "]"}
_QUOTES = {'"': '"', "\u201c": "\u201d", "\uff02": "\uff02"}
_NEXT_IN_OBJECT = re.compile(
    r"\s*(?:\Z|[:\uff1a}\]]|[,\uff0c]\s*(?:[\"\u201c}\]/]|\w[\w ]*[:\uff1a])|\n\s*[\"\u201c])"
)
_NEXT_IN_LIST = re.compile(
    r"\s*(?:\Z|[}\]]|[,\uff0c]\s*(?:[\"\u201c{\[}\]/\d-]|true\b|false\b|null\b))"
)
_JSON = json.JSONDecoder(strict=False)
_PYTHON_NAMES = {"True": "true", "False": "false", "None": "null"}


def unfenced(text: str, notes: Notes) -> str:
    """The content of the fence, where one fence holds all or nearly all of a text."""
    found = _FENCE.findall(text)
    if len(found) == 1 and (text.lstrip().startswith("```") or found[0].lstrip()[:1] in _PAIRS):
        notes.repaired("fence")
        return found[0].strip()
    return text


class Container(NamedTuple):
    """An outermost object or list in a text."""

    plain: str
    """In plain JSON."""
    whole: bool
    """Whether its end is there, too."""
    start: int
    """Place of its bracket."""


def containers(text: str) -> Iterator[Container]:
    """Every outermost object or list that stands in a text."""
    found = _BRACKET.search(text)
    while found is not None:
        start = found.start()
        try:
            end, whole = _JSON.raw_decode(text, start)[1], True
            plain = text[start:end]
        except (ValueError, RecursionError):
            plain, end, whole = _scanned(text, start)
        yield Container(plain, whole, start)
        found = _BRACKET.search(text, end)


def is_json(text: str) -> bool:
    """Whether a whole text is plain JSON."""
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def parsed(plain: str, notes: Notes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a container that `containers` found.

    Raises:
        Fault: It is not JSON that can be read in one way only.
    """
    try:
        return json.loads(plain, strict=False, object_pairs_hook=_once)
    except json.JSONDecodeError:
        pass
    except (ValueError, RecursionError) as error:
        if isinstance(error, Fault):
            raise
        raise Fault(f"the JSON cannot be read: {error}") from error
    notes.repaired("JSON")
    try:
        value = json_repair.loads(plain, skip_json_loads=True, strict=True)
    except (ValueError, RecursionError) as error:
        raise Fault(f"the JSON cannot be read: {error}") from error
    if not isinstance(value, dict | list):
        raise Fault(f"the JSON cannot be read: {shown(plain)}")
    return value


def python_value(text: str, notes: Notes) -> Any:  # noqa: ANN401 - any JSON value
    """A Python literal or constructor call as JSON would have it; None where it is neither."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        value = _literal(tree)
    except (SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    except Fault:
        raise
    except ValueError:
        return None
    if isinstance(value, dict | list):
        notes.repaired("Python syntax")
        return value
    return None


def _literal(node: ast.expr) -> Any:  # noqa: ANN401
    match node:
        case ast.Call(args=[], keywords=given) if given:
            return _once([(pair.arg or "", _literal(pair.value)) for pair in given])
        case ast.Dict(keys=keys, values=values):
            names = [str(ast.literal_eval(key)) if key else "" for key in keys]
            return _once(list(zip(names, map(_literal, values), strict=True)))
        case ast.List(elts=members) | ast.Tuple(elts=members):
            return [_literal(member) for member in members]
        case _:
            return ast.literal_eval(node)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, if no key stands twice with different values."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise Fault(f"{key} stands twice, as {shown(found[key], 40)} and {shown(value, 40)}")
        found[key] = value
    return found


def _scanned(text: str, start: int) -> tuple[str, int, bool]:
    """A container from its bracket on: in plain JSON, the place after it, and whether it ends."""
    out: list[str] = []
    open_: list[str] = []
    place = start
    while place < len(text):
        sign = text[place]
        if sign in _QUOTES:
            piece, place = _string(text, place, open_)
            out.append(piece)
            if not piece.endswith('"') or piece == '"':
                return "".join(out), len(text), False
            continue
        if sign in _PAIRS:
            open_.append(_PAIRS[sign])
        elif sign in "}]":
            if not open_ or open_.pop() != sign:
                return "".join(out), place + 1, False
        elif text.startswith("//", place):
            place = _line_end(text, place)
            continue
        elif not sign.isspace() and sign not in ",:\uff0c\uff1a":
            piece, place = _bare(text, place)
            out.append(piece)
            continue
        out.append({"\uff0c": ",", "\uff1a": ":"}.get(sign, sign))
        place += 1
        if not open_:
            return _without_trailing_commas("".join(out)), place, True
    return "".join(out), len(text), False


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _string(text: str, place: int, open_: list[str]) -> tuple[str, int]:
    """A string in JSON's own form; quotes within it that are not escaped are escaped."""
    closing = _QUOTES[text[place]]
    follows = _NEXT_IN_LIST if open_ and open_[-1] == "]" else _NEXT_IN_OBJECT
    out, place = ['"'], place + 1
    while place < len(text):
        sign = text[place]
        if sign == "\\" and place + 1 < len(text):
            escaped = text[place : place + 2]
            out.append(escaped if escaped[1] in '"\\/bfnrtu' else escaped[1])
            place += 2
            continue
        if sign == closing and follows.match(text, place + 1):
            return "".join([*out, '"']), place + 1
        out.append('\\"' if sign == '"' else sign)
        place += 1
    return "".join(out), place


def _bare(text: str, place: int) -> tuple[str, int]:
    """A value or key without quotes: as it stands, in quotes unless it is plain JSON."""
    found = _BARE.match(text, place)
    if found is None:
        return json.dumps(text[place]), place + 1
    token, end = found[0], found.end()
    key = re.match(r"[\w ]+?(?=\s*[:\uff1a])", token)
    if key and not _SCALAR.fullmatch(key[0]):
        token, end = key[0], place + key.end()
    token = _PYTHON_NAMES.get(token.strip(), token.strip())
    return (token if _SCALAR.fullmatch(token) else json.dumps(token, ensure_ascii=False)), end


def _without_trailing_commas(plain: str) -> str:
    """JSON without commas before a closing bracket; strings are left alone."""
    strings = r'"(?:[^"\\]|\\.)*"'
    return re.sub(
        rf"({strings})|,\s*(?=[}}\]])", lambda found: found[1] or "", plain, flags=re.DOTALL
    )
