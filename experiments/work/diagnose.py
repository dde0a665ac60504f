"""A first look at the models of an experiment, before anything is spent on it."""

from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import Models
from esc_skills.programs.simulation.dialogue import CALLS_PER_REPLY
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Spend

from ..setup.config import Experiment
from ..setup.models import EndpointCheck, check_endpoints, open_models
from .simulator_check import SimulatorCheck, check_simulator
from .trial import play_stages


class Diagnosis(Frozen):
    """How the models of an experiment answer."""

    models: tuple[EndpointCheck, ...]
    readings: tuple[StageReadings, ...]
    """How the answers could be read; empty where a model did not answer."""
    simulator: SimulatorCheck | None
    """None for the rehearsal, whose people know the words of their own world only."""
    refused_parameters: tuple[str, ...]
    trial: Spend
    """What it cost to play the stages; nothing where a model did not answer."""
    spend: Spend
    """What the whole diagnosis cost."""

    @property
    def well(self) -> bool:
        """Whether every model answered."""
        return all(model.ok for model in self.models)

    @property
    def dialogue(self) -> Spend | None:
        """The most that one whole dialogue would take at the means of the trial's calls.

        A rough figure: later turns have longer prompts, and the trial's analyst reads little.
        """
        if not self.trial.calls:
            return None
        calls = (SEEKER_TURNS - 1) * CALLS_PER_REPLY
        means = {name: value / self.trial.calls for name, value in self.trial.model_dump().items()}
        return Spend(
            rollouts=1,
            calls=calls,
            tokens_in=round(calls * means["tokens_in"]),
            tokens_out=round(calls * means["tokens_out"]),
            money=calls * means["money"],
            unpriced=round(calls * means["unpriced"]),
            seconds=calls * means["seconds"],
        )


def diagnose(experiment: Experiment) -> Diagnosis:
    """Ask each model something, check the simulator, and play every role's stages once.

    Raises:
        UserError: A model name cannot be one.
    """
    with open_models(experiment.role_models) as opened:
        models = Models(opened.configs, engines=opened.engines)
        answers = tuple(check_endpoints(models))
        well = all(answer.ok for answer in answers)
        real = models.configs["seeker"].model not in models.engines
        simulator = check_simulator(models) if well and real else None
        before = models.ledger.spend
        readings = play_stages(models) if well else ()
        return Diagnosis(
            models=answers,
            readings=readings,
            simulator=simulator,
            refused_parameters=models.learnt,
            trial=models.ledger.spend - before,
            spend=models.ledger.spend,
        )
