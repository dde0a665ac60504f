"""Probes: supporters that try to raise the score by a trick instead of support.

Deterministic, without a model call of their own. A metric that one of them beats is broken.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import dspy

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.skills import Bank, SelectionPolicy
from esc_skills.signatures.words import language_of

from ..models.role_predict import AsyncCheck, Check
from ..support.support_agent import SupportAgent

LONG = 500
"""Words, or Han characters, of the replies of the probe that talks too much."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LINES: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("probes.json").read_text(encoding="utf-8")
)


class Probe(SupportAgent):
    """Speaks like a `SupportAgent`, but says only what its trick tells it to.

    Its bank has no skills; the policy names the trick, so that its dialogues are told apart from
    those of the plain supporter wherever banks are.

    Args:
        name: One of `PROBES`.

    Raises:
        KeyError: There is no such probe.
    """

    def __init__(self, name: str) -> None:
        super().__init__(Bank(policy=SelectionPolicy(text=f"Probe: {name}.")))
        self.name = name
        self._reply = PROBES[name]

    def forward(
        self,
        history: list[Turn],
        message: str,
        check: Check | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """The trick's reply to `message`, in its language; the `turn`-th line in rotation."""
        reply = self._reply(message, len(history) // 2)
        return dspy.Prediction(reply=reply, skill=None, why=f"probe: {self.name}")

    async def aforward(
        self,
        history: list[Turn],
        message: str,
        check: AsyncCheck | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """`forward`; nothing is waited for."""
        return self.forward(history, message)


def _rotating(name: str, message: str, turn: int) -> str:
    lines = _LINES[name][language_of(message)]
    return lines[turn % len(lines)].replace("{message}", message)


def _long(name: str, message: str, turn: int) -> str:
    """The lines over and over, beginning with another one each turn, until it is long enough."""
    language = language_of(message)
    lines = _LINES[name][language]
    said: list[str] = []
    for line in islice(cycle(lines), turn, None):
        said.append(line)
        if sum(map(_size, said)) >= LONG:
            break
    return ("" if language == "zh" else " ").join(said)


def _size(text: str) -> int:
    return len(_HAN.findall(text)) or len(text.split())


PROBES: dict[str, Callable[[str, int], str]] = {
    name: partial(_long if name == "write 500 words" else _rotating, name) for name in _LINES
}
"""What each probe replies to (message, number of the turn), by the probe's name."""
