"""Any list of turns as a conversation: OpenAI messages, ShareGPT, role and content lists, pairs."""

from collections.abc import Sequence
from typing import Any

from esc_skills.signatures.dialogue import Conversation, Language, Turn

from .hints import Hints
from .labels import outcome_in, rating_in, strategy_in, text_in
from .speakers import roles_of
from .turn_lists import RawTurn, turns_in

LONGEST_TURN = 100_000
"""Characters of a turn above which a record is taken for damaged."""
_HAN_SHARE = 0.3
"""Share of Chinese characters from which a conversation counts as Chinese."""


def conversation_of_turns(record: Any, name: str, hints: Hints) -> Conversation:  # noqa: ANN401
    """A record that holds a list of turns as a conversation with the id `name`.

    Args:
        record: Any JSON value.
        name: The id.
        hints: Roles of speakers whose names do not tell.

    Raises:
        ValueError: It holds no turns, only one person speaks, or the names of the speakers do not
            tell who seeks support; says what to do.
    """
    turns = spoken(turns_in(record), hints)
    return Conversation(
        id=name,
        outcome=outcome_in(record),
        situation=text_in(record, "situation", "context", "background", "title", "summary"),
        problem=text_in(record, "problem_type", "problem", "topic", "category", "theme"),
        emotion=text_in(record, "emotion_type", "emotion"),
        language=language_of(turns),
        turns=turns,
    )


def spoken(raw: Sequence[RawTurn], hints: Hints) -> tuple[Turn, ...]:
    """The turns that somebody speaks, with their roles; empty ones are left out.

    Raises:
        ValueError: See `conversation_of_turns`.
    """
    said = [turn for turn in raw if turn.text.strip()]
    for place, turn in enumerate(said):
        if len(turn.text) > LONGEST_TURN:
            raise ValueError(
                f"turn {place + 1} has {len(turn.text):,} characters, over {LONGEST_TURN:,}; "
                "the record seems to be damaged"
            )
    roles = roles_of((turn.speaker for turn in said), hints.speakers)
    turns = tuple(
        Turn(
            speaker=role,
            text=turn.text.strip(),
            strategy=strategy_in(turn.labels) if role == "supporter" else None,
            feedback=rating_in(turn.labels) if role == "seeker" else None,
        )
        for turn in said
        if (role := roles[turn.speaker])
    )
    speakers = {turn.speaker for turn in turns}
    if len(speakers) < 2:
        only = f"only the {speakers.pop()} speaks" if speakers else "nobody speaks"
        raise ValueError(f"must have a seeker and a supporter, but {only}")
    return turns


def language_of(turns: Sequence[Turn]) -> Language:
    """Chinese where a good share of the characters is, English otherwise."""
    text = "".join(turn.text for turn in turns)
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if han > _HAN_SHARE * max(1, len(text)) else "en"
