"""Whether seekers hold, in the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..work.check_seekers import SeekerCheck
from .progress import spend_line
from .tables import bounds, counted, table_of


def print_check(console: Console, found: SeekerCheck) -> None:
    """Print traits recognized, moods under tricks by stance, events, and what does not hold."""
    if found.traits:
        console.print(_traits(found))
    else:
        console.print("No seeker has typed traits.")
    if found.unread:
        console.print(f"The judge could not read {counted(found.unread, 'dialogue')}.")
    console.print(_melting(found))
    events = found.events
    if events.told:
        console.print(
            f"{counted(events.told, 'event')}: {events.taken_up} taken up, {events.copied} copied "
            f"word for word, {events.leaked} known to the supporter before they were told."
        )
    known = found.knowledge
    if known.facts:
        console.print(
            f"{known.told} of {counted(known.facts, 'fact')} told to the bank, {known.unasked} of "
            f"{known.silent} to a silent listener, who asks for none."
        )
    if known.asked:
        console.print(
            f"Asked {counted(known.asked, 'time')} for what they cannot know, seekers said so "
            f"{counted(known.admitted, 'time')}."
        )
    for sentence in found.wrong:
        console.print(Text(sentence, "bold red"))
    console.print(f"Spent {spend_line(found.spend)}.")


def _traits(found: SeekerCheck) -> Table:
    columns = ("trait", "marked", "recognized", "95% interval", "chance")
    cells = (
        (row.trait, str(row.cells), f"{row.share.mean:.0%}", bounds(row.share, ".0%"),
         f"{row.chance:.0%}")
        for row in found.traits
    )  # fmt: skip
    title = f"Traits named blind, {counted(found.seekers, 'seeker')}, simulator {found.simulator}"
    return table_of(title, columns, cells)


def _melting(found: SeekerCheck) -> Table:
    columns = ("stance", "under", "dialogues", "melted", "95% interval", "highest mood")
    cells = (
        (row.stance, row.trick, str(row.dialogues), f"{row.melted.mean:.0%}",
         bounds(row.melted, ".0%"), f"{row.highest:.0f}")
        for row in found.melting
    )  # fmt: skip
    title = "Dialogues in which the mood rises without cause"
    return table_of(title, columns, cells, text=("stance", "under"))
