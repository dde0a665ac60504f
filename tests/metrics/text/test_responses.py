import pytest

from esc_skills.metrics.text.responses import distinct, meteor_exact_stem, rouge_l, score_responses
from esc_skills.programs.simulation.replay import Response
from esc_skills.signatures.strategies import SupportStrategy
from esc_skills.signatures.words import words


def response(
    reply: str, reference: str, named: SupportStrategy | None = None, *, conversation: str = "c"
) -> Response:
    return Response(
        conversation=conversation, turn=1, reference=reference, reply=reply,
        labelled="question", named=named, named_reference=named and "question",
    )  # fmt: skip


def test_the_same_words_score_full_and_others_nothing():
    said = "I can hear how tired you are."
    alike = score_responses([response(said, said)])
    unlike = score_responses([response("Buy stocks now quickly please thanks.", said)])
    assert (round(alike.bleu2), round(alike.bleu4), alike.rouge_l.mean) == (100, 100, 100)
    assert unlike.rouge_l.mean == 0
    assert unlike.bleu2 < 15


@pytest.mark.parametrize(
    ("reply", "reference", "f1"),
    [
        ("police killed the gunman", "police kill the gunman", 3 / 4),
        ("the gunman kill police", "police kill the gunman", 2 / 4),
        ("我很难过", "我难过", 6 / 7),
        ("...", "police", 0),
    ],
)
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence(reply, reference, f1):
    assert rouge_l(reply, reference) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("reply", "reference", "score"),
    [
        # four matches side by side, one of them by its stem: 1 - 0.5 * (1/4)^3
        ("police killed the gunman", "police kill the gunman", 1 - 0.5 / 64),
        # the same words in three pieces
        ("the gunman kill police", "police kill the gunman", 1 - 0.5 * 27 / 64),
        # precision 3/4, recall 1, two pieces of three matches
        ("我很难过", "我难过", 0.75 / (0.9 * 0.75 + 0.1) * (1 - 0.5 * 8 / 27)),
        # a synonym is no match, for there is no WordNet
        ("glad", "happy", 0),
        ("...", "police", 0),
    ],
)
def test_meteor_matches_words_and_stems_and_minds_their_order(reply, reference, score):
    assert meteor_exact_stem(reply, reference) == pytest.approx(score)


def test_chinese_replies_are_compared_character_by_character():
    said = "我能听出来你真的很累"
    assert round(score_responses([response(said, said)]).bleu4) == 100


def test_distinct_counts_different_words_and_pairs():
    scores = score_responses([response("a b a b", "x"), response("a b", "x")])
    assert scores.distinct1 == pytest.approx(100 * 2 / 6)
    assert scores.distinct2 == pytest.approx(100 * 2 / 4)
    assert distinct([]) == 0


def test_strategies_are_right_or_wrong_and_the_judge_is_measured_too():
    rows = [
        response("a", "b", "question", conversation="1"),
        response("a", "b", "suggestion", conversation="2"),
        response("a", "b", conversation="3"),
    ]
    scores = score_responses(rows)
    assert scores.strategy is not None
    assert scores.judge is not None
    assert (scores.strategy.mean, scores.judge.mean, scores.strategy.n) == (50, 100, 2)
    assert score_responses([rows[2]]).strategy is None
    with pytest.raises(ValueError, match="no response"):
        score_responses([])


def test_a_word_is_a_run_of_letters_or_one_han_character():
    assert words("Don't worry, 我很好!") == ["don't", "worry", "我", "很", "好"]
