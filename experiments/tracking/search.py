"""An observer that logs a search: one run for the experiment, with a child for each challenge.

The runs are a view: everything comes from the run directory, so a resumed experiment replaces its
earlier view.
"""

import difflib
from pathlib import Path

from esc_skills.optimizers.events import (
    Analysed,
    Decision,
    Event,
    Measured,
    Noticed,
    Result,
    Started,
    Watch,
)
from esc_skills.signatures.skills import Bank

from ..files.run_directory import concurrencies_of
from ..files.skill_files import bank_markdown
from ..setup.config import Experiment
from ..show import figures
from ..show.progress import watch_line
from ..show.result import unsafe_lines
from .search_metrics import (
    conduct_metrics,
    decision_columns,
    decision_metrics,
    readings_metrics,
    refusal_metrics,
    sealed_test_metrics,
    spend_metrics,
    trust_metrics,
)
from .traces import trace_dialogues
from .tracker import TrackedRun, Tracker


class SearchTracking:
    """Logs a search as it goes.

    Its run begins with the first event, when everything has been checked, so that a refused command
    leaves no run behind.

    Args:
        experiment: What is run.
        directory: Its run directory.
        tracker: Where it is logged.
    """

    def __init__(self, experiment: Experiment, directory: Path, tracker: Tracker) -> None:
        self._experiment = experiment
        self._directory = directory
        self._tracker = tracker
        self._run: TrackedRun | None = None
        self._last: Bank | None = None
        self._accepted = 0
        self._gained = 0.0
        self._notices: list[str] = []

    def __call__(self, event: Event) -> None:
        """Log one event."""
        if self._run is None:
            self._run = self._opened()
        run = self._run
        match event:
            case Started():
                self._log_bank(run, event.bank)
                self._log_datasets(run, event)
            case Analysed():
                found = [finding.model_dump(mode="json") for finding in event.findings]
                credit = [row.model_dump(mode="json") for row in event.credit]
                name = f"generations/{event.generation:02d}-findings.json"
                run.document(name, {"findings": found, "credit": credit})
            case Decision():
                self._log_decision(run, event)
            case Measured():
                self._log_measured(run, event)
            case Noticed():
                self._notices.append(event.sentence)
                run.tags({"endpoints": "; ".join(self._notices)})
            case Result():
                self._log_result(run, event)
            case _:
                pass  # alarms stand in the result

    def fail(self, cause: BaseException) -> None:
        """Mark the run, if it has begun, as interrupted by its user or as failed, and say why.

        Starting the experiment again replaces it.
        """
        if self._run is None:
            return
        killed = isinstance(cause, KeyboardInterrupt)
        reason = "interrupted; the same command resumes" if killed else str(cause)
        self._run.tags({"stopped": reason or type(cause).__name__})
        self._run.close("killed" if killed else "failed")

    def _opened(self) -> TrackedRun:
        experiment = self._experiment
        budget = experiment.budget.model_dump(exclude_none=True)
        tags = {
            "kind": "experiment",
            "model": experiment.model.model,
            "run directory": str(self._directory.resolve()),
        }
        params = {
            "optimizer": experiment.optimizer,
            "model": experiment.model.model,
            "seed": experiment.seed,
            "budget": ", ".join(f"{v:g} {k}" for k, v in budget.items()) or "none",
            "error rate": experiment.search.rule.error_rate,
            "first bank": str(experiment.bank or "empty"),
            "profiles": self._profiles,
            "concurrency": "; ".join(
                concurrencies_of(self._directory) or (experiment.concurrency,)
            ),
        }
        run = self._tracker.open_run(experiment.name, tags, params, replaces="run directory")
        run.document("config.json", experiment.identity)
        return run

    @property
    def _profiles(self) -> str:
        return ", ".join(map(str, self._experiment.profiles)) or "packaged samples"

    def _log_datasets(self, run: TrackedRun, event: Started) -> None:
        for name in ("train", "validation", "test"):
            if ids := getattr(event, name):
                run.dataset(name, ids, self._profiles)

    def _log_measured(self, run: TrackedRun, event: Measured) -> None:
        score = event.score
        values = {
            "validation/score": score.mean,
            "validation/low": score.low,
            "validation/high": score.high,
            "search/accepted edits": self._accepted,
            "search/accepted gain": self._gained,
            **spend_metrics(event.spend),
        }
        run.metrics(values, event.spend.calls)

    def _log_decision(self, run: TrackedRun, event: Decision) -> None:
        tags = {
            "kind": "challenge",
            "verdict": event.verdict,
            "gate": event.gate,
        }
        if event.rules:
            tags["rules"] = ", ".join(event.rules)
        name = f"{event.number:02d} {event.title}"[:120]
        child = run.child(name, tags, {"edit": event.summary[:500]}, note=event.reason)
        child.metrics(decision_metrics(event))
        child.document("edit.json", event.edit.model_dump(mode="json"))
        child.close()
        if event.accepted:
            self._accepted += 1
            self._gained += event.gain.mean if event.gain else 0.0
            self._log_bank(run, event.bank)

    def _log_bank(self, run: TrackedRun, bank: Bank) -> None:
        """Log a bank version as a readable document, with the difference to the one before."""
        text = bank_markdown(bank)
        run.text(f"banks/{self._accepted:02d}.md", text)
        if self._last is not None:
            before = bank_markdown(self._last).splitlines()
            lines = difflib.unified_diff(before, text.splitlines(), "before", "after", lineterm="")
            body = "```diff\n" + "\n".join(lines) + "\n```\n"
            run.text(f"banks/{self._accepted:02d}-changes.md", body)
        self._last = bank

    def _log_result(self, run: TrackedRun, event: Result) -> None:
        name = self._experiment.name
        if event.test is not None:
            run.metrics(sealed_test_metrics(event.test))
            run.rename(_headline(name, event))
            trace_dialogues(run, name, "first bank", event.test.rollouts_before)
            trace_dialogues(run, name, "final bank", event.test.rollouts_after)
        values = {**spend_metrics(event.spend), **readings_metrics(event.readings)}
        values |= conduct_metrics(event.conduct) | refusal_metrics(event.refused)
        if event.trust is not None:
            values |= trust_metrics(event.trust)
        run.metrics(values, event.spend.calls)
        run.tags(_closing_tags(event, self._directory))
        run.table("decisions.json", decision_columns(event.decisions))
        _log_figures(run, event)
        run.close()


