"""Questions with answers, as forums and counselling columns keep them: two turns a record."""

from collections.abc import Mapping
from typing import Any

from esc_skills.signatures.dialogue import Conversation, Turn

from .hints import Hints
from .labels import outcome_in, text_in
from .turns import language_of

QUESTION_KEYS = (
    "question", "questiontext", "question_text", "query", "prompt", "instruction", "input", "post",
    "selftext", "body", "\u95ee\u9898", "\u63d0\u95ee",
)  # fmt: skip
ANSWER_KEYS = (
    "answer", "answertext", "answer_text", "response", "output", "reply", "comment", "completion",
    "\u56de\u7b54", "\u7b54\u6848",
)  # fmt: skip
TITLE_KEYS = ("title", "questiontitle", "question_title", "subject")


def is_question(record: Any, hints: Hints) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record is a question with an answer."""
    found = _fields(record, hints)
    return all(isinstance(found.get(part), str) for part in ("question", "answer"))


def conversation_of_question(record: Any, name: str, hints: Hints) -> Conversation:  # noqa: ANN401
    """The question as the seeker's turn, the answer as the supporter's.

    Raises:
        ValueError: One of the two is missing or empty.
    """
    found = _fields(record, hints)
    turns: list[Turn] = []
    for part, speaker in (("question", "seeker"), ("answer", "supporter")):
        text = found.get(part)
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"must have a {part}, but it is empty")
        turns.append(Turn.model_validate({"speaker": speaker, "text": text.strip()}))
    return Conversation(
        id=name,
        outcome=outcome_in(record),
        situation=found.get("title") or "",
        problem=text_in(record, "topic", "category"),
        language=language_of(turns),
        turns=tuple(turns),
    )


def _fields(record: Any, hints: Hints) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Question, answer and title of a record, by the names of its fields or the user's."""
    if not isinstance(record, Mapping):
        return {}
    lowered = {str(key).lower().strip(): value for key, value in record.items()}
    usual = {"question": QUESTION_KEYS, "answer": ANSWER_KEYS, "title": TITLE_KEYS}
    found: dict[str, Any] = {}
    for part, keys in usual.items():
        named = hints.columns.get(part)
        wanted = (named.lower(),) if named else keys
        found[part] = next((lowered[key] for key in wanted if lowered.get(key)), None)
    return found
