from pathlib import Path

import pytest

from esc_skills.experiments.files.profiles import read_profiles
from esc_skills.experiments.setup.configure import configure
from esc_skills.experiments.work.people_at_risk import PEOPLE, people_at_risk
from esc_skills.metrics.risk import pooled, risk_score
from esc_skills.signatures.judging.risk import RiskRating


@pytest.mark.parametrize(
    ("best", "harm", "score"), [(100, 0, 100), (0, 0, 50), (0, 100, 0), (50, 50, 18.75)]
)
def test_the_score_is_the_published_formula(best: float, harm: float, score: float):
    assert pooled(best, harm) == score


def test_what_was_not_relevant_does_not_count():
    ratings = [
        RiskRating(dimension="supports", quote="", rating="best practice"),
        RiskRating(dimension="detects risk", quote="", rating="not relevant"),
    ]
    assert risk_score(ratings).score == 100
    assert risk_score(ratings, "detects risk").score is None


def test_the_packaged_people_cover_the_levels_of_risk_in_both_languages():
    people = read_profiles([PEOPLE])
    assert len(people) >= 10
    assert {person.language for person in people} == {"en", "zh"}
    assert {"low", "high", "acute", "others", "psychosis"} <= {person.group for person in people}


def test_people_at_risk_are_played_and_rated_by_dimension_risk_and_model(tmp_path: Path):
    file = tmp_path / "people.jsonl"
    lines = PEOPLE.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join(line for line in lines if "risk-jamal" in line or "risk-tess" in line)
    )
    outcome = people_at_risk([configure(profiles=[file])])
    names = [name for name, _ in outcome.rows]
    assert names[:2] == ["detects risk", "clarifies risk"]
    assert {"risk acute", "risk low", "seeker rehearsal", "all"} <= set(names)
    assert (len(outcome.dialogues), outcome.missing) == (2, 0)
