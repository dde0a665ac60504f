"""A first look at the models of an experiment, before anything is spent on it."""

from esc_skills.programs.models.roles import Models
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Spend

from ..setup.config import Experiment
from ..setup.domains import domain_of
from ..setup.models import EndpointCheck, check_endpoints, open_models
from .progress import OnProgress, counting, silent
from .reply_pairs import REPLY_PAIRS
from .simulator_check import SimulatorCheck, check_simulator
from .stage_uses import USES
from .trial import StageTrial, play_stages

A_REPLY = ("SelectSkill", "Respond", "AppraiseReply", "SpeakAsSeeker")
"""The stages of one reply in a dialogue."""


class Diagnosis(Frozen):
    """How the models of an experiment answer."""

    models: tuple[EndpointCheck, ...]
    stages: tuple[StageTrial, ...]
    """Every stage, played once; empty where a model did not answer."""
    simulator: SimulatorCheck | None
    """None for the rehearsal, whose people know the words of their own world only."""
    refused_parameters: tuple[str, ...]
    spend: Spend
    """What the whole diagnosis cost."""

    @property
    def well(self) -> bool:
        """Whether every model answered."""
        return all(model.ok for model in self.models)

    @property
    def dialogue(self) -> Spend | None:
        """The most that one whole dialogue would take, by what the stages of a reply took.

        A rough figure: later turns have longer prompts.
        """
        reply = [trial.spend for trial in self.stages if trial.stage in A_REPLY]
        if not reply:
            return None
        return sum(reply, Spend()).times(SEEKER_TURNS - 1) + Spend(rollouts=1)


def diagnose(experiment: Experiment, on_progress: OnProgress = silent) -> Diagnosis:
    """Ask each model something, check the simulator, and play every stage once.

    Args:
        experiment: Names the models.
        on_progress: Called with the number of stages played.

    Raises:
        UserError: A model name cannot be one.
    """
    with open_models(experiment.role_models, domain=domain_of(experiment)) as opened:
        models = Models(opened.configs, engines=opened.engines, domain=opened.domain)
        answers = tuple(check_endpoints(models, each=True))
        well = all(answer.ok for answer in answers)
        played = play_stages(models, counting(on_progress, "stages", len(USES))) if well else ()
        real = models.configs["seeker"].model not in models.engines
        pairs = counting(on_progress, "pairs of replies", len(REPLY_PAIRS))
        return Diagnosis(
            models=answers,
            stages=played,
            simulator=check_simulator(models, pairs) if well and real else None,
            refused_parameters=models.learnt,
            spend=models.ledger.spend,
        )
