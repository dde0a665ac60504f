"""What a search does with calls that are left when no edit is new."""

from esc_skills.experiments.bench.guarantees import CASES, Case, search_for
from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence
from esc_skills.metrics.evidence.whole_dialogues import VERIFYING_PAIRS, verify
from esc_skills.optimizers.events import Decision

BY_NAME = {case.name: case for case in CASES}
LATE_HARM = BY_NAME["helps at once, harms later: -14"]
HELP = BY_NAME["helps everybody: +20"]


def decisions(case: Case, calls: int, seed: int) -> list[Decision]:
    return search_for(case, calls, seed).record.decisions


def seed_where(case: Case, calls: int, verdict: str) -> int:
    """A seed with which a search of so many calls comes to such a verdict."""
    return next(
        seed
        for seed in range(60)
        if any(d.verdict == verdict for d in decisions(case, calls, seed))
    )


def evidence(*differences: float) -> PairedEvidence:
    found = PairedEvidence()
    for difference in differences:
        found = found.add(difference)
    return found


def test_late_harm_that_was_accepted_is_taken_back_and_not_tried_again():
    seed = seed_where(LATE_HARM, 1_500, "accepted")
    search = search_for(LATE_HARM, 8_000, seed)
    assert [d.verdict for d in search.record.decisions[-2:]] == ["accepted", "taken back"]
    assert search.bank == LATE_HARM.bank
    assert LATE_HARM.edits[0].identity in search.record.refused
    assert search.record.decisions[-1].title == "taken back: rewrite guidance of talk"


def test_what_helps_is_verified_and_stays():
    seed = seed_where(HELP, 1_500, "accepted")
    search = search_for(HELP, 8_000, seed)
    assert [d.verdict for d in search.record.decisions] == ["accepted"]
    assert search.runner.ledger.spend.calls > 1_500


def test_an_edit_that_was_dropped_early_passes_with_more_replies():
    found = [decisions(HELP, 8_000, seed) for seed in range(8)]
    late = [those for those in found if [d.verdict for d in those] == ["rejected", "accepted"]]
    assert late
    for dropped, taken in late:
        assert dropped.edit == taken.edit
        assert taken.pairs > dropped.pairs


def test_a_search_ends_before_its_budget_where_nothing_is_left_to_try():
    search = search_for(BY_NAME["harms everybody: -20"], 8_000, seed=0)
    assert search.runner.ledger.spend.calls < 4_000


def test_verification_waits_for_a_clear_sign_and_decides_by_it_at_the_latest_after_all_pairs():
    rule = ChallengeRule()
    assert verify(evidence(-0.9), rule).outcome == "continue"
    assert verify(evidence(*[0.5, -0.5] * 5), rule).outcome == "continue"
    assert verify(evidence(*[-0.4, -0.6] * 5), rule).outcome == "reject"
    assert verify(evidence(*[0.4, 0.6] * 5), rule).outcome == "accept"
    half = VERIFYING_PAIRS // 2
    assert verify(evidence(*[0.5, -0.51] * half), rule).outcome == "reject"
    assert verify(evidence(*[0.5, -0.5] * half), rule).outcome == "accept"
