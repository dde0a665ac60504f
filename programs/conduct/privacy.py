"""Private text that a skill copies: a deployed skill must tell nobody what a seeker kept to itself.

An analyst reads appraisals and profiles, so that what it advises may quote them. Words that anybody
said aloud are no secret. Two things count: a run of words of a private text, and a name in it (a
word with a capital inside a sentence, several capitals, or digits).
"""

import re
from collections.abc import Iterable, Iterator
from threading import Lock

from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.words import words

from .reviewer import edit_texts

RUN = 8
"""Words in a row, or Han characters, that are a copy and no coincidence."""
RULE = "private text"
_NAME = re.compile(
    r"\b(?:[A-Za-z]*[A-Z][A-Za-z]*[A-Z]\w*|[A-Za-z_]*\d\w*[A-Za-z]\w*|[A-Za-z]\w*\d\w*)\b"
    r"|(?<=[a-z,;] )[A-Z][a-z]\w+"
)
_ASIDE = frozenset("ok tv usa uk eu ptsd adhd im id ive ill".split())
"""Words with capitals that name nobody."""


class PrivateText:
    """What seekers keep to themselves, and what was said aloud; safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[tuple[Profile, Rollout]] = []
        self._runs: tuple[set[int], set[int]] = set(), set()
        self._names: tuple[set[str], set[str]] = set(), set()

    def add(self, profile: Profile, rollout: Rollout) -> None:
        """Take note of a dialogue; it is read when something is checked."""
        with self._lock:
            self._waiting.append((profile, rollout))

    def copied_by(self, edit: Edit) -> Breach | None:
        """The private text that an edit brings into a skill or the policy; None without any."""
        self._read()
        (secret, aloud), (names, spoken) = self._runs, self._names
        for place, text in edit_texts(edit):
            said = words(text)
            for start, key in enumerate(_runs(said)):
                if key in secret and key not in aloud:
                    return _breach(place, " ".join(said[start : start + RUN]))
            for name in _NAME.findall(text):
                known = name.lower()
                if known in names and known not in spoken:
                    return _breach(place, name)
        return None

    def _read(self) -> None:
        """Read the dialogues that are new."""
        with self._lock:
            new, self._waiting = self._waiting, []
            for profile, rollout in new:
                self._take(0, _private(profile, rollout))
                self._take(1, _spoken(profile, rollout))

    def _take(self, side: int, texts: Iterable[str]) -> None:
        for text in texts:
            self._runs[side].update(_runs(words(text)))
            found = words(text) if side else _NAME.findall(text)
            self._names[side].update(name.lower() for name in found)
        self._names[0].difference_update(_ASIDE)


def _private(profile: Profile, rollout: Rollout) -> Iterator[str]:
    yield from (profile.id, profile.group, profile.character, profile.topic)
    yield from (profile.portrait, profile.scene, profile.hidden_intention, profile.next_step)
    for exchange in rollout.exchanges:
        if (felt := exchange.appraisal) is not None:
            yield from (felt.meaning, felt.goal_fit, felt.inner_activity, felt.feeling)


def _spoken(profile: Profile, rollout: Rollout) -> Iterator[str]:
    yield profile.opening
    for exchange in rollout.exchanges:
        yield from (exchange.seeker, exchange.reply or "")


def _runs(said: list[str]) -> Iterator[int]:
    return (hash(tuple(said[at : at + RUN])) for at in range(len(said) - RUN + 1))


def _breach(place: str, quote: str) -> Breach:
    why = "it copies what a seeker kept to itself"
    return Breach(rule=RULE, severity="hard", why=why, quote=quote, place=place)
