"""Parameters that a model refuses, learnt from its errors and left out from then on."""

import logging
import re
import threading
from collections.abc import Mapping
from typing import Any

from dspy.utils.exceptions import LMError, LMInvalidRequestError, LMUnsupportedFeatureError

logger = logging.getLogger(__name__)

_OTHER_NAMES = {"max_tokens": "max_completion_tokens"}
"""What newer models call a parameter."""
_ALIKE = {**_OTHER_NAMES, "max_completion_tokens": "max_tokens"}
_DROPPABLE = (
    "temperature",
    "seed",
    "reasoning_effort",
    "max_completion_tokens",
    "max_tokens",
)
"""Parameters without which a request still means the same; no prompt and no model is among them."""
_REFUSED = re.compile(
    r"unsupported|not support|n't support|unrecogni[sz]ed|unknown|not permitted|not allowed"
    r"|unexpected|extra (?:inputs|fields)|extra_forbidden|only the default|not available|deprecated"
    r"|additional propert",
    re.IGNORECASE,
)


class Habits:
    """Parameters that one model refuses; safe from any thread.

    Args:
        model: Its name, for what is said.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._lock = threading.Lock()
        self._instead: dict[str, str | None] = {}

    def learn(self, error: LMError, sent: Mapping[str, Any]) -> bool:
        """Whether a refusal names a parameter that was sent, so that asking without it may help.

        Args:
            error: What the provider said.
            sent: The parameters of the refused request.
        """
        if not isinstance(error, LMInvalidRequestError | LMUnsupportedFeatureError):
            return False
        said = " ".join([str(error), *getattr(error, "features", ())])
        if not _REFUSED.search(said):
            return False
        names = [name for name in _DROPPABLE if sent.get(name) is not None]
        named = [name for name in names if any(n in said for n in (name, _ALIKE.get(name, name)))]
        if not named and isinstance(error, LMUnsupportedFeatureError):
            named = [name for name in names if name.split("_")[0] in said.lower()]
        if not named:
            return False
        other = _OTHER_NAMES.get(named[0])
        with self._lock:
            new = named[0] not in self._instead
        self.drop(
            named[0],
            other if new and other is not None and _renames(said, named[0], other) else None,
        )
        return True

    def drop(self, name: str, other: str | None = None) -> None:
        """From now on leave a parameter out, or send it by another name; said once."""
        with self._lock:
            known = name in self._instead
            self._instead[name] = other
        if not known:
            logger.warning("%s %s", self.model, _told(name, other))

    def applied(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters as the model takes them; None takes one out."""
        changed = dict(parameters)
        with self._lock:
            learnt = dict(self._instead)
        for name, other in learnt.items():
            value = changed.get(name)
            if value is not None:
                changed[name] = None
                if other is not None and learnt.get(other, other) is not None:
                    changed[other] = value
        return changed

    @property
    def told(self) -> tuple[str, ...]:
        """What was learnt, one clause a parameter."""
        with self._lock:
            return tuple(_told(name, other) for name, other in sorted(self._instead.items()))


def _renames(said: str, name: str, other: str) -> bool:
    """Whether a refusal speaks of both names: of the one that it refuses, and of its own."""
    return re.search(rf"\b{name}\b", said) is not None and other in said


def _told(name: str, other: str | None) -> str:
    what = "it is left out" if other is None else f"it is sent as {other}"
    return f"refuses {name}; {what} from now on"
