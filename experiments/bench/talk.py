"""How often the guard would interrupt real talk, in which most alarms are false."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from esc_skills.programs.conduct.danger import read_danger
from esc_skills.programs.conduct.replies import check_reply
from esc_skills.signatures.conduct import hard
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.frozen import Frozen

from ..corpora.reading import ReadReport, read_conversations
from ..show.tables import table_of


class Interruptions(Frozen):
    """What the guard makes of the talk of a corpus."""

    messages: int
    dangers: dict[str, int]
    """Messages in which it reads danger, by level."""
    replies: int
    refused: int
    """Replies that it would ask for again."""
    rules: dict[str, int]
    """These by the hard rules that they break, the commonest first."""


def interruptions(corpus: Sequence[Path]) -> Interruptions:
    """Read the messages of a corpus for danger, and check its replies, without a model.

    Args:
        corpus: Files of conversations, in any form that `mine` reads.

    Raises:
        UserError: Nothing can be read.
    """
    dangers, rules = Counter[str](), Counter[str]()
    messages = replies = refused = 0
    for turn, before in _turns(corpus):
        if turn.speaker == "seeker":
            messages += 1
            said = [one.text for one in before if one.speaker == "seeker"]
            dangers[read_danger([*said, turn.text]).level] += 1
        else:
            replies += 1
            broken = hard(check_reply(turn.text, before))
            refused += bool(broken)
            rules.update({breach.rule for breach in broken})
    del dangers["none"]
    return Interruptions(
        messages=messages,
        dangers=dict(dangers.most_common()),
        replies=replies,
        refused=refused,
        rules=dict(rules.most_common()),
    )


def _turns(corpus: Sequence[Path]) -> Iterator[tuple[Turn, Sequence[Turn]]]:
    """Each turn with those before it."""
    for conversation in read_conversations(corpus, ReadReport()):
        for place, turn in enumerate(conversation.turns):
            yield turn, conversation.turns[:place]


def talk_table(found: Interruptions) -> Table:
    """The same as a table."""
    rows = [
        ("messages read as danger", *_share(sum(found.dangers.values()), found.messages)),
        *(("    " + level, *_share(n, found.messages)) for level, n in found.dangers.items()),
        ("replies asked for again", *_share(found.refused, found.replies)),
        *(("    " + rule, *_share(n, found.replies)) for rule, n in found.rules.items()),
    ]
    return table_of(
        "What the guard makes of this talk", ("", "how many", "share"), rows, text=("",)
    )


def _share(count: int, of: int) -> tuple[str, str]:
    return f"{count:,} of {of:,}", f"{count / of:.1%}" if of else "-"
