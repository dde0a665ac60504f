"""How a model is made to answer in a form: the strictest way that it has, found once."""

import logging
import re
import threading
from collections.abc import Mapping
from typing import Any, Literal

from dspy.utils.exceptions import LMError, LMInvalidRequestError, LMUnsupportedFeatureError

from .schemas import ANSWER

AnswerFormat = Literal["schema", "tool", "json", "words", "chat"]
"""schema: JSON, held to a schema by the server; tool: arguments of a tool that the model must call;
json: the server's JSON mode; words: JSON that only the prompt asks for; chat: sections under the
names of the outputs, as the prompt asks for them."""
_WAYS: tuple[AnswerFormat, ...] = ("schema", "tool", "json", "words")
_ABOUT_FORMAT = re.compile(
    r"response_?format|json_?schema|json_?object|structured|schema|grammar|tool|function",
    re.IGNORECASE,
)
_TAKES = "Takes your whole answer."
logger = logging.getLogger(__name__)


class Formats:
    """The way in which one model is asked for JSON; safe from any thread.

    A request that the model refuses because of it is sent again in the next way, and so are all
    further ones. The prompt is the same in all of them.

    Args:
        model: Its name, for what is said.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._lock = threading.Lock()
        self._way: AnswerFormat | None = None

    @property
    def known(self) -> AnswerFormat | None:
        """The present way; None where none was needed yet."""
        with self._lock:
            return self._way

    def know(self, way: AnswerFormat | None) -> None:
        """Begin with what was learnt elsewhere."""
        with self._lock:
            self._way = way

    def way_from(self, first: AnswerFormat) -> AnswerFormat:
        """The present way; `first` until the model has refused one."""
        with self._lock:
            if self._way is None:
                self._way = first
            return self._way

    def sent(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a request, its schema as the model takes it."""
        wanted = parameters.get("response_format")
        rest = {name: value for name, value in parameters.items() if name != "response_format"}
        if wanted is None:
            return dict(parameters)
        schema = wanted.get("json_schema", {}).get("schema")
        with self._lock:
            way = self._way or "schema"
        if way == "schema" and schema is not None:
            return dict(parameters)
        if way == "tool" and schema is not None:
            function = {"name": ANSWER, "description": _TAKES, "parameters": schema}
            tool = {"type": "function", "function": function}
            choice = {"type": "function", "function": {"name": ANSWER}}
            return {**rest, "tools": [tool], "tool_choice": choice}
        return rest if way == "words" else {**rest, "response_format": {"type": "json_object"}}

    def learn(self, error: LMError, sent: Mapping[str, Any]) -> bool:
        """Whether a refusal is one of the way in which the request asked for its form."""
        if not isinstance(error, LMInvalidRequestError | LMUnsupportedFeatureError):
            return False
        said = " ".join([str(error), *getattr(error, "features", ())])
        if not {"response_format", "tools"} & set(sent) or not _ABOUT_FORMAT.search(said):
            return False
        refused = _way_of(sent)
        with self._lock:
            following = _WAYS[_WAYS.index(refused) + 1]
            new = self._way is None or _WAYS.index(self._way) < _WAYS.index(following)
            if new:
                self._way = following
        if new:
            logger.warning("%s refuses %s; it is asked by %s", self.model, refused, following)
        return True


def answered_form(outputs: list[Any]) -> list[Any]:
    """The outputs, with the arguments of the answering tool as the text of each."""
    return [_arguments(output) for output in outputs]


def _arguments(output: Any) -> Any:  # noqa: ANN401 - DSPy's outputs are texts or records
    calls = output.get("tool_calls") if isinstance(output, dict) else None
    if not calls:
        return output
    function = calls[0].get("function") if isinstance(calls[0], dict) else calls[0].function
    named = function if isinstance(function, dict) else vars(function)
    return str(named.get("arguments") or "")


def _way_of(sent: Mapping[str, Any]) -> AnswerFormat:
    """The way in which a request asked for its form."""
    if "tools" in sent:
        return "tool"
    return "json" if sent["response_format"].get("type") == "json_object" else "schema"
