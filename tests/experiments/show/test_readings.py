from esc_skills.experiments.show.readings import cells
from esc_skills.experiments.tracking.search_metrics import readings_metrics
from esc_skills.experiments.work.trial import play_stages
from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import Models

ROW = StageReadings(
    stage="Respond", model="<b>m</b>", format="tool", clean=6, repaired=2, again=1, failed=1
)


def test_a_row_says_how_often_and_in_which_shares() -> None:
    assert cells(ROW) == ("Respond", "<b>m</b>", "tool", "10", "60%", "20%", "10%", "10%", "0")


def test_metrics_tell_all_shares_and_of_each_stage_what_was_not_clean() -> None:
    assert readings_metrics([ROW]) == {
        "answers/clean": 0.6,
        "answers/repaired": 0.2,
        "answers/again": 0.1,
        "answers/failed": 0.1,
        "answers/Respond repaired": 0.2,
        "answers/Respond again": 0.1,
        "answers/Respond failed": 0.1,
    }


def test_a_trial_asks_every_role_and_the_rehearsal_answers_in_the_form_asked_for(
    models: Models,
) -> None:
    rows = play_stages(models)
    asked = {"AppraiseReply", "ProposeEdits", "Respond", "ReviewSafety", "SelectSkill"}
    assert asked <= {row.stage for row in rows}
    assert {row.outcome for row in rows} <= {"clean", "repaired"}
