"""What `doctor` found, in the terminal."""

from collections.abc import Mapping

from rich.console import Console

from esc_skills.signatures.rollouts import Spend

from ..setup.models import EndpointCheck
from ..work.diagnose import Diagnosis
from ..work.simulator_check import SimulatorCheck
from .progress import spend_line
from .readings import readings_table
from .tables import table_of

ENGLISH = 4
"""Characters of a token of English text, about; each model counts its own way."""


def print_diagnosis(
    console: Console, title: str, versions: Mapping[str, str], found: Diagnosis
) -> None:
    """Print versions, models, how answers could be read, and the check of the simulator."""
    rows = [*versions.items(), *map(_state, found.models)]
    console.print(table_of(title, ("what", "state"), rows, text=("what", "state")))
    if found.readings:
        console.print(readings_table(found.readings))
    lines = [f"{clause}." for clause in found.refused_parameters]
    if found.simulator:
        lines += [_simulator(found.simulator), found.simulator.meaning]
    if found.dialogue:
        lines.append(_outlook(found.dialogue))
    for line in [*lines, f"Spent {spend_line(found.spend)}."]:
        console.print(line, markup=False, highlight=False)


def print_prompts(console: Console, lengths: Mapping[str, int]) -> None:
    """Print how long the static part of each stage's prompt is.

    Args:
        console: Where to.
        lengths: Characters by stage.
    """
    rows = ((name, f"{n:,}", f"{n // ENGLISH:,}") for name, n in lengths.items())
    columns = ("stage", "characters", "tokens, about")
    console.print(table_of("Static part of each prompt, in the chat format", columns, rows))


def _state(answer: EndpointCheck) -> tuple[str, str]:
    """A model with its roles, and how it answered."""
    state = f"{'ok' if answer.ok else 'FAILED'}: {answer.detail} {answer.seconds:.2f} s"
    return f"{answer.model} ({', '.join(answer.roles)})", state


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
