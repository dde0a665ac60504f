"""Parameters that a model refuses, learnt from its errors and left out from then on."""

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from dspy.utils.exceptions import LMError, LMInvalidRequestError, LMUnsupportedFeatureError

logger = logging.getLogger(__name__)

OLD, NEW = "max_tokens", "max_completion_tokens"
"""The limit of an answer's tokens: old servers know it by the first name, new models by the second.
DSPy sends both as the second one; what stands in `extra_body` is sent as it is."""
_LIMIT = re.compile(rf"\b(?:{OLD}|{NEW})\b")
_DROPPABLE = ("temperature", "seed", "reasoning_effort")
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
        named = [name for name in names if name in said]
        if not named and isinstance(error, LMUnsupportedFeatureError):
            named = [name for name in names if name.split("_")[0] in said.lower()]
        if named:
            self.drop(named[0])
            return True
        limits = _LIMIT.findall(said)
        if not limits or _limit_of(sent) is None:
            return False
        self._learn_limit(limits, sent)
        return True

    def _learn_limit(self, named: Sequence[str], sent: Mapping[str, Any]) -> None:
        """Send the limit by its other name, or leave it out where that was refused as well.

        Args:
            named: The names of the limit in a refusal; the first is taken for the refused one.
            sent: The parameters of the refused request.
        """
        refused = named[0]
        with self._lock:
            first = not {OLD, NEW} & self._instead.keys()
        if first:
            other = OLD if refused == NEW else NEW
            # what refuses the old name may have no limit at all, unless it names the new one; what
            # refuses the new name is a server from before it
            self.drop(refused, other if refused == NEW or other in named else None)
        elif sent.get(NEW) is not None or OLD in (sent.get("extra_body") or {}):
            self.drop(refused)
        # otherwise the request was on its way when this was learnt

    def drop(self, name: str, other: str | None = None) -> None:
        """From now on leave a parameter out, or send it by another name; said once."""
        with self._lock:
            known = self._instead.get(name, "") == other
            self._instead[name] = other
        if not known:
            logger.warning("%s %s", self.model, _told(name, other))

    def applied(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters as the model takes them; None takes one out."""
        changed = dict(parameters)
        with self._lock:
            learnt = dict(self._instead)
        for name in learnt.keys() & changed.keys() - {OLD, NEW}:
            changed[name] = None
        limit = _limit_of(changed)
        ways = [learnt[name] for name in (OLD, NEW) if name in learnt]
        if limit is not None and ways:
            changed.update(dict.fromkeys({OLD, NEW} & changed.keys()))
            if None in ways:
                changed.pop("extra_body", None)
            elif ways[0] == NEW:
                changed[NEW] = limit
            else:
                changed["extra_body"] = {OLD: limit}
        return changed

    @property
    def known(self) -> dict[str, str | None]:
        """What was learnt: parameters, and what each is sent as; None for those left out."""
        with self._lock:
            return dict(self._instead)

    def know(self, known: Mapping[str, str | None]) -> None:
        """Begin with what was learnt elsewhere."""
        with self._lock:
            self._instead = dict(known)

    @property
    def told(self) -> tuple[str, ...]:
        """What was learnt, one clause a parameter."""
        with self._lock:
            return tuple(_told(name, other) for name, other in sorted(self._instead.items()))


def _limit_of(parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number
    """The limit of an answer's tokens, by whichever name; None without one."""
    held = (parameters, parameters.get("extra_body") or {})
    found = (values.get(name) for values in held for name in (OLD, NEW))
    return next((value for value in found if value is not None), None)


def _told(name: str, other: str | None) -> str:
    what = "it is left out" if other is None else f"it is sent as {other}"
    return f"refuses {name}; {what} from now on"
