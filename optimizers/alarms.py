"""Alarms: does the search exploit the score instead of helping people?

The alarms use the dialogues of the sealed test. They decide nothing: an alarm tells a person to
read the dialogues. Each requires a large effect, so the absence of an alarm proves nothing.
"""

from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.judges.asking import judged_difference
from esc_skills.metrics.judges.panel import supporter_judge
from esc_skills.metrics.text.drift import Spread, length_ratio, spreading_phrase
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.runner import Runner
from esc_skills.signatures.rollouts import Rollout, Spend
from esc_skills.signatures.skills import GUIDANCE_TOKENS, Bank
from esc_skills.signatures.words import tokens_in

from .events import Alarm, SealedTest, Watch, Watcher

WORTHWHILE = 2.0
"""Points of 0..100 by which a judge must be able to see a gain that the score is sure of."""
SEEN = 0.25
"""Share of the score's gain that it must be able to see, too. Judges grade more narrowly than the
score moves, so it is far from all of it; and one that is sure of any gain is content."""
LONGER = 1.3
"""Ratio of words per reply from which replies have grown much longer."""
SPREADING = 0.3
"""Growth of a phrase's share of the replies from which it has spread."""
WATCHED = 2
"""Dialogues with each test seeker, before and after, that the judge reads."""


def cost_of_watch(judge: str | None, test_profiles: int) -> Spend:
    """Upper bound on the cost of the judge's part of the watch, without retries."""
    calls = supporter_judge(judge).calls if judge else 0
    return Spend(calls=2 * WATCHED * test_profiles * calls)


def watch(
    runner: Runner,
    judge: str | None,
    test: SealedTest,
    watchers: Sequence[Watcher] = (),
    bank: Bank | None = None,
) -> Watch:
    """Compare the dialogues before and after, and let an independent judge read some of them."""
    before, after = ([pair[side] for pair in test.played] for side in (0, 1))
    judged = None
    if judge is not None:
        places = _read(before)
        pairs = ([rollouts[place] for place in places] for rollouts in (before, after))
        try:
            judged = judged_difference(runner, supporter_judge(judge)(), *pairs)
        except BudgetExhausted:
            judged = None
    length, spread = length_ratio(before, after), spreading_phrase(before, after)
    sightings = [watcher(test) for watcher in watchers]
    alarms = (
        judge and judged and divergence(test.gain, judge, judged),
        *(sighting.alarm for sighting in sightings),
        bank and _long_guidance(bank),
        length and _growth(length),
        spread and _spread(spread),
    )
    return Watch(
        judge=judge if judged else None,
        judged=judged,
        length=length,
        spread=spread,
        sightings=tuple(sighting.words for sighting in sightings),
        alarms=tuple(alarm for alarm in alarms if alarm),
    )


def _read(rollouts: Sequence[Rollout]) -> list[int]:
    """Places of the dialogues that the judge reads: the first few of each seeker."""
    read: dict[str, int] = {}
    places: list[int] = []
    for place, rollout in enumerate(rollouts):
        read[rollout.profile] = read.get(rollout.profile, 0) + 1
        if read[rollout.profile] <= WATCHED:
            places.append(place)
    return places


def divergence(gain: Interval, judge: str, judged: Interval) -> Alarm | None:
    """Alarm if the score rose significantly but the judge sees little of the gain, or none."""
    blind = judged.low <= 0 and judged.high < max(WORTHWHILE, SEEN * gain.mean)
    if gain.low <= 0 or not blind:
        return None
    return Alarm(
        kind="divergence",
        message=f"the SAGE score rose by {gain.mean:.1f} points ({gain.low:+.1f} to "
        f"{gain.high:+.1f}), but the judge {judge} reports a change of {judged.mean:+.1f} "
        f"({judged.low:+.1f} to {judged.high:+.1f}); `--second-judge {judge}` gives it a veto",
        measured=judged,
    )


def _long_guidance(bank: Bank) -> Alarm | None:
    """Alarm if the final bank holds guidance beyond the budget, as a bank written by hand may."""
    sizes = {skill.name: tokens_in(skill.guidance) for skill in bank.skills}
    long = [name for name, size in sizes.items() if size > GUIDANCE_TOKENS]
    if not long:
        return None
    most = float(max(sizes.values()))
    return Alarm(
        kind="guidance",
        message=f"the guidance of {', '.join(long)} is longer than {GUIDANCE_TOKENS} tokens: it "
        "costs at every use, and a reply carries out only the first one or two moves",
        measured=Interval(mean=most, low=most, high=most, n=len(long)),
    )


def _growth(length: Interval) -> Alarm | None:
    if length.low <= LONGER:
        return None
    return Alarm(
        kind="length",
        message=f"replies became {length.mean:.1f} times as long "
        f"({length.low:.1f} to {length.high:.1f})",
        measured=length,
    )


def _spread(spread: Spread) -> Alarm | None:
    if spread.share.low <= SPREADING:
        return None
    return Alarm(
        kind="phrase",
        message=f"the share of replies with the phrase {spread.phrase!r} grew by "
        f"{spread.share.mean:.0%} ({spread.share.low:.0%} to {spread.share.high:.0%})",
        measured=spread.share,
    )
