"""What `doctor` found, in the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from esc_skills.signatures.rollouts import Spend

from ..setup.models import EndpointCheck
from ..work.diagnose import Diagnosis
from ..work.prompt_tokens import TOKENIZER, StageTokens
from ..work.simulator_check import SimulatorCheck
from ..work.stage_uses import USES
from ..work.trial import StageTrial
from .progress import spend_line
from .tables import table_of

COLUMNS = ("form", "answer", "read", "written", "seconds", "price")
"""Of the table of stages; tokens read and written."""


def print_diagnosis(
    console: Console, title: str, versions: Mapping[str, str], found: Diagnosis
) -> None:
    """Print versions, models, how each stage was answered, and the check of the simulator."""
    rows = [*versions.items(), *map(_state, found.models)]
    console.print(table_of(title, ("what", "state"), rows, text=("what", "state")))
    if found.stages:
        console.print(_stages(found.stages))
    lines = [*_faults(found.stages), *(f"{clause}." for clause in found.refused_parameters)]
    if found.simulator:
        lines += [_simulator(found.simulator), found.simulator.meaning]
    if found.dialogue:
        lines.append(_outlook(found.dialogue))
    for line in [*lines, f"Spent {spend_line(found.spend)}."]:
        console.print(line, markup=False, highlight=False)


def print_tokens(
    console: Console, dialogue: Sequence[StageTokens], static: Mapping[str, int]
) -> None:
    """Print what the prompts of a whole dialogue take, and the static part of every stage's.

    Args:
        console: Where to.
        dialogue: What each stage reads in a dialogue.
        static: Tokens by stage.
    """
    rows = [
        (row.stage, f"{row.calls:g}", f"{row.each:,.0f}", f"{row.tokens:,.0f}") for row in dialogue
    ]
    calls, tokens = sum(row.calls for row in dialogue), sum(row.tokens for row in dialogue)
    rows.append(("all", f"{calls:g}", "", f"{tokens:,.0f}"))
    columns = ("stage", "calls", "tokens a call", "tokens a dialogue")
    console.print(table_of("Prompts of a whole dialogue of nine replies", columns, rows))
    title = "Static part of each prompt, in the chat format"
    fixed = ((name, f"{count:,}") for name, count in static.items())
    console.print(table_of(title, ("stage", "tokens"), fixed))
    console.print(f"{TOKENIZER}; models that are counted otherwise differ by some percent.")


def _state(answer: EndpointCheck) -> tuple[str, str]:
    """A model with its roles, and how it answered."""
    state = f"{'ok' if answer.ok else 'FAILED'}: {answer.detail} {answer.seconds:.2f} s"
    return f"{answer.model} ({', '.join(answer.roles)})", state


def _stages(trials: Sequence[StageTrial]) -> Table:
    """How each stage was answered, and what that took."""
    models = {trial.model for trial in trials}
    named = len(models) > 1
    title = "Every stage, asked once" if named else f"Every stage, asked {models.pop()} once"
    columns = ("stage", *(("model",) if named else ()), *COLUMNS)
    rows = (
        (
            trial.stage,
            *((trial.model,) if named else ()),
            trial.form,
            _outcome(trial),
            f"{trial.spend.tokens_in:,}",
            f"{trial.spend.tokens_out:,}",
            f"{trial.spend.seconds:.1f}",
            "unknown" if trial.spend.unpriced else f"{trial.spend.money:.4f}",
        )
        for trial in trials
    )
    return table_of(title, columns, rows, text=("stage", "model", "form", "answer"))


def _outcome(trial: StageTrial) -> str:
    """How an answer could be read: `clean`, `repaired (fence, header)`, `again`, `failed`."""
    notes = [*trial.repairs, *([f"{trial.dropped} dropped"] if trial.dropped else ())]
    return f"{trial.outcome} ({', '.join(notes)})" if notes else trial.outcome


def _faults(trials: Sequence[StageTrial]) -> list[str]:
    """What the answers mean for a run."""
    failed = [trial for trial in trials if trial.outcome == "failed"]
    lines = [f"{t.fault.rstrip('.')}. Without it {USES[t.stage].without}." for t in failed]
    slow = sorted({trial.role for trial in trials if trial.slow})
    if slow:
        lines.append(
            f"Calls of {', '.join(slow)} took more than half of the time that they may take by "
            "default; set `timeout` of the model higher."
        )
    if trials and not failed:
        lines.append("Every stage gave an answer that can be used.")
    return lines


def _outlook(dialogue: Spend) -> str:
    """What a run would take, from what a dialogue takes at most."""
    return (
        f"A whole dialogue would take at most {dialogue.seconds:,.0f} s of waiting for models and "
        f"{spend_line(dialogue)}; `--rollouts 2000` about 2,000 times as much, divided by the "
        "dialogues that are played at once."
    )


def _simulator(check: SimulatorCheck) -> str:
    seeds = "without effect" if check.seeds == "no variation" else check.seeds
    return (
        f"Simulator {check.model}: the empathic reply was received better in {check.told_apart} of "
        f"{check.pairs} pairs, by {check.difference:+.1f} points on average; seeds are {seeds}."
    )
