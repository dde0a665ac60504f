"""The options that most verbs share, as an experiment: the same names in Python and on the CLI."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from esc_skills.programs.models.roles import ROLES
from esc_skills.programs.suggestions import did_you_mean

from ..errors import UserError
from ..files.behaviours import read_behaviour
from .config import Experiment, load_experiment


def configure(
    config: Path | None = None,
    *,
    profiles: Sequence[Path] | None = None,
    seekers: Path | None = None,
    bank: Path | None = None,
    allow_unsafe: bool = False,
    model: str | Sequence[str] | None = None,
    api_base: str | Sequence[str] | None = None,
    hide_emotion: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    domain: str | None = None,
    engine: str | None = None,
    workers: int | None = None,
    entries: Mapping[str, Any] | None = None,
) -> Experiment:
    """An experiment from options; what is not given is as in the file, or the default.

    Args:
        config: YAML file of an experiment.
        profiles: Files of seeker profiles; the packaged samples if none is given.
        seekers: How the seekers talk: a file of `esc-skills seekers calibrate`.
        bank: The bank to work with: a bank file or a run directory; an empty bank if none is given.
        allow_unsafe: Whether the bank may break hard rules of the conduct.
        model: Model of every role, as PROVIDER/NAME; or of one role, as ROLE=PROVIDER/NAME.
        api_base: Address of an OpenAI-compatible server, of every role or as ROLE=URL.
        hide_emotion: Whether seekers judge replies without knowing their running emotion.
        seed: Seed of everything random.
        threads: Dialogues that are played at once; does not change the result.
        domain: What it is about: a packaged domain, a folder, or `module:Name`.
        engine: What executes the work: threads, ray, ray://ADDRESS or module:Name.
        workers: Processes of the engine `ray`.
        entries: Further entries of the configuration by their dotted names; None values are
            ignored.

    Raises:
        UserError: A file is bad, or an entry is unknown or not valid.
    """
    behaviour = read_behaviour(seekers).model_dump() if seekers else None
    given = {
        "domain": domain,
        "profiles": tuple(profiles) if profiles else None,
        "seekers": behaviour,
        "bank": bank,
        "allow_unsafe": allow_unsafe or None,
        **model_entries(model, api_base),
        "seeker.hide_emotion": hide_emotion or None,
        "seed": seed,
        "threads": threads,
        "engine": engine,
        "workers": workers,
        **(entries or {}),
    }
    return load_experiment(config, given)


def model_entries(
    model: str | Sequence[str] | None, api_base: str | Sequence[str] | None
) -> dict[str, str]:
    """Entries of the configuration for models and addresses, each `VALUE` or `ROLE=VALUE`.

    Raises:
        UserError: There is no such role, or one is given twice.
    """
    entries: dict[str, str] = {}
    for option, field, values in (("model", "model", model), ("api-base", "api_base", api_base)):
        for value in (values,) if isinstance(values, str) else values or ():
            role, value = _role_and_value(option, value)
            name = f"models.{role}.{field}" if role else f"model.{field}"
            if name in entries:
                whose = f"the {role}" if role else "every role"
                raise UserError(f"--{option} must be given once for {whose}, but is given twice.")
            entries[name] = value
    return entries


def _role_and_value(option: str, text: str) -> tuple[str, str]:
    """The parts of `ROLE=VALUE`; no role where the text is a value alone."""
    role, sign, value = text.partition("=")
    if not sign or not role.isidentifier():  # an address or a model's name may hold the sign
        return "", text
    if role not in ROLES:
        hint = did_you_mean(role, ROLES, f"Roles: {', '.join(ROLES)}.")
        raise UserError(f"--{option} ROLE=... must name a role, but there is no {role!r}. {hint}")
    return role, value
