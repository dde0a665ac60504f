from functools import cache
from pathlib import Path

import numpy as np
import pytest

from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.metrics.surrogate.control import cuts
from esc_skills.metrics.surrogate.drift import Reference, drift_checks, far_turns, reference, strays
from esc_skills.metrics.surrogate.evaluation import accuracies, cross_fitted, folds
from esc_skills.metrics.surrogate.features import rubric
from esc_skills.metrics.surrogate.model import Design, Surrogate, fit
from esc_skills.metrics.surrogate.moments import Moment, moments
from esc_skills.metrics.surrogate.power import powers, shifted
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout
from esc_skills.signatures.transcripts import Transcript

GOOD, BAD = "我理解你, that makes sense, tell me more", "you should try a list of steps"


def dialogue(seeker: int, supporter: str, seed: int, shift: int = 0, blind: int = False):
    """Kind replies do good, advice does not; `blind` appraisals do not look at the reply."""
    drawing = np.random.default_rng([seed, seeker, sum(map(ord, supporter))])
    exchanges, emotion = [], 40
    for turn in range(4):
        kind = bool(drawing.random() < 0.5)
        mood = kind if not blind else bool(drawing.random() < 0.5)
        change = int(np.clip((5 if mood else -5) + drawing.integers(-3, 4) + shift, -10, 10))
        emotion = max(0, min(100, emotion + change))
        feeling = Appraisal(meaning="", goal_fit="", inner_activity="", feeling="", change=change)
        exchanges.append(
            Exchange(
                seeker=f"line {turn} of {seeker}",
                reply=GOOD if kind else BAD,
                appraisal=feeling,
                emotion=emotion,
            )
        )
    rollout = Rollout(
        profile=f"s{seeker:02d}", group="g", replicate=0, bank=supporter, ending="turn limit",
        exchanges=tuple(exchanges),
    )  # fmt: skip
    return Transcript(simulator="sim", supporter=supporter, profile=None, rollout=rollout)


def played(*supporters: str, seed: int = 0, n: int = 20, **how: bool | int) -> list[Moment]:
    return moments(dialogue(s, name, seed, **how) for name in supporters for s in range(n))


@cache
def learnt() -> Design:
    return Design(played("a", "b", "c", "d"))


@cache
def expected() -> np.ndarray:
    told = cross_fitted(learnt(), "both unseen", "all", seed=0)
    assert told is not None
    return told


def test_a_moment_knows_the_state_before_its_reply():
    first, second, *_ = played("a", n=1)
    assert (first.emotion, first.last_change, first.before) == (40, 0, None)
    assert second.emotion == 40 + first.change
    assert second.last_change == first.change


def test_invalid_dialogues_teach_nothing():
    row = dialogue(0, "a", 0)
    lost = row.rollout.model_copy(update={"ending": "invalid", "error": "no answer"})
    assert moments([row.model_copy(update={"rollout": lost})]) == []


@pytest.mark.parametrize(
    "scene",
    [
        "Long story. Being heard lifts the mood; advice sinks it.",
        "故事。贴合隐藏主题(emotion上升), 好好倾听。偏离(emotion下降), 一味给建议。",
    ],
)
def test_the_rubric_of_a_scene_is_read_in_both_languages(scene: str):
    raising, lowering = rubric(scene)
    assert raising
    assert lowering
    assert raising != lowering


def test_what_is_left_out_was_never_seen():
    design = learnt()
    for train, test in folds(design, "both unseen", 0):
        for part in (lambda m: m.seeker, lambda m: m.source):
            seen = {part(design.moments[place]) for place in train}
            assert not seen & {part(design.moments[place]) for place in test}


def test_a_single_supporter_cannot_be_left_out():
    assert cross_fitted(Design(played("a")), "supporters unseen", "all", 0) is None


def test_replies_tell_more_than_the_state_where_they_decide():
    state = cross_fitted(learnt(), "both unseen", "state", 0)
    assert state is not None
    knows = accuracies(learnt(), "both unseen", "all", expected(), 0)
    guesses = accuracies(learnt(), "both unseen", "state", state, 0)
    assert [row.replies for row in knows] == ["all", "first"]
    for better, worse in zip(knows, guesses, strict=True):
        assert better.r2.low > worse.r2.high
        assert better.auc is not None
        assert better.auc.low > 0.9