def _headline(name: str, event: Result) -> str:
    """How much better, how sure, at what cost: the run's name, since every page shows that."""
    assert event.test is not None
    gain = event.test.gain
    return (
        f"{name}: {gain.mean:+.1f} [{gain.low:+.1f}, {gain.high:+.1f}] points "
        f"for {event.spend.calls:,} calls"
    )


def _closing_tags(event: Result, directory: Path) -> dict[str, str]:
    tags = {"stopped": event.stopped}
    if unsafe := unsafe_lines(event, directory):
        tags["unsafe"] = " ".join(unsafe)
    if event.learnt:
        tags["refused parameters"] = "; ".join(event.learnt)
    return tags if event.watch is None else {**tags, **_watch_tags(event.watch)}


def _watch_tags(watch: Watch) -> dict[str, str]:
    rung = [f"{alarm.kind}: {alarm.message}" for alarm in watch.alarms]
    return {"alarms": "; ".join(rung) or "none", "watched": watch_line(watch)}


def _log_figures(run: TrackedRun, event: Result) -> None:
    test = event.test
    run.figure(
        "figures/progress.html", lambda: figures.progress(event.measured, event.decisions, test)
    )
    run.figure("figures/challenges.html", lambda: figures.decisions(event.decisions))
    run.figure("figures/genealogy.html", lambda: figures.genealogy(event))
    if test is not None:
        run.figure("figures/emotion-curves.html", lambda: figures.emotion_curves(test))
