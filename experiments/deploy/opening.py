"""Opens an exported or finished program, ready to talk."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from esc_skills.programs.domains.reading import default_domain
from esc_skills.programs.support.deployment import Deployment
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank

from ..files.conducts import broken_by, own_conduct, refuse_unsafe
from ..files.domains import own_domain
from ..files.programs import read_program
from ..files.run_directory import read_marker
from ..setup.config import load_experiment
from ..setup.configure import model_entries
from ..setup.models import open_models
from .export import deployment_settings, read_settings


@contextmanager
def open_deployment(
    program: Path | None,
    config: Path | None = None,
    *,
    model: str | Sequence[str] | None = None,
    api_base: str | Sequence[str] | None = None,
    allow_unsafe: bool = False,
    reads: bool = False,
) -> Generator[Deployment]:
    """The supporter of an export or run directory, ready to talk.

    Args:
        program: The directory; None for a plain supporter without skills.
        config: YAML file of an experiment, whose supporter's model is used instead of the one that
            the directory names.
        model: Overrides the model, as NAME or supporter=NAME.
        api_base: Overrides the address.
        allow_unsafe: Whether the bank may break hard rules of the conduct.
        reads: Whether the model reads every message for danger before it is answered.

    Raises:
        UserError: The directory, the file or the model is bad, or the bank is unsafe.
    """
    own = None if program is None else _settings(program)["model"]
    entries = {"model": own if config is None else None, **model_entries(model, api_base)}
    supporter = load_experiment(config, entries).role_models["supporter"]
    agent = SupportAgent(Bank()) if program is None else read_program(program)
    conduct = None if program is None else own_conduct(program)
    if program is not None and not allow_unsafe:
        refuse_unsafe(broken_by(agent.bank.value, conduct), program)
    domain = default_domain() if program is None else own_domain(program)
    with open_models({"supporter": supporter}, domain=domain) as models:
        config_, engines = models.configs["supporter"], models.engines
        yield Deployment(agent, config_, engines, conduct, reads=reads, domain=domain)


def _settings(program: Path) -> dict[str, dict[str, object]]:
    if (program / "run.json").exists():
        return deployment_settings(read_marker(program)["config"])
    return read_settings(program)