def test_a_surrogate_survives_its_file():
    fitted = fit(learnt())
    again = Surrogate.model_validate_json(fitted.model_dump_json())
    assert np.array_equal(again.predict(learnt()), fitted.predict(learnt()))


def test_a_control_variate_takes_off_the_variance_that_it_explains():
    found = {cut.estimate: cut.share for cut in cuts(learnt(), "all", expected(), 0)}
    for share in found.values():
        assert share.low > 0.5
    noise = np.random.default_rng(0).normal(size=len(expected()))
    for cut in cuts(learnt(), "all", noise, 0):
        assert abs(cut.share.mean) < 0.15


@cache
def usual() -> Reference:
    own = cross_fitted(learnt(), "profiles unseen", "all", seed=0)
    assert own is not None
    return reference(learnt(), expected(), own)


def found(*supporters: str, **how: bool | int) -> list[tuple[str, ...]]:
    design = Design(played(*supporters, seed=9, n=12, **how))
    told = fit(learnt()).predict(design)
    rows = drift_checks(strays(design, told), usual())
    return [row.kinds for row in rows]


def test_a_simulator_that_judges_as_before_raises_no_alarm():
    kinds = found(*(f"new {number}" for number in range(20)), "a", "b", "c", "d")
    assert sum(map(bool, kinds)) <= 1


def test_a_shifted_simulator_and_a_blind_one_raise_it():
    assert found("shifted", shift=-4) == [("level",)]
    assert "spread" in found("blind", blind=True)[0]


def test_a_supporter_that_was_learnt_shows_shifts_that_a_new_one_hides():
    assert found("new", shift=-2) == [()]
    assert found("a", shift=-2) == [("level",)]


def test_a_shift_stays_within_a_change_and_moves_the_emotions_after_it():
    one = dialogue(0, "a", 0)
    low = shifted(one, -30).rollout.exchanges
    assert [each.appraisal and each.appraisal.change for each in low] == [-10] * 4
    assert [each.emotion for each in low] == [30, 20, 10, 0]
    assert shifted(one, 0) == one


def test_power_grows_with_the_shift_and_the_dialogues():
    rows = [dialogue(seeker, name, 0) for name in ("a", "b") for seeker in range(40)]
    seen = {(row.shift, row.dialogues): row.share for row in powers(rows, 0)}
    assert seen[0, 15] < 0.1
    assert seen[-1, 15] < seen[-3, 15]
    assert seen[-3, 5] <= seen[-3, 15] == 1
    assert (0, 30) not in seen, "the other half has 20 dialogues of a supporter"


def test_two_halves_of_published_dialogues_are_alike_until_one_is_shifted(shared_data: Path):
    folder = shared_data / "sage" / "transcripts"
    rows = list(read_transcripts([folder / "deepseek-v3-simulator.gpt-4.1.jsonl.gz"]))
    learning = Design(moments(rows[::2]))
    own = cross_fitted(learning, "profiles unseen", "all", seed=0)
    assert own is not None
    beside = reference(learning, own, own)
    surrogate = fit(learning)

    def kinds(by: int) -> tuple[str, ...]:
        design = Design(moments(shifted(row, by) for row in rows[1::2]))
        (alarm,) = drift_checks(strays(design, surrogate.predict(design)), beside)
        return alarm.kinds

    assert kinds(0) == ()
    assert kinds(-3) == ("level",)


def test_a_reference_of_one_supporter_gives_no_alarm_but_a_reason():
    design = Design(played("a"))
    alone = reference(design, design.changes * 0, design.changes * 0)
    new = Design(played("b"))
    with pytest.raises(ValueError, match="two supporters"):
        drift_checks(strays(new, new.changes * 0), alone)


def test_a_turn_judged_far_off_is_named():
    design = Design(played("a"))
    told = design.changes.copy()
    told[5] -= 15
    (turn,) = far_turns(design, told, usual())
    assert (turn.seeker, turn.turn) == ("s01", 1)
    assert turn.given - turn.expected == pytest.approx(15)
