"""Every stage, played once with canned inputs."""

from dspy.lm15 import Request, Response
from fakes import text_response
from rich.console import Console

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.show.diagnosis import print_diagnosis
from esc_skills.experiments.work.canned_inputs import INPUTS
from esc_skills.experiments.work.diagnose import Diagnosis
from esc_skills.experiments.work.stage_uses import USES
from esc_skills.experiments.work.trial import play_stages
from esc_skills.programs.models.prompts import stages
from esc_skills.programs.models.roles import Models
from esc_skills.signatures.rollouts import Spend


class NoDistiller(RehearsalEngine):
    """The rehearsal, except that it has no idea of one stage."""

    def complete(self, request: Request) -> Response:
        if "patterns" in (request.system or "") and "existing" in str(request.messages):
            return text_response(request, "I cannot tell.")
        return super().complete(request)


def test_every_stage_has_a_role_an_input_and_a_use():
    names = {stage.__name__ for stage in stages()}
    assert names == set(USES) == set(INPUTS)


def test_a_stage_is_a_row_with_its_form_its_reading_and_its_cost(models: Models):
    found = {trial.stage: trial for trial in play_stages(models)}
    assert list(found) == list(USES)
    assert {trial.outcome for trial in found.values()} <= {"clean", "repaired"}
    assert (found["Respond"].form, found["SelectSkill"].form) == ("turns", "chat")
    assert all(trial.spend.calls == 1 and trial.spend.tokens_in > 100 for trial in found.values())


def test_what_a_model_cannot_do_is_said_with_what_a_run_lacks_then():
    played = play_stages(Models(engines={"rehearsal": NoDistiller()}))
    (failed,) = (trial for trial in played if trial.outcome == "failed")
    assert (failed.stage, failed.spend.calls) == ("DistilSkill", 3)
    found = Diagnosis(
        models=(), stages=played, simulator=None, refused_parameters=(), spend=Spend()
    )
    console = Console(record=True, width=200)
    print_diagnosis(console, "Python", {}, found)
    assert "Without it `mine` gives no skill." in console.export_text()


def test_a_dialogue_is_estimated_from_the_stages_of_a_reply(models: Models):
    found = Diagnosis(
        models=(),
        stages=play_stages(models),
        simulator=None,
        refused_parameters=(),
        spend=Spend(),
    )
    assert found.dialogue is not None
    assert (found.dialogue.rollouts, found.dialogue.calls) == (1, 36)
