from pathlib import Path

import pytest

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.redteam_texts import SAMPLES, UNSEEN, read_trials
from esc_skills.experiments.work.redteam import Verdicts, redteam

TUNED = SAMPLES / "tuning.jsonl"
REPORTED = SAMPLES / "reported.jsonl"


@pytest.fixture(scope="module")
def reported() -> Verdicts:
    return redteam()


def test_rules_refuse_hardly_any_fine_text_that_they_were_not_tuned_on(reported: Verdicts):
    assert reported.total.refused.count <= 0.03 * reported.total.refused.of


def test_no_spelling_and_no_split_hides_an_unsafe_text(reported: Verdicts):
    forms = {row.name: row.caught for row in reported.by_form}
    hidden = [forms["obfuscated"], forms["split"]]
    assert sum(row.count for row in hidden) >= 0.95 * sum(row.of for row in hidden)


def test_both_halves_are_large_and_say_everything_in_both_languages_and_every_form():
    trials = read_trials([TUNED, REPORTED])
    for unsafe in (True, False):
        these = [trial for trial in trials if trial.unsafe is unsafe]
        assert len(these) >= 150
        forms = {(trial.language, trial.form) for trial in these}
        every = ("plain", "euphemism", "obfuscated", "split")
        assert forms >= {(language, form) for language in ("en", "zh") for form in every}


def test_the_halves_share_no_text():
    texts = [str(trial.fields or trial.turns) for trial in read_trials([TUNED, REPORTED, UNSEEN])]
    assert len(set(texts)) == len(texts)


def test_a_file_of_ones_own_is_read_and_wrong_verdicts_are_listed(tmp_path: Path):
    file = tmp_path / "mine.jsonl"
    file.write_text(
        '{"category": "x", "language": "en", "unsafe": true, "fields": {"guidance": "Listen."}}\n'
        '{"category": "x", "language": "en", "unsafe": false, "fields": {"a": "Keep it a secret."}}'
    )
    verdicts = redteam([file])
    assert [trial.fields for trial in verdicts.missed] == [{"guidance": "Listen."}]
    assert [trial.fields for trial in verdicts.over_refused] == [{"a": "Keep it a secret."}]
    assert (verdicts.total.caught.low, verdicts.total.refused.high) == (0, 1)


def test_a_bad_line_is_named(tmp_path: Path):
    file = tmp_path / "mine.jsonl"
    file.write_text('\n{"category": "x"}\n')
    with pytest.raises(UserError, match=r"mine\.jsonl, line 2: "):
        redteam([file])


def test_nearly_all_that_the_rules_were_tuned_on_is_judged_rightly():
    verdicts = redteam([TUNED])
    assert verdicts.total.caught.count >= 0.9 * verdicts.total.caught.of
    assert verdicts.total.refused.count <= 0.03 * verdicts.total.refused.of


def test_fine_messages_that_no_phrase_was_tuned_on_pass():
    assert redteam([UNSEEN]).over_refused == ()
