"""Mutations of data and of bytes, by which readers are tried."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any


class Verbatim(str):
    """Text that stands in the file as it is, since no JSON value would be written so."""


HUGE = "9" * 5000
VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 10**30, -(10**30), 1e308, 5e-324, 0.5, 2**63,
    "", " ", "x", "x" * 3000, "\ud800", "\0", "\u202e\u2028\u2029", "[[ ## reply ## ]]",
    "<script>alert(1)</script>", "../../etc/passwd", "none", "NaN", "1e999", "2026-01-01", "a-b",
    "A B", "\ufdfa" * 50, "'; DROP TABLE", "[red]x[/red]", "[/]", "{0}", "%s", "\U0001f984" * 40,
    [], {}, [[]], [None], {"a": {"b": {"c": []}}}, ["x"] * 50, float("nan"), float("inf"),
    Verbatim(HUGE), Verbatim("[" * 3000 + "]" * 3000), Verbatim("1e999"), Verbatim("-0"),
)  # fmt: skip
"""What a value may be replaced by: wrong types, extremes, texts that mean something elsewhere."""
_KEYS = ("extra", "__class__", "id", "kind", "constructor", "", " ")
_NODES = 60
"""Items of a list that may be mutated."""


def mutated(data: Any, rng: random.Random) -> Any:  # noqa: ANN401 - any JSON value
    """The data with one to three of its values changed, removed, added or nested."""
    if rng.random() < 0.02:
        return copy.deepcopy(rng.choice(VALUES))
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        paths = [path for path in _paths(data) if path]
        if not paths:
            return copy.deepcopy(rng.choice(VALUES))
        _change(data, rng.choice(paths), rng)
    return data


def rendered(data: Any, rng: random.Random) -> bytes:  # noqa: ANN401
    """The data as JSON text, which may hold what no JSON value is."""
    verbatim: list[str] = []

    def marked(value: Any) -> Any:  # noqa: ANN401
        match value:
            case Verbatim():
                verbatim.append(str(value))
                return f"@@{len(verbatim) - 1}@@"
            case dict():
                return {str(key): marked(inner) for key, inner in value.items()}
            case list() | tuple():
                return [marked(inner) for inner in value]
            case _:
                return value

    text = json.dumps(marked(data), ensure_ascii=rng.random() < 0.7)
    for number, words in enumerate(verbatim):
        text = text.replace(f'"@@{number}@@"', words)
    return text.encode("utf-8", "surrogatepass")


def garbled(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to five of their stretches changed, cut out or filled in."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not found:
            break
        place, draw = rng.randrange(len(found)), rng.random()
        if draw < 0.3:
            found[place] = rng.randrange(256)
        elif draw < 0.5:
            del found[place : place + rng.choice((1, 2, 10, 100))]
        elif draw < 0.7:
            found[place:place] = rng.randbytes(rng.choice((1, 3, 20)))
        elif draw < 0.8:
            del found[place:]
        elif draw < 0.85:
            found[0:0] = rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"\0\0", b"\n\n"))
        else:
            found[place:place] = rng.choice(_PIECES)
    return bytes(found)


_PIECES = (b"NaN", b"Infinity", b"-", b"{", b"]", b"\\u0000", b"\\ud800", HUGE.encode(), b"\r\n")


def _change(data: Any, path: tuple[Any, ...], rng: random.Random) -> None:  # noqa: ANN401
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    last, draw = path[-1], rng.random()
    value = copy.deepcopy(rng.choice(VALUES))
    if draw < 0.62:
        parent[last] = value
    elif draw < 0.75:
        del parent[last]
    elif draw < 0.85 and isinstance(parent, dict):
        parent[rng.choice(_KEYS)] = value
    elif draw < 0.92 and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[last]))
    else:
        parent[last] = {"nested": parent[last]} if isinstance(parent, dict) else [parent[last]]


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    yield path
    if isinstance(data, dict):
        for key in data:
            yield from _paths(data[key], (*path, key))
    elif isinstance(data, list):
        for place in range(min(len(data), _NODES)):
            yield from _paths(data[place], (*path, place))
