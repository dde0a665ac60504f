import json
import re
from pathlib import Path

import pytest
from command_line import esc
from dspy.lm15 import Request
from fakes import CountingEngine, ScriptedEngine

from esc_skills.experiments.files.profiles import sample_profiles
from esc_skills.experiments.rehearsal.temper import name_traits, showing, traits_in
from esc_skills.experiments.setup.config import Experiment
from esc_skills.experiments.work import check_seekers as work
from esc_skills.signatures.people import TRAITS, BigFive, Degree, Event

BELL = Event(turn=3, text="The doorbell rings; it is the landlord.")


def people(path: Path) -> Path:
    """Four of the samples with typed traits, a stance and an event."""
    ends: tuple[Degree, Degree] = ("low", "high")
    lines = [
        person.model_copy(
            update={
                "traits": BigFive(extraversion=ends[n % 2], neuroticism=ends[n // 2]),
                "stance": "hostile" if n % 2 else "cooperative",
                "events": (BELL,),
            }
        ).model_dump_json(exclude_defaults=True)
        for n, person in enumerate(sample_profiles()[:4])
    ]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> work.SeekerCheck:
    path = people(tmp_path_factory.mktemp("held") / "p.jsonl")
    return work.check_seekers(Experiment(profiles=(path,), threads=2), replicates=3)


def test_traits_are_recognized_above_chance(checked: work.SeekerCheck) -> None:
    *single, together = checked.traits
    assert [row.trait for row in single] == ["extraversion", "neuroticism"]
    assert together.cells == 24
    assert together.share.mean > together.chance + 0.1


def test_hostile_seekers_stay_down_under_silence_and_flattery(checked: work.SeekerCheck) -> None:
    rows = {(row.stance, row.trick): row for row in checked.melting}
    assert set(rows) == {(s, t) for s in ("cooperative", "hostile") for t in work.TRICKS}
    assert all(rows["hostile", trick].melted.mean == 0 for trick in work.TRICKS)
    assert rows["cooperative", "silence"].highest > rows["hostile", "silence"].highest
    assert checked.wrong == []


def test_events_are_taken_up_and_never_leak(checked: work.SeekerCheck) -> None:
    assert checked.events.told > 6
    assert checked.events.taken_up == checked.events.told
    assert checked.events.copied == checked.events.leaked == 0


def test_seekers_that_melt_and_pass_events_over_are_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless(CountingEngine):
        def complete(self, request: Request):
            text = super().complete(request).message.text or ""
            text = re.sub(r'"change": -?\d+', '"change": 5', text)
            text = re.sub(r"Sorry, hang on: [^.]*\. ", "", text)
            return ScriptedEngine(lambda _: text).complete(request)

    from esc_skills.experiments.setup import session

    opened = session.open_session
    monkeypatch.setattr(work, "open_session", lambda experiment: opened(experiment, Careless()))
    path = people(tmp_path / "p.jsonl")
    found = work.check_seekers(Experiment(profiles=(path,), threads=2), replicates=1)
    assert len(found.wrong) == 2
    assert found.events.told == 4
    assert found.events.taken_up == 0


def test_the_command_prints_json_and_is_strict_if_asked(tmp_path: Path) -> None:
    people(tmp_path / "p.jsonl")
    done = esc(
        "seekers", "check", "--profiles", "p.jsonl", "--limit", 2, "--replicates", 1, "--strict",
        "--json", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["seekers"] == 2
    shown = esc(
        "seekers", "check", "--profiles", "p.jsonl", "--limit", 2, "--replicates", 1, cwd=tmp_path
    )
    for words in ("Traits named blind", "mood rises without cause", "taken up", "chance"):
        assert words in shown.stdout


def test_a_rehearsed_seeker_without_typed_traits_draws_nothing_more() -> None:
    class Counted:
        def random(self) -> float:
            raise AssertionError("a draw more would change every later one")

    assert traits_in("Maya, 34, a nurse.") == ()
    assert showing("Well.", "Maya, 34, a nurse.", "en", Counted()) == "Well."  # pyright: ignore[reportArgumentType]


def test_the_rehearsed_judge_says_middle_where_nothing_shows() -> None:
    import random

    found = [
        name_traits({"dialogue": "[0] Seeker: Well.\n  Supporter: Mm."}, random.Random(seed))
        for seed in range(40)
    ]
    read = [named["traits"][trait]["degree"] for named in found for trait in TRAITS]
    assert read.count("middle") / len(read) > 0.7
