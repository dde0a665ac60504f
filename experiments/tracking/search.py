"""MLflow: an observer that shows a search as runs. The only place that imports mlflow for logging.

One parent run an experiment, one child run a challenge. The runs are a view: everything comes from
the run directory, so a resumed experiment replaces its earlier view.
"""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from esc_skills.optimizers.events import (
    Analysed,
    Decision,
    Event,
    Measured,
    Result,
    SealedTest,
    Started,
)
from esc_skills.programs.models.readings import OUTCOMES, StageReadings
from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

from ..files.skill_files import bank_markdown
from ..setup.config import Experiment
from ..show import figures
from ..show.progress import watch_line
from .store import EXPERIMENT, open_experiment
from .traces import log_traces


class MlflowObserver:
    """Logs a search as it goes.

    Args:
        experiment: What is run.
        directory: Its run directory.
        uri: The tracking address.
    """

    def __init__(self, experiment: Experiment, directory: Path, uri: str) -> None:
        self._client, self._experiment_id = open_experiment(uri, directory.parent)
        import mlflow

        # traces have no client of their own: they go where the module is told
        mlflow.set_tracking_uri(uri)
        mlflow.set_experiment(experiment_id=self._experiment_id)
        self._experiment = experiment
        self._drop_earlier_view(str(directory.resolve()))
        tags = {
            "kind": "experiment",
            "model": experiment.model.model,
            "run directory": str(directory.resolve()),
            "mlflow.runName": experiment.name,
        }
        run = self._client.create_run(self._experiment_id, tags=tags)
        self.run_id: str = run.info.run_id
        self._last: Bank | None = None
        self._accepted = 0
        self._gained = 0.0
        self._log_params()
        self._client.log_dict(self.run_id, experiment.identity, "config.json")

    def __call__(self, event: Event) -> None:
        """Log one event."""
        match event:
            case Started():
                self._started(event)
            case Analysed():
                name = f"generations/{event.generation:02d}-findings.json"
                found = [finding.model_dump(mode="json") for finding in event.findings]
                credit = [row.model_dump(mode="json") for row in event.credit]
                self._client.log_dict(self.run_id, {"findings": found, "credit": credit}, name)
            case Decision():
                self._decided(event)
            case Measured():
                score = event.score
                self._metrics(
                    self.run_id,
                    {
                        "validation/score": score.mean,
                        "validation/low": score.low,
                        "validation/high": score.high,
                        "search/accepted edits": self._accepted,
                        "search/accepted gain": self._gained,
                        **_spend(event.spend),
                    },
                    event.spend.calls,
                )
            case Result():
                self._finished(event)
            case _:
                pass  # alarms stand in the result

    def fail(self, cause: BaseException) -> None:
        """Mark the run as interrupted by its user, or as failed, and say why.

        Starting the experiment again replaces it.
        """
        killed = isinstance(cause, KeyboardInterrupt)
        reason = "interrupted; the same command resumes" if killed else str(cause)
        self._client.set_tag(self.run_id, "stopped", reason[:5000] or type(cause).__name__)
        self._client.set_terminated(self.run_id, "KILLED" if killed else "FAILED")

    def _started(self, event: Started) -> None:
        self._log_bank(event.bank)
        for name in ("train", "validation", "test"):
            self._log_profiles(name, getattr(event, name))

    def _decided(self, event: Decision) -> None:
        tags = {
            "kind": "challenge",
            "verdict": "accepted" if event.accepted else "rejected",
            "gate": event.gate,
            "mlflow.parentRunId": self.run_id,
            "mlflow.runName": f"{event.number:02d} {event.summary}"[:120],
            "mlflow.note.content": event.reason,
        }
        run_id = self._client.create_run(self._experiment_id, tags=tags).info.run_id
        values: dict[str, float] = {"accepted": float(event.accepted), "comparisons": event.pairs}
        if event.gain is not None:
            gain = event.gain
            values |= {"gain/estimate": gain.mean, "gain/low": gain.low, "gain/high": gain.high}
        if event.e_value is not None:
            values["evidence"] = event.e_value
        self._metrics(run_id, {**values, **_spend(event.cost)}, 0)
        self._client.log_param(run_id, "edit", event.summary[:500])
        edit = event.edit.model_dump(mode="json")
        self._client.log_dict(run_id, edit, "edit.json")
        self._client.set_terminated(run_id)
        if event.accepted:
            self._accepted += 1
            self._gained += event.gain.mean if event.gain else 0.0
            self._log_bank(event.bank)

    def _finished(self, event: Result) -> None:
        if event.test is not None:
            self._log_test(event.test)
            self._client.set_tag(self.run_id, "mlflow.runName", self._headline(event))
        self._metrics(self.run_id, _spend(event.spend), event.spend.calls)
        self._metrics(self.run_id, readings_metrics(event.readings), event.spend.calls)
        if event.learnt:
            self._client.set_tag(self.run_id, "refused parameters", "; ".join(event.learnt))
        self._client.set_tag(self.run_id, "stopped", event.stopped)
        if event.watch is not None:
            rung = [f"{alarm.kind}: {alarm.message}" for alarm in event.watch.alarms]
            self._client.set_tag(self.run_id, "alarms", "; ".join(rung) or "none")
            self._client.set_tag(self.run_id, "watched", watch_line(event.watch))
        self._client.log_table(self.run_id, _table(event.decisions), "decisions.json")
        pictures = {
            "figures/progress.html": figures.progress(event.measured, event.decisions, event.test),
            "figures/challenges.html": figures.decisions(event.decisions),
            "figures/genealogy.html": figures.genealogy(event),
        }
        if event.test is not None:
            pictures["figures/emotion-curves.html"] = figures.emotion_curves(event.test)
            name = self._experiment.name
            log_traces(self.run_id, name, "first bank", event.test.rollouts_before)
            log_traces(self.run_id, name, "final bank", event.test.rollouts_after)
        for name, figure in pictures.items():
            # plotly.js goes into the file: its usual network address is blank offline
            self._client.log_figure(
                self.run_id, figure, name, save_kwargs={"include_plotlyjs": True}
            )
        self._client.set_terminated(self.run_id)

    def _headline(self, event: Result) -> str:
        """How much better, how sure, at what cost: the run's name, since every page shows that."""
        assert event.test is not None
        gain = event.test.gain
        return (
            f"{self._experiment.name}: {gain.mean:+.1f} [{gain.low:+.1f}, {gain.high:+.1f}] points "
            f"for {event.spend.calls:,} calls"
        )

    def _log_test(self, test: SealedTest) -> None:
        gain, after, before = test.gain, test.after, test.before
        if test.no_bank is not None:
            over = test.no_bank.gain
            self._metrics(
                self.run_id,
                {
                    "gain over no bank/estimate": over.mean,
                    "gain over no bank/low": over.low,
                    "gain over no bank/high": over.high,
                    "score/no bank": test.no_bank.level.score.mean,
                },
                0,
            )
        self._metrics(
            self.run_id,
            {
                "gain/estimate": gain.mean,
                "gain/low": gain.low,
                "gain/high": gain.high,
                "score/estimate": after.score.mean,
                "score/low": after.score.low,
                "score/high": after.score.high,
                "score/first bank": before.score.mean,
                "score/successes": after.success,
                "score/failures": after.failure,
                "score/no reply": after.silent,
            },
            0,
        )

    def _log_bank(self, bank: Bank) -> None:
        """A bank version as a readable document, with the difference to the one before."""
        text = bank_markdown(bank)
        self._client.log_text(self.run_id, text, f"banks/{self._accepted:02d}.md")
        if self._last is not None:
            before = bank_markdown(self._last).splitlines()
            lines = difflib.unified_diff(before, text.splitlines(), "before", "after", lineterm="")
            body = "```diff\n" + "\n".join(lines) + "\n```\n"
            self._client.log_text(self.run_id, body, f"banks/{self._accepted:02d}-changes.md")
        self._last = bank

    def _log_profiles(self, name: str, ids: Sequence[str]) -> None:
        """A set of profiles as a dataset input of the run."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        if not ids:
            return
        source = ", ".join(map(str, self._experiment.profiles)) or "packaged samples"
        dataset = Dataset(
            name=name,
            digest=content_hash(list(ids)),
            source_type="local",
            source=json.dumps({"uri": source}),
            schema=json.dumps({"mlflow_colspec": [{"type": "string", "name": "profile"}]}),
            profile=json.dumps({"num_rows": len(ids)}),
        )
        entity = DatasetInput(dataset, [InputTag("mlflow.data.context", name)])
        self._client.log_inputs(self.run_id, [entity])

    def _log_params(self) -> None:
        experiment = self._experiment
        budget = experiment.budget.model_dump(exclude_none=True)
        values = {
            "optimizer": experiment.optimizer,
            "model": experiment.model.model,
            "seed": experiment.seed,
            "budget": ", ".join(f"{v:g} {k}" for k, v in budget.items()) or "none",
            "error rate": experiment.search.rule.error_rate,
            "first bank": str(experiment.bank or "empty"),
            "profiles": ", ".join(map(str, experiment.profiles)) or "packaged samples",
        }
        for name, value in values.items():
            self._client.log_param(self.run_id, name, value)

    def _metrics(self, run_id: str, values: dict[str, float], step: int) -> None:
        import math
        import time

        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        metrics = [Metric(name, round(value, 4), now, step) for name, value in finite.items()]
        self._client.log_batch(run_id, metrics=metrics)

    def _drop_earlier_view(self, directory: str) -> None:
        """Remove what an interrupted start of the same run directory has logged."""
        escaped = directory.replace("'", "")
        query = f"tags.`run directory` = '{escaped}'"
        for parent in self._client.search_runs([self._experiment_id], query):
            children = f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
            for run in (parent, *self._client.search_runs([self._experiment_id], children)):
                self._client.delete_run(run.info.run_id)


def _spend(spend: Spend) -> dict[str, float]:
    return {
        "spend/rollouts": spend.rollouts,
        "spend/calls": spend.calls,
        "spend/tokens": spend.tokens,
        "spend/money": spend.money,
    }


def readings_metrics(rows: Sequence[StageReadings]) -> dict[str, float]:
    """Shares of all answers, and of those of each stage that were not clean, 0..1."""
    asked = sum(row.asked for row in rows)
    if not asked:
        return {}
    totals = {o: sum(getattr(row, o) for row in rows) / asked for o in OUTCOMES}
    values = {f"answers/{outcome}": share for outcome, share in totals.items()}
    for stage in {row.stage for row in rows}:
        own = [row for row in rows if row.stage == stage]
        for outcome in OUTCOMES[1:]:
            count = sum(getattr(row, outcome) for row in own)
            if count:
                values[f"answers/{stage} {outcome}"] = count / sum(row.asked for row in own)
    return values


def _table(decisions: Sequence[Decision]) -> dict[str, list[Any]]:
    """The decisions as columns."""
    return {
        "number": [d.number for d in decisions],
        "generation": [d.generation for d in decisions],
        "edit": [d.summary for d in decisions],
        "verdict": ["accepted" if d.accepted else "rejected" for d in decisions],
        "gate": [d.gate for d in decisions],
        "reason": [d.reason for d in decisions],
        "gain": [None if d.gain is None else round(d.gain.mean, 1) for d in decisions],
        "comparisons": [d.pairs for d in decisions],
        "rollouts": [d.cost.rollouts for d in decisions],
        "calls": [d.cost.calls for d in decisions],
    }


def charts_path(uri: str) -> str:
    """Where the MLflow pages show the experiments' runs as charts, sorted by gain."""
    import mlflow

    found = mlflow.MlflowClient(uri).get_experiment_by_name(EXPERIMENT)
    if found is None:
        return "/"
    query = "tags.kind%3D%22experiment%22"
    return (
        f"/#/experiments/{found.experiment_id}/runs?workflowType=machine_learning"
        f"&compareRunsMode=CHART&searchFilter={query}&orderByKey=metrics.%60gain%2Festimate%60"
        "&orderByAsc=false&startTime=ALL&lifecycleFilter=Active"
    )
