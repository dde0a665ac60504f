"""The options that most verbs share, as an experiment: the same names in Python and on the CLI."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..files.behaviours import read_behaviour
from .config import Experiment, load_experiment


def configure(
    config: Path | None = None,
    *,
    profiles: Sequence[Path] | None = None,
    seekers: Path | None = None,
    bank: Path | None = None,
    model: str | None = None,
    api_base: str | None = None,
    hide_emotion: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    entries: Mapping[str, Any] | None = None,
) -> Experiment:
    """An experiment from options; what is not given is as in the file, or the default.

    Args:
        config: YAML file of an experiment.
        profiles: Files of seeker profiles; the packaged samples if none is given.
        seekers: How the seekers talk: a file of `esc-skills seekers calibrate`.
        bank: The bank to work with: a bank file or a run directory; an empty bank if none is given.
        model: Model of every role, as PROVIDER/NAME.
        api_base: Address of an OpenAI-compatible server.
        hide_emotion: Whether seekers judge replies without knowing their running emotion.
        seed: Seed of everything random.
        threads: Dialogues that are played at once; does not change the result.
        entries: Further entries of the configuration by their dotted names; None values are
            ignored.

    Raises:
        UserError: A file is bad, or an entry is unknown or not valid.
    """
    behaviour = read_behaviour(seekers).model_dump() if seekers else None
    given = {
        "profiles": tuple(profiles) if profiles else None,
        "seekers": behaviour,
        "bank": bank,
        "model.model": model,
        "model.api_base": api_base,
        "seeker.hide_emotion": hide_emotion or None,
        "seed": seed,
        "threads": threads,
        **(entries or {}),
    }
    return load_experiment(config, given)
