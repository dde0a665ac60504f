"""YAML that others wrote: plain data, or one sentence that says why not, at a bounded cost."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

MOST_VALUES = 100_000
"""Values of a document, each use of an alias counted; a few lines can stand for gigabytes."""
DEEPEST = 100
_SURROGATE = re.compile("[\ud800-\udfff]")
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Written in C, where it is there; it only counts brackets here."""


def load_yaml(text: str) -> Any:  # noqa: ANN401 - any YAML value
    """The data of a YAML document.

    Raises:
        ValueError: It is no YAML, holds a value that cannot be read, or is too deep or too large
            once its aliases are unfolded; says so in one sentence.
    """
    try:
        if text.count("[") + text.count("{") > DEEPEST:
            _check_depth(text)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    except (RecursionError, TypeError, OverflowError, AttributeError, KeyError) as error:
        raise ValueError(f"it cannot be read ({type(error).__name__})") from error
    for count, (value, depth) in enumerate(_values(data)):
        if count >= MOST_VALUES:
            raise ValueError(f"it holds more than {MOST_VALUES:,} values")
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} levels deep")
        if isinstance(value, str) and _SURROGATE.search(value):
            raise ValueError("it holds half of a character (a lone surrogate)")
    return data


def _check_depth(text: str) -> None:
    """Refuse brackets within brackets before they are composed, which takes quadratic time.

    Raises:
        ValueError: They are nested too deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_FAST):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise ValueError(f"it is nested more than {DEEPEST} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _values(data: Any) -> Iterator[tuple[Any, int]]:  # noqa: ANN401
    """Every value with its depth, aliases unfolded."""
    waiting: list[tuple[Any, int]] = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting += ((inner, depth + 1) for pair in value.items() for inner in pair)
        elif isinstance(value, list | tuple | set):
            waiting += ((inner, depth + 1) for inner in value)
