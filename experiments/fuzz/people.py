"""Sound set files, role cards and audit logs, and the readers that the commands use."""

from pathlib import Path

AUDIT = [
    {"logger": "esc_skills.audit", "event": "denied", "client": "a"},
    {
        "logger": "esc_skills.audit",
        "event": "reply",
        "asked": "I am low.",
        "reply": "I see.",
        "follows": "",
        "exchange": "a1",
    },
    {
        "logger": "esc_skills.audit",
        "event": "reply",
        "asked": "Do you?",
        "reply": "Tell me.",
        "follows": "a1",
        "exchange": "a2",
    },
]
SET = {
    "name": "x",
    "who": "people at night",
    "count": 5,
    "traits": {"openness": "low"},
    "grid": {
        "need": ["praise", "I want out"],
        "topic": ["work"],
        "language": ["en", "zh"],
        "stance": ["hostile"],
    },
    "events": [{"turn": 3, "text": "It rings."}],
    "sessions": 2,
    "difficulty": "frontier",
}
CARDS = [
    {"base": "Age: 45. Occupation: bus driver.", "source": "x", "language": "english", "id": 7},
    {"role": "Big five personality traits: introverted; curious; a widow of 66.", "challenge": "x"},
    {
        "AI_client": {
            "intake_form": "Name: Laura. She cannot run far.",
            "attitude": "negative",
            "dialogue_history_init": "Counselor: Hi.\nClient: Hello.",
        }
    },
    {"player": "她是护士，三十岁，性格内向，喜欢唱歌", "scene": "夜班", "task": "夸奖"},  # noqa: RUF001
]


def read_set_file(folder: Path) -> None:
    """Read `set.yaml` of a folder, and deal its cells."""
    from ..people.grid import cells_of
    from ..people.set_file import read_set

    wanted = read_set(folder / "set.yaml")
    cells_of(wanted.model_copy(update={"count": min(wanted.count or 9, 50)}), [], 1)


def read_card_files(folder: Path) -> None:
    """Read the cards in a folder, and deal them."""
    from ..people.cards import read_cards
    from ..people.grid import cells_of
    from ..people.set_file import PeopleSet

    for file in folder.iterdir():
        cells_of(PeopleSet(traits="varied"), read_cards([file]), 1)
