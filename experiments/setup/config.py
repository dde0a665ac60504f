"""The configuration of an experiment: YAML, checked by pydantic; flags override it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from esc_skills.baselines import OPTIMIZERS
from esc_skills.optimizers.settings import EvolutionSettings, check_judges
from esc_skills.programs.models.ledger import Budget
from esc_skills.programs.models.roles import ROLES, ModelConfig, Role
from esc_skills.programs.reading.yaml_text import load_yaml
from esc_skills.programs.simulation.seeker import SeekerSettings
from esc_skills.programs.suggestions import did_you_mean
from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem, short
from ..files.small_files import read_small
from ..rehearsal import REHEARSAL
from .local_model import is_local


class SplitShares(Frozen):
    """Which share of the profiles is learnt from, decided on, and kept for the end.

    Half of them test, since more test seekers narrow the interval of the gain most.
    """

    train: float = Field(default=0.25, gt=0, lt=1)
    validation: float = Field(default=0.25, gt=0, lt=1)
    test: float = Field(default=0.5, ge=0, lt=1)


class Experiment(Frozen):
    """Everything that decides how an experiment goes."""

    name: str = Field(default="evolve", pattern=r"^[\w.-]+$")
    """Names the run directory and the MLflow run."""
    domain: str | None = None
    """What it is about: a name in `files.domains.DOMAINS`, a folder, or `module:Name`; emotional
    support if none is named, or what the bank's run is about."""
    profiles: tuple[Path, ...] = ()
    """Files of seeker profiles; the domain's samples if none is named."""
    seekers: SeekerBehaviour | None = None
    """How all seekers talk, as `seekers calibrate` found it; None leaves it to their profiles."""
    bank: Path | None = None
    """The bank to start from; an empty one if none is named."""
    allow_unsafe: bool = False
    """Whether the bank may break hard rules of the conduct; edits may not add to that."""
    conduct: Path | None = None
    """YAML file of the rules that replies are kept to; the domain's if none is named."""
    split: SplitShares = SplitShares()
    model: ModelConfig = ModelConfig(model=REHEARSAL)
    """The model of every role that `models` does not set."""
    models: Mapping[Role, ModelConfig] = Field(default_factory=dict)
    """Models of single roles. An entry that names no model changes dials of `model`; one whose
    model names no provider is served at the address of `model`, unless it has its own."""
    seeker: SeekerSettings = SeekerSettings()
    """How the simulator works."""
    optimizer: str = "evolution"
    """What searches: a name in `baselines.OPTIMIZERS`, or `module:Name`."""
    search: EvolutionSettings = EvolutionSettings()
    budget: Budget = Budget()
    read_seeker: bool = False
    """Whether the supporter's model reads each message for danger and intent first; one call."""
    seed: int = 0
    threads: int = Field(default=8, ge=1)
    """Dialogues played at once; does not change the result."""
    engine: str = "threads"
    """What executes the work: a name in `engines.ENGINES`, `ray://ADDRESS` or `module:Name`; does
    not change the result."""
    workers: int | None = Field(default=None, ge=1)
    """Processes of the engine `ray`, which share the threads; by default one for each processor."""
    tracking: str = "mlflow"
    """Where the search is logged: a name in `tracking.tracker.TRACKERS`, or `module:Name`."""
    tracking_uri: str | None = None
    """Address of the tracker's store; MLflow's is `mlflow.db` beside the run directories."""

    @model_validator(mode="before")
    @classmethod
    def _dials_without_a_model_belong_to_the_common_one(cls, data: Any) -> Any:  # noqa: ANN401
        if not isinstance(data, dict):
            return data
        common = data.get("model")
        base = {"model": REHEARSAL} | (common if isinstance(common, dict) else {})
        roles = data.get("models")
        if isinstance(common, dict):
            data = data | {"model": base}
        if isinstance(roles, dict):
            data = data | {"models": {role: _over(base, entry) for role, entry in roles.items()}}
        return data

    @property
    def role_models(self) -> dict[Role, ModelConfig]:
        """The configuration of every role."""
        return {role: self.models.get(role, self.model) for role in ROLES}

    @property
    def simulator(self) -> str:
        """Name of the simulator, part of every score's name."""
        return self.role_models["seeker"].model + self.seeker.label

    @property
    def concurrency(self) -> str:
        """How much is played at once, in words; some servers answer differently under load."""
        engine, workers = self.engine.partition("://")[0], self.workers
        where = "" if engine == "threads" else f" on {engine}"
        return f"{self.threads} threads{where}" + (f" in {workers} workers" if workers else "")

    @property
    def identity(self) -> dict[str, Any]:
        """What decides the result, as JSON data; no secrets, no matters of mere execution."""
        return self.model_dump(
            mode="json",
            exclude={
                "allow_unsafe": not self.allow_unsafe,
                "conduct": self.conduct is None,
                "domain": self.domain is None,
                "read_seeker": not self.read_seeker,
                "engine": True,
                "workers": True,
                "threads": True,
                "tracking": True,
                "tracking_uri": True,
                "model": _EXECUTION,
                "models": {role: _EXECUTION for role in self.models},
            },
        )


