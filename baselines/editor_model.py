"""The editor's model as a `dspy.LM` that packages may copy and call: seeded, paid, remembered."""

from typing import Any

import dspy
from dspy.lm15 import Message, Request, Response, TextPart, Usage

from esc_skills.programs.models.failures import boundary
from esc_skills.programs.runner import Runner

from .package import called_back


class EditorModel:
    """An engine that passes each request on to the run's analyst model.

    The runner remembers each answer by its number and request, so that a search that starts again
    pays for none twice; the number also seeds it, so that the same question asked twice gets two
    answers, as the packages expect at temperature 1.
    """

    def __init__(self, runner: Runner, name: str) -> None:
        self._runner = runner
        self._name = name
        self._asked = 0

    def complete(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            BudgetExhausted: The budget is used up; past the package that asks.
            DialogueError: The model failed for good; likewise.
        """
        self._asked += 1
        messages = [{"role": m.role, "content": m.text or ""} for m in request.messages]
        if request.system:
            messages = [{"role": "system", "content": str(request.system)}, *messages]
        with called_back():
            said = self._runner.consult(lambda: self._ask(messages), self._name, self._asked)
        return Response(
            id=None,
            model=request.model,
            message=Message.assistant([TextPart(said)]),
            finish_reason="stop",
            usage=Usage(
                input_tokens=0, output_tokens=0, total_tokens=0
            ),  # counted where it is paid
        )

    def close(self) -> None:
        """Nothing to close."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "EditorModel":
        """The engine itself: copies of the model go on with the same count."""
        return self

    def _ask(self, messages: list[dict[str, str]]) -> str:
        with boundary("editor"):
            answer = self._runner.models.lms["analyst"](messages=messages)[0]
        return answer if isinstance(answer, str) else str(answer["text"])


def editor_lm(runner: Runner, name: str) -> dspy.LM:
    """The editor's model for one search of the optimizer `name`."""
    return dspy.LM("editor", engine=EditorModel(runner, name), cache=False)
