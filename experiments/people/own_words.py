"""People after whom individualized seekers are made: what they said in talks of their own."""

from collections.abc import Sequence
from pathlib import Path

from esc_skills.metrics.seekers.calibration import FEATURES, talk_of_conversation
from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.dialogue import Conversation

from ..corpora.reading import ReadReport, read_conversations
from .cards import MOST_FACTS, Card

FEWEST = 3
"""Turns that a person must have said."""


def cards_of_talks(paths: Sequence[Path], most: int) -> list[Card]:
    """One card a conversation, of the first ones in which somebody says enough.

    Args:
        paths: Corpora.
        most: Cards at most.

    Raises:
        UserError: A corpus cannot be read.
    """
    cards: list[Card] = []
    for conversation in read_conversations(paths, ReadReport()):
        turns = talk_of_conversation(conversation).turns
        if len(turns) >= FEWEST:
            cards.append(_card(conversation, turns))
        if len(cards) == most:
            break
    return cards


def _card(conversation: Conversation, turns: tuple[str, ...]) -> Card:
    """What a person said, and their habits of speech in figures."""
    said = "\n".join(f"- {turn}" for turn in turns)
    told = f"Situation: {conversation.situation}\n" if conversation.situation else ""
    facts = f"{told}What they themselves said in a conversation:\n{said}"
    found = {name: FEATURES[name](turns) or 0.0 for name in FEATURES}
    return Card(
        source=conversation.id,
        facts=facts[:MOST_FACTS],
        language=conversation.language,
        behaviour=SeekerBehaviour(
            words=min(120, max(2, round(found["words a turn"]))),
            questions=found["questions"],
            resistance=found["resistance"],
            gratitude=found["gratitude"],
        ),
    )