def _over(base: dict[str, Any], entry: Any) -> Any:  # noqa: ANN401 - checked afterwards
    if not isinstance(entry, dict):
        return entry
    if "model" not in entry:
        return base | entry
    name = str(entry["model"])
    if (
        "/" in name
        or name == REHEARSAL
        or is_local(name)
        or {"api_base", "endpoints"} & entry.keys()
    ):
        return entry
    return {name: base[name] for name in _REACHED if name in base} | entry


_REACHED = ("api_base", "endpoints", "api_key")
"""How a server is reached that has several models."""


_EXECUTION = {
    "api_key": True,
    "endpoints": True,
    "concurrency": True,
    "requests_per_minute": True,
    "tokens_per_minute": True,
    "retries": True,
    "timeout": True,
    "outage_after": True,
}


def load_experiment(path: Path | None, overrides: Mapping[str, Any]) -> Experiment:
    """The configuration of a YAML file with overrides laid over it.

    Args:
        path: The file; None starts from the defaults.
        overrides: Dotted names to values; None values are ignored.

    Raises:
        UserError: The file is missing or not YAML, or an entry is unknown or not valid.
        PluginError: The optimizer or a judge does not exist or cannot be used.
    """
    data = {} if path is None else _read(path)
    for name, value in overrides.items():
        if value is not None:
            _lay_over(data, name.split("."), value)
    try:
        experiment = Experiment.model_validate(data)
    except ValidationError as error:
        raise UserError(_explain(error, path)) from error
    OPTIMIZERS.check(experiment.optimizer)
    check_judges(experiment.search)
    return experiment


def _read(path: Path) -> dict[str, Any]:
    try:
        data = load_yaml(read_small(path).decode())
    except OSError as error:
        raise UserError(f"the configuration {path} must be readable: {error.strerror}.") from error
    except ValueError as error:
        raise UserError(f"the configuration {path} must be YAML, but: {error}.") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UserError(f"{path} must hold `name: value` entries, but holds {type(data).__name__}.")
    return data


def _lay_over(data: dict[str, Any], names: list[str], value: Any) -> None:  # noqa: ANN401
    *parents, last = names
    for name in parents:
        inner = data.get(name)
        data[name] = inner = dict(inner) if isinstance(inner, dict) else {}
        data = inner
    data[last] = value


def _explain(error: ValidationError, path: Path | None) -> str:
    source = str(path) if path else "the command line"
    problem = error.errors()[0]
    if problem["type"] != "extra_forbidden":
        return f"{source}: {first_problem(error)}."
    *parents, unknown = [str(part) for part in problem["loc"]]
    known = _fields_at(parents)
    hint = did_you_mean(unknown, known, f"Known entries: {', '.join(known)}.")
    return f"{source}: there is no entry {short('.'.join([*parents, unknown]))!r}. {hint}"


def _fields_at(names: list[str]) -> list[str]:
    """The entries that the configuration knows under a dotted name."""
    model: type[BaseModel] = Experiment
    for name in names:
        if name in ROLES:
            model = ModelConfig
        elif name in model.model_fields:
            kind = model.model_fields[name].annotation
            inner = next(iter(get_args(kind)), kind)  # of a list, or of what may be missing
            model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return sorted(model.model_fields)
