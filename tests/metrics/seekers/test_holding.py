import pytest
from transcript_files import rollout

from esc_skills.metrics.seekers.holding import events_held, melting, not_held
from esc_skills.signatures.people import Event
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

BELL = Event(turn=3, text="The doorbell rings; the landlord waits outside with a parcel.")
LINES = ("Well.", "It goes on.", "Sorry, the doorbell.", "Where were we?")


def seeker(profiles: list[Profile], **changes: object) -> Profile:
    return profiles[0].model_copy(update=changes)


@pytest.mark.parametrize(
    ("emotions", "share"), [((40, 40), 0), ((30, 40), 0), ((30, 45), 1), ((50, 20), 1)]
)
def test_a_mood_above_its_start_is_melting(
    profiles: list[Profile], emotions: tuple[int, ...], share: float
) -> None:
    hostile = seeker(profiles, stance="hostile")
    played = rollout("hello", "well", "so", emotions=emotions)
    (row,) = melting("silence", [(hostile, played)])
    assert (row.stance, row.melted.mean) == ("hostile", share)
    assert bool(not_held([row], events_held([]))) is bool(share)


def test_stances_are_told_apart_and_missing_data_is_left_out(profiles: list[Profile]) -> None:
    hostile, plain = seeker(profiles, stance="hostile"), profiles[1]
    rising = rollout("hello", "well", emotions=(60,))
    missing = rising.model_copy(update={"ending": "invalid"})
    rows = melting("flattery", [(hostile, missing), (plain, rising)])
    assert [(row.stance, row.dialogues) for row in rows] == [("not named", 1)]
    assert not_held(rows, events_held([])) == []


def held(profiles: list[Profile], *lines: str, **changes: object) -> tuple[int, int, int, int]:
    played: Rollout = rollout(*lines).model_copy(update=changes)
    found = events_held([(seeker(profiles, events=(BELL,)), played)])
    return found.told, found.taken_up, found.copied, found.leaked


def test_an_event_is_taken_up_where_the_line_of_its_turn_tells_of_it(
    profiles: list[Profile],
) -> None:
    assert held(profiles, *LINES) == (1, 1, 0, 0)
    assert held(profiles, "Well.", "It goes on.", "And on.", "Sorry, the doorbell.")[:2] == (1, 0)
    assert held(profiles, "Well.", "It goes on.") == (0, 0, 0, 0)


def test_an_event_said_word_for_word_is_copied(profiles: list[Profile]) -> None:
    text = f"{BELL.text} He has come about the rent, I think, and will stay."
    long = BELL.model_copy(update={"text": text})
    played = rollout("Well.", "It goes on.", text)
    assert events_held([(seeker(profiles, events=(long,)), played)]).copied == 1


def test_a_supporter_who_knows_an_event_beforehand_is_a_leak(profiles: list[Profile]) -> None:
    played = rollout(*LINES)
    first = played.exchanges[0].model_copy(
        update={"reply": "Is the landlord outside? The doorbell rings, he waits with a parcel."}
    )
    told = (first, *played.exchanges[1:])
    assert held(profiles, *LINES, exchanges=told)[3] == 1
    said = (first.model_copy(update={"seeker": BELL.text}), *played.exchanges[1:])
    assert held(profiles, *LINES, exchanges=said)[3] == 0
