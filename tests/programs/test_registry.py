import sys
from pathlib import Path

import pytest

from esc_skills.programs import registry
from esc_skills.programs.registry import PluginError, Registry

COLOURS: Registry[object] = Registry("colour", {"red": f"{__name__}:Red"}, requires=("hue",))


class Red:
    hue = 0


class Grey: ...


def test_a_plugin_is_found_by_short_name_and_by_address():
    assert COLOURS["red"] is COLOURS[f"{__name__}:Red"] is Red
    assert list(COLOURS) == ["red"]
    assert COLOURS.listed == "red, or module:Name"
    assert COLOURS.completions("r") == ["red"]


def test_a_plugin_in_the_working_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "colour_of_mine.py").write_text("class Blue:\n    hue = 240\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert getattr(COLOURS["colour_of_mine:Blue"], "hue") == 240  # noqa: B009


def test_installed_packages_bring_plugins_but_replace_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    about = tmp_path / "colours-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: colours\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        f"[esc_skills.colours]\ngreen = {__name__}:Red\nred = {__name__}:Grey\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry.installed_plugins.cache_clear()
    try:
        assert list(COLOURS) == ["red", "green"]
        assert COLOURS["green"] is COLOURS["red"] is Red
    finally:
        registry.installed_plugins.cache_clear()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("rde", "there is no colour 'rde'. Did you mean 'red'?"),
        ("zzz", "there is no colour 'zzz'. Choose from: red, or module:Name."),
        (f"{__name__}:Grey", f"the colour '{__name__}:Grey' cannot be used: it lacks hue."),
        (f"{__name__}:Pink", f"'{__name__}:Pink' cannot be used: {__name__} has no 'Pink'."),
        ("no_such:X", "importing no_such fails (ModuleNotFoundError: No module named 'no_such')."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(name: str, sentence: str):
    with pytest.raises(PluginError) as refusal:
        COLOURS[name]
    assert sentence in str(refusal.value)


def test_a_short_name_is_checked_without_importing_it():
    lazy: Registry[object] = Registry("colour", {"red": "no_such_module:Red"})
    lazy.check("red")
    assert "red" in lazy
    with pytest.raises(PluginError):
        lazy.check("blue")
