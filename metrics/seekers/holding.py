"""Whether seekers hold: moods that rise without cause, and events that are taken up or leak."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from esc_skills.programs.simulation.seeker_faults import DIRECTION_RUN, copied_run
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import Event
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.rollouts import Rollout

from ..evidence.statistics import Interval, clustered_interval
from .drafts import telling_words

NO_STANCE = "not named"
_LEAKED = 0.5
"""Share of an event's telling words, none of them said before, by which a reply gives away that
the supporter knows of it."""

Played = tuple[Profile, Rollout]


class Melting(Frozen):
    """How the mood of seekers with one stance does under a trick."""

    stance: str
    trick: str
    dialogues: int
    melted: Interval
    """Share of dialogues in which the mood rose above its start, with its interval by seeker."""
    highest: float
    """Mean of the highest emotions."""


class EventsHeld(Frozen):
    """What became of the events that came up."""

    told: int
    """Events whose turn was reached with the talk going on."""
    taken_up: int
    """Those of which the seeker's line tells: it has a telling word of the event."""
    copied: int
    """Those whose text the seeker said word for word."""
    leaked: int
    """Those of which a reply knew before the seeker had told."""


def melting(trick: str, played: Iterable[Played]) -> tuple[Melting, ...]:
    """How often moods rise under a trick, by stance; dialogues without a score are left out."""
    rises: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    highest: defaultdict[str, list[int]] = defaultdict(list)
    for profile, rollout in played:
        if rollout.valid:
            stance, top = profile.stance or NO_STANCE, max(rollout.emotions)
            rises[stance][profile.id].append(float(top > rollout.start))
            highest[stance].append(top)
    return tuple(
        Melting(
            stance=stance,
            trick=trick,
            dialogues=len(highest[stance]),
            melted=clustered_interval(rises[stance], (0, 1), unseen=0.5),
            highest=sum(highest[stance]) / len(highest[stance]),
        )
        for stance in sorted(rises)
    )


def events_held(played: Iterable[Played]) -> EventsHeld:
    """What became of the events in some dialogues."""
    told = taken = copied = leaked = 0
    for profile, rollout in played:
        for event in profile.events:
            line = _line(rollout, event)
            if line is None:
                continue
            language = profile.language
            told += 1
            words = telling_words(event.text, language)
            taken += bool(words & telling_words(line, language))
            copied += bool(copied_run(line, event.text, DIRECTION_RUN[language], language))
            leaked += _known_before(event, profile, rollout)
    return EventsHeld(told=told, taken_up=taken, copied=copied, leaked=leaked)


def _line(rollout: Rollout, event: Event) -> str | None:
    """The seeker's line at an event's turn; None where the talk ended before, or with it."""
    place = event.turn - 1
    if place >= len(rollout.exchanges):
        return None
    before = rollout.exchanges[place - 1].mood
    if before is None or not FAILURE_UNDER <= before < SUCCESS_AT:
        return None
    return rollout.exchanges[place].seeker


def _known_before(event: Event, profile: Profile, rollout: Rollout) -> bool:
    """Whether a reply before an event's turn has words of it that nobody had said."""
    words = telling_words(event.text, profile.language)
    said: set[str] = set()
    for exchange in rollout.exchanges[: event.turn - 1]:
        said |= telling_words(exchange.seeker, profile.language)
        reply = telling_words(exchange.reply or "", profile.language)
        if words and len((words & reply) - said) / len(words) >= _LEAKED:
            return True
    return False


def not_held(rows: Sequence[Melting], events: EventsHeld) -> list[str]:
    """What does not hold, in sentences: hostile seekers that melt, and events that leak."""
    wrong = [
        f"{row.melted.mean:.0%} of the hostile seekers' dialogues melt under {row.trick}."
        for row in rows
        if row.stance == "hostile" and row.melted.mean > 0
    ]
    if events.leaked:
        wrong.append(f"Supporters knew of {events.leaked} events before they were told.")
    return wrong
