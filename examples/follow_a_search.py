"""Observe every event of a search: what was proposed, decided and measured."""

from esc_skills import (
    Analysed,
    Budget,
    Decision,
    EvolutionSettings,
    Measured,
    SkillEvolution,
    SupportAgent,
    rehearsal_runner,
    sample_profiles,
)


def follow(event: object) -> None:
    """Print one line for each event."""
    match event:
        case Analysed():
            print(f"generation {event.generation}: {len(event.edits)} edits proposed")
        case Decision():
            print("accepted" if event.accepted else "rejected", f"{event.summary}: {event.reason}")
        case Measured():
            print(f"level {event.score.mean:.1f} points after {event.spend.calls} calls")
        case _:
            pass


seekers = sample_profiles()
search = SkillEvolution(
    rehearsal_runner(budget=Budget(calls=5_000)),
    EvolutionSettings(test_replicates=1),
    observers=[follow],
)
search.compile(SupportAgent(), trainset=seekers[::2], testset=seekers[1::2])
