"""Finds the fields of an answer under their headers, in any usual spelling."""

import re
from collections.abc import Collection, Iterator, Sequence

from .notes import Fault, shown

Section = tuple[str, str]
"""The name of a field and the text under its header."""

_BOLD = r"(?:\*\*|__|`)?"
_MARKER = re.compile(
    rf"{_BOLD}(?:\[\[\s*|\[\s*(?=#))#{{0,3}}\s*(\w+)\s*#{{0,3}}\s*\]{{1,2}}{_BOLD}[:\uff1a]?"
)
"""The form that is asked for, `[[ ## name ## ]]`, also without some of its signs, or in bold."""
_BEFORE = r"^[ \t]*(?:[-*\u2022>]\s+|\d{1,2}[.)]\s+)?"
_SIGNS = r"[*_#`\[\]\u3010\u3011 \t]*"
COMPLETED = "completed"


def marked(text: str, names: Collection[str]) -> list[Section]:
    """Sections under the markers that the prompt asks for, wherever they stand."""
    wanted = {*names, COMPLETED}
    found = [m for m in _MARKER.finditer(text) if m[1].lower() in wanted]
    return _cut(text, [(m.start(), m.end(), m[1].lower()) for m in found])


def titled(text: str, names: Collection[str]) -> list[Section]:
    """Sections under markers, Markdown headings, bold titles or `Name:` at the start of a line."""
    places: list[tuple[int, int, str]] = [
        (m.start(), m.end(), m[1].lower())
        for m in _MARKER.finditer(text)
        if m[1].lower() in {*names, COMPLETED}
    ]
    taken = {start for start, _, _ in places}
    for name in names:
        for found in _title_of(name).finditer(text):
            start = found.start()
            if not any(start <= place < found.end() for place in taken) and _is_title(found):
                places.append((start, found.end(), name))
    return _cut(text, sorted(places))


def tagged(text: str, names: Collection[str]) -> list[Section]:
    """Sections in XML tags of the fields' names."""
    pattern = re.compile(rf"<({'|'.join(names)})>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
    return [(m[1].lower(), m[2].strip()) for m in pattern.finditer(text)]


def last_answer(
    sections: Sequence[Section], wanted: Collection[str], required: Collection[str]
) -> dict[str, str]:
    """The last complete answer among sections; else the fullest one.

    A field that comes again begins another answer, so that drafts are passed over. What follows a
    complete answer and an input field is the model going on with the dialogue by itself.

    Raises:
        Fault: Something else follows the answer that contradicts it.
    """
    best: dict[str, str] = {}
    finished = False
    for answer, ended in _answers(sections, wanted, required):
        complete = set(required) <= set(answer)
        if finished or (set(required) <= set(best) and not complete):
            _must_agree(best, answer)
        elif complete or len(answer) >= len(best):
            best = answer
        finished = finished or (complete and ended)
    return best


def _must_agree(best: dict[str, str], other: dict[str, str]) -> None:
    for name, text in other.items():
        if best[name] != text:
            raise Fault(f"{name} stands twice, as {shown(best[name], 40)} and {shown(text, 40)}")


def _answers(
    sections: Sequence[Section], wanted: Collection[str], required: Collection[str]
) -> Iterator[tuple[dict[str, str], bool]]:
    """Answers in order, each with whether the marker of completion stands behind it."""
    answer: dict[str, str] = {}
    ended = False
    for name, text in sections:
        if name in wanted:
            if name in answer:
                yield answer, ended
                answer, ended = {}, False
            answer[name] = text
        elif name == COMPLETED:
            ended = True
        elif set(required) <= set(answer):
            break
    yield answer, ended


def _cut(text: str, places: Sequence[tuple[int, int, str]]) -> list[Section]:
    if not places:
        return []
    ends = [start for start, _, _ in places[1:]] + [len(text)]
    return [
        (name, text[after:end].strip(" \t\n*_") if name == COMPLETED else text[after:end].strip())
        for (_, after, name), end in zip(places, ends, strict=True)
    ]


def _title_of(name: str) -> re.Pattern[str]:
    spelt = r"[ _-]?".join(map(re.escape, name.split("_")))
    return re.compile(
        rf"{_BEFORE}(?P<before>{_SIGNS})(?:{spelt})"
        rf"(?P<after>{_SIGNS}(?:[:\uff1a](?:\*\*|__)?[ \t]*)?)(?=\S|$)",
        re.MULTILINE | re.IGNORECASE,
    )


def _is_title(found: re.Match[str]) -> bool:
    """Whether a line is a title: it has a colon, or signs around and nothing else."""
    if re.search(r"[:\uff1a]", found["after"]):
        return True
    alone = found.end() >= len(found.string) or found.string[found.end()] == "\n"
    return alone and bool(set(found["before"]) & set("#*_[\u3010`"))
