"""The prompt formats: short, the static part first, hard to inject into, and read by us."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import dspy
from dspy.utils.exceptions import AdapterParseError

from esc_skills.signatures.prompt_text import prompt_text
from esc_skills.signatures.wording import worded, words_in_use

from ..reading.notes import Fault, Notes
from ..reading.reader import read
from .fences import MARKER, fenced
from .native_turns import chat_field, native_messages
from .schemas import ANSWER, answer_schema
from .shapes import demanded, form
from .typed import described, typed

SHOWN_OF_ANSWER = 4000
"""Characters of a refused answer that the model sees again."""
GIVEN = "Given:"
"""Stands before what the names of the inputs do not say by themselves."""
FORM = "Answer in this form:"
JSON_ANSWER = "Answer with a JSON object of this form, keys in this order, and nothing else:"
REMINDER = "Now answer"
"""How the last line of a prompt begins, which repeats what is asked for."""


class Unreadable(AdapterParseError):
    """An answer that cannot be used; `fault` says what is wrong with it.

    Args:
        signature: What was asked.
        answer: The model's text.
        fault: A clause that names the field, the rule and the value.
    """

    repeated = False
    """Whether the answer before it was the same."""

    def __init__(self, signature: type[dspy.Signature], answer: str, fault: str) -> None:
        super().__init__(
            adapter_name="the reader",
            signature=signature,  # type: ignore[arg-type] - the class, as DSPy itself passes
            lm_response=answer,
            message=fault,
        )
        self.fault = fault


_refused: ContextVar[Unreadable | None] = ContextVar("refused", default=None)
_notes: ContextVar[list[Notes] | None] = ContextVar("notes", default=None)


@contextmanager
def asking(refused: Unreadable | None) -> Generator[list[Notes]]:
    """Within the block a prompt names the fault of the answer before; the value takes the notes."""
    taken: list[Notes] = []
    tokens = _refused.set(refused), _notes.set(taken)
    try:
        yield taken
    finally:
        _refused.reset(tokens[0])
        _notes.reset(tokens[1])


class _FencedAdapter(dspy.ChatAdapter):
    """What both formats do alike: the task first, fenced fields, answers read by the reader.

    Fenced: text inside a field cannot pass for a field or a turn of its own. A stage that takes
    part in a conversation reads it as native chat turns, and answers with its words alone.
    """

    def format(
        self,
        signature: type[dspy.Signature],
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """The messages of a prompt."""
        if chat_field(signature) is not None:
            return self.again(native_messages(signature, demos, inputs))
        return self.again(super().format(signature, demos, inputs))

    def format_system_message(self, signature: type[dspy.Signature]) -> str:
        """The static part of a prompt: the task, what is given, and the form of the answer."""
        if chat_field(signature) is not None:
            return worded(signature.instructions.strip())
        told = {name: described(name, field) for name, field in signature.input_fields.items()}
        given = [f"{name} ({text.rstrip('.')})" for name, text in told.items() if text != name]
        parts = [worded(signature.instructions.strip())]
        parts += [f"{GIVEN} {'; '.join(given)}."] if given else []
        return "\n\n".join([*parts, self.format_field_structure(signature)])

    def format_user_message_content(
        self,
        signature: type[dspy.Signature],
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """The fields with their values; one that has its default is left out."""
        parts = [prefix]
        for name, field in signature.input_fields.items():
            if name in inputs and inputs[name] != field.default:
                value = prompt_text(typed(inputs[name], field.annotation))
                parts.append(_section(name, fenced(value)))
        if main_request:
            parts.append(self.user_message_output_requirements(signature))
        return "\n\n".join([*parts, suffix]).strip()

    def parse(self, signature: type[dspy.Signature], completion: str) -> dict[str, Any]:
        """The typed outputs.

        Raises:
            Unreadable: The answer does not say one thing only in each field that was asked for.
        """
        own = self._without_the_form(signature, completion)
        try:
            reading = read(signature, own)
        except Fault as fault:
            raise Unreadable(signature, completion, str(fault)) from fault
        if own != completion:
            reading.notes.repaired("copied form")
        if self.without_header(signature) and reading.notes.repairs == ["header"]:
            reading.notes.repairs.clear()  # it was asked for without one
        taken = _notes.get()
        if taken is not None:
            taken.append(reading.notes)
        return dict(reading.values)

    def without_header(self, signature: type[dspy.Signature]) -> bool:
        """Whether an answer is asked for without the names of its outputs as headers."""
        return chat_field(signature) is not None

    def _without_the_form(self, signature: type[dspy.Signature], completion: str) -> str:
        """An answer without what small models copy into it: the form that they are shown."""
        copied = (
            [self.user_message_output_requirements(signature)] if REMINDER in completion else []
        )
        copied += _demands(signature) if _BRACED.search(completion) else []
        for text in copied:
            completion = completion.replace(text, "")
        return completion

    @staticmethod
    def again(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The prompt, with the refused answer and its fault behind it if there is one."""
        refused = _refused.get()
        if refused is None:
            return messages
        answer = str(refused.lm_response)[:SHOWN_OF_ANSWER].strip() or "(no answer)"
        fault = refused.fault
        if refused.repeated:  # shown a third time, it would be said a third time
            answer = "(the same answer)"
        if _repeats(refused):
            answer, fault = "(the request, repeated)", "it repeats the request and answers nothing"
        asked = (
            f"This answer cannot be used: {fenced(fault)}. Answer the same request again, "
            "completely, in the form that was asked for, and with nothing else."
        )
        return [
            *messages,
            {"role": "assistant", "content": answer},
            {"role": "user", "content": asked},
        ]


