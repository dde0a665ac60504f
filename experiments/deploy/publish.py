"""Puts an export into MLflow's registry; the alias `champion` is changed here and nowhere else."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from ..files.conducts import broken_by, own_conduct, refuse_unsafe
from ..files.programs import read_program
from ..serving.keys import KeyRing
from ..tracking.mlflow_tracker import default_store
from .export import read_settings

CHAMPION = "champion"
"""The alias that `models:/NAME@champion` serves."""
KEY_VARIABLE = "ESC_SKILLS_KEY"
"""The environment variable that holds the key of who publishes."""


class Measured(Frozen):
    """What the sealed test of a run found, as its export states it."""

    bank: str
    """Identity of the bank that was tested."""
    score: float
    """Mean score of the final bank, 0..100."""
    gain: float
    """Over the first bank, in points."""
    low: float
    """Lower bound of the 95% interval of the gain."""
    high: float
    """Upper bound."""

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"score {self.score:.1f}, gain {self.gain:+.1f} points, "
            f"95% interval {self.low:+.1f} to {self.high:+.1f}"
        )


class Published(Frozen):
    """A new champion, and what it replaces."""

    name: str
    version: str
    measured: Measured
    replaced: str | None
    """The version that was the champion, in words; None where there was none."""


def publish(
    export: Path,
    name: str,
    *,
    at_least: float = 0.0,
    runs: Path,
    registry: str | None = None,
    keys: Path | None = None,
) -> Published:
    """Register an export and make it the champion.

    Args:
        export: The export.
        name: Of the registered model.
        at_least: Points that the lower bound of the measured gain must exceed.
        runs: Where the run directories are; the store beside them is the default registry.
        registry: Address of another registry.
        keys: File of keys; the variable ESC_SKILLS_KEY must then hold one that may publish.

    Raises:
        UserError: The key may not publish, the bank is unsafe, or the gain is not stated, is that
            of another bank, or is too small.
    """
    publisher = _publisher(keys)
    bank = read_program(export).bank.value
    refuse_unsafe(broken_by(bank, own_conduct(export)), export)
    measured = _measured(export, read_settings(export))
    if measured.bank != bank.identity:
        raise UserError(
            f"{export} states the gain of another bank than it holds: export the run again."
        )
    if measured.low <= at_least:
        raise UserError(
            f"a champion's gain must exceed {at_least:g} points with its whole interval, but "
            f"{export} has: {measured.sentence}. Nothing was published."
        )
    tags = {**measured.model_dump(mode="json"), "publisher": publisher}
    return _register(export, name, registry or default_store(runs), measured, tags)


def _publisher(keys: Path | None) -> str:
    if keys is None:
        return "local"
    key = KeyRing(keys).find(os.environ.get(KEY_VARIABLE, ""))
    if key is None:
        raise UserError(f"{KEY_VARIABLE} must hold a key of {keys}, but does not.")
    if not key.may("publish"):
        raise UserError(f"the key {key.name} must have the role publish, but has {key.role}.")
    return key.name


def _measured(export: Path, settings: Mapping[str, Any]) -> Measured:
    try:
        return Measured.model_validate(settings.get("measured"))
    except ValidationError as error:
        raise UserError(
            f"{export} must state a measured gain, but: {first_problem(error)}. Finish the run "
            "with its sealed test, and export it again."
        ) from error


def _register(
    export: Path, name: str, registry: str, measured: Measured, tags: Mapping[str, Any]
) -> Published:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient(registry, registry_uri=registry)
    try:
        before = client.get_model_version_by_alias(name, CHAMPION)
    except MlflowException:  # there is no such model, or no champion yet
        before = None
    try:
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        stored = {key: json.dumps(value) for key, value in tags.items()}
        made = client.create_model_version(name, str((export / "model").resolve()), tags=stored)
        client.set_registered_model_alias(name, CHAMPION, made.version)
    except MlflowException as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{name} must be registered at {registry}, but: {reason}.") from error
    replaced = None if before is None else _told(before.version, dict(before.tags))
    return Published(name=name, version=str(made.version), measured=measured, replaced=replaced)


def _told(version: object, tags: Mapping[str, str]) -> str:
    try:
        found = {name: json.loads(tags[name]) for name in Measured.model_fields}
        return f"version {version} ({Measured.model_validate(found).sentence})"
    except (KeyError, ValueError):
        return f"version {version} (its gain is not stated)"
