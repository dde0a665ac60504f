"""A whole search over two endpoints of which one dies: the same decisions, and its user is told."""

from html import unescape
from pathlib import Path

from fakes import Endpoint, serve

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.show.report import write_report
from esc_skills.experiments.work.evolve import evolve
from esc_skills.optimizers.events import Event, Noticed, Result

TINY = {
    "search.generations": 1, "search.train_rollouts": 4, "search.policy_trials": 0,
    "search.test_replicates": 1, "search.rule.max_pairs": 8, "search.watch": None, "threads": 4,
}  # fmt: skip


def searched(directory: Path, *urls: str) -> tuple[Result, list[Event]]:
    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)

    entries = {
        **TINY,
        "model.model": "openai/fake",
        "model.timeout": 5,
        "model.structured": False,
        "model.retries": 0,
        "model.endpoints": [{"url": url} for url in urls],
    }
    return evolve(load_experiment(None, entries), directory, [note]), events


def test_a_search_whose_endpoint_dies_decides_as_ever_and_says_what_happened(tmp_path: Path):
    def dies(number: int) -> tuple[int, str | None, float]:
        return (200, None, 0) if number < 100 else (503, "gone", 0)

    def lives(number: int) -> tuple[int, str | None, float]:
        return 200, None, 0

    with serve(Endpoint(lives)) as address:
        expected, _ = searched(tmp_path / "one", address)
    with serve(Endpoint(lives)) as one, serve(Endpoint(dies)) as other:
        result, events = searched(tmp_path / "two", one, other)
        write_report(tmp_path / "two", tmp_path / "two.html")
        again, _ = searched(tmp_path / "two", one)  # the same run, whoever answers
    assert [d.summary for d in result.decisions] == [d.summary for d in expected.decisions]
    assert (result.final, again.final) == (expected.final, expected.final)
    assert result.test is not None
    assert result.test.missing == 0
    assert expected.test is not None
    assert result.test.gain == expected.test.gain
    assert again.spend.calls == result.spend.calls  # none is paid twice
    (notice,) = [event for event in events if isinstance(event, Noticed)]
    assert "is down (LMServerError: gone (503)); the other one takes over" in notice.sentence
    assert f"T{notice.sentence[1:]}." in unescape((tmp_path / "two.html").read_text())