class ChatAdapter(_FencedAdapter):
    """Answers in sections under the names of the outputs; one call per answer.

    Each system message is rendered once.
    """

    def __init__(self) -> None:
        super().__init__(use_json_adapter_fallback=False)
        self._system: dict[tuple[object, ...], str] = {}

    def format_system_message(self, signature: type[dspy.Signature]) -> str:
        """The static part of the prompt, rendered once per signature."""
        fields = tuple(
            (name, str(field.annotation), str(field.json_schema_extra))
            for name, field in signature.fields.items()
        )
        key = (signature.instructions, fields, words_in_use())
        if key not in self._system:
            self._system[key] = super().format_system_message(signature)
        return self._system[key]

    def format_field_structure(self, signature: type[dspy.Signature]) -> str:
        """The sections of an answer, each with what it holds."""
        outputs = [
            _section(name, _demand(described(name, field), field.annotation))
            for name, field in signature.output_fields.items()
        ]
        return "\n\n".join([FORM, *outputs])

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder of the form at the end of a prompt."""
        # a small model goes on with the request where it is not told the fields as they are written
        fields = ", then ".join(_marker(name) for name in signature.output_fields)
        several = "the fields " if len(signature.output_fields) > 1 else ""
        return f"{REMINDER} with {several}{fields}."


class StructuredAdapter(_FencedAdapter, dspy.JSONAdapter):
    """Answers as a JSON object, which servers may hold to its schema (`formats`)."""

    def _prepare_response_format(self, lm: Any, lm_kwargs: Any, signature: Any) -> None:  # noqa: ANN401 - DSPy's
        """Constrain the answer, unless it is words alone."""
        if chat_field(signature) is not None:
            return
        schema = answer_schema(signature)
        strict = {"name": ANSWER, "schema": schema, "strict": True}
        lm_kwargs["response_format"] = (
            {"type": "json_object"}
            if schema is None
            else {"type": "json_schema", "json_schema": strict}
        )

    def format_field_structure(self, signature: type[dspy.Signature]) -> str:
        """The keys of the answer, each with what it holds."""
        keys = [
            f'"{name}": {form(f.annotation) or demanded(f.annotation) or "text"},'
            f"  // {described(name, f)}"
            for name, f in signature.output_fields.items()
        ]
        answer = "{\n" + "\n".join(keys) + "\n}"
        return f"{JSON_ANSWER}\n{answer}"

    def without_header(self, signature: type[dspy.Signature]) -> bool:
        """Never with headers: they are keys."""
        return True

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder of the form at the end of a prompt."""
        return f"{REMINDER} with the JSON object: {', '.join(signature.output_fields)}."


def _marker(name: str) -> str:
    return f"{MARKER} {name} ## ]]"


def _section(name: str, text: str) -> str:
    return f"{_marker(name)}\n{text}"


_BRACED = re.compile(r"\{\w")
"""How a demand begins, and no JSON."""


def _demands(signature: type[dspy.Signature]) -> list[str]:
    """What stands in braces in the sections of an answer, as it is shown."""
    shown = (
        _demand(described(name, field), field.annotation).partition("\n")[0]
        for name, field in signature.output_fields.items()
    )
    return [text for text in shown if text.startswith("{")]


def _repeats(refused: Unreadable) -> bool:
    """Whether a refused answer repeats the prompt; shown to its model, it is repeated again."""
    answer, asked = str(refused.lm_response), cast("type[dspy.Signature]", refused.signature)
    given = any(_marker(name) in answer for name in asked.input_fields)
    return given and not any(_marker(name) in answer for name in asked.output_fields)


def _demand(text: str, kind: Any) -> str:  # noqa: ANN401 - any annotation
    """What stands in a section of an answer, with its form where it is not text."""
    demand, shape = demanded(kind), form(kind)
    if not demand:
        return f"{{{text}}}"
    if shape:
        return f"{{{text}: {demand}, keys in this order}}\n{shape}"
    return f"{{{text}: {demand}}}"
