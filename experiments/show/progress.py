"""A running search in the terminal: decisions, spend and time left."""

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from esc_skills.metrics.text.drift import Spread
from esc_skills.optimizers.events import (
    Alarm,
    Analysed,
    Decision,
    Event,
    Measured,
    Noticed,
    Result,
    Watch,
)
from esc_skills.signatures.rollouts import Rollout, Spend

from ..setup.config import Experiment

COLOURS = {
    "accepted": "green",
    "taken back": "yellow",
    "given up": "yellow",
    "unsafe": "red",
    "rejected": "dim",
}
"""Of the verdicts on edits."""


def spend_line(spend: Spend) -> str:
    """A spend in words; a price that is not known is said to be so."""
    parts = [f"{spend.rollouts} rollouts", f"{spend.calls} calls", _tokens(spend)]
    unknown = f" and the unknown price of {spend.unpriced} calls" if spend.unpriced else ""
    if spend.money:
        parts.append(f"money {spend.money:.4f}{unknown}")
    elif unknown:
        parts.append("money unknown")
    return ", ".join(parts)


def _tokens(spend: Spend) -> str:
    """Tokens in thousands, and how many of them a cache served or were reasoning."""
    kinds = {"cached": spend.tokens_cached, "reasoning": spend.tokens_reasoning}
    told = ", ".join(f"{count / 1000:,.1f}k {kind}" for kind, count in kinds.items() if count)
    return f"{spend.tokens / 1000:,.0f}k tokens" + (f" ({told})" if told else "")


def watch_line(watch: Watch) -> str:
    """What besides the score has changed, in words."""
    parts = ["From first to final bank"]
    if watch.judged is not None:
        low, mean, high = watch.judged.low, watch.judged.mean, watch.judged.high
        parts.append(f"the judge {watch.judge} sees {mean:+.1f} points ({low:+.1f} to {high:+.1f})")
    parts.extend(watch.sightings)
    if watch.length is not None:
        parts.append(f"replies are {watch.length.mean:.2f} times as long")
    if watch.spread is not None:
        parts.append(
            f"the phrase that spread most is {watch.spread.phrase!r}, by {_share(watch.spread)}"
        )
    return f"{parts[0]}, {'; '.join(parts[1:])}."


def _share(spread: Spread) -> str:
    return f"{spread.share.mean:.0%} of the replies"


class SearchProgress:
    """Shows a search; use as a context manager, as an observer, and as the runner's callback.

    The bar runs over the part of the budget that is spent furthest, else over generations.
    """

    def __init__(self, console: Console, experiment: Experiment) -> None:
        self._console = console
        self._budget = experiment.budget
        self._generations = experiment.search.generations + 1
        self._spend = Spend()
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[spent]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._limits = self._budget.model_dump(exclude_none=True)
        total = 1.0 if self._limits else self._generations
        self._task = self._bar.add_task("searching", total=total, spent="")

    def __enter__(self) -> "SearchProgress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_rollout(self, rollout: Rollout) -> None:
        """Count one finished rollout."""
        self._count(self._spend + rollout.spend)

    @property
    def spent(self) -> str:
        """What stands beside the bar."""
        spend = self._spend
        told = f"{spend.rollouts} rollouts, {spend.calls} calls"
        if spend.unpriced:
            return f"{told}, money unknown"
        return f"{told}, money {spend.money:.2f}" if spend.money else told

    @property
    def share(self) -> float | None:
        """The share of the budget that is spent, of its kinds the largest; None without one."""
        limits = self._limits.items()
        return max((getattr(self._spend, name) / limit for name, limit in limits), default=None)

    def _count(self, spend: Spend) -> None:
        """Move the bar to what was spent so far."""
        self._spend = spend
        self._bar.update(self._task, spent=self.spent)
        if self.share is not None:
            self._bar.update(self._task, completed=self.share)

    def __call__(self, event: Event) -> None:
        """Show one event, and count what it says was spent: single replies are in no dialogue."""
        if not isinstance(event, Alarm | Noticed):
            self._count(event.spend)
        match event:
            case Analysed():
                what = f"generation {event.generation}"
                self._bar.update(self._task, description=what)
                if not self._limits:
                    self._bar.update(self._task, completed=event.generation)
                self._say(
                    f"[bold]{what}[/]: {len(event.findings)} findings, {len(event.edits)} edits "
                    f"proposed ({spend_line(event.spend)} so far)"
                )
            case Decision():
                mark = f"[{COLOURS[event.verdict]}]{event.verdict:<8}[/]"
                self._say(f"  {mark} {escape(f'{event.summary}: {event.reason}')}")
            case Measured():
                score = event.score
                self._bar.update(self._task, description=f"score {score.mean:.0f}")
            case Alarm():
                self._say(f"[bold red]alarm[/] ({event.kind}): {escape(event.message)}")
            case Noticed():
                pass  # said when it happened
            case Result():
                self._bar.update(self._task, description="done")
            case _:
                self._bar.update(self._task, description="starting")

    def _say(self, text: str) -> None:
        self._console.print(text, highlight=False)
