"""The closing lines print names and paths as they stand, whatever brackets these hold."""

import io
from pathlib import Path

from rich.console import Console

from esc_skills.experiments.show.bars import progress_bar
from esc_skills.experiments.show.result import print_result
from esc_skills.optimizers.events import Result
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank


def test_a_reason_or_a_path_with_brackets_is_no_markup() -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    reason = "the model openai/[/x] has not answered"
    bank = Bank()
    result = Result(
        stopped=reason,
        first=bank,
        final=bank,
        banks=(bank,),
        decisions=(),
        measured=(),
        test=None,
        spend=Spend(),
    )
    print_result(console, result, Path("runs/[/bold]"))
    with progress_bar(console) as bar:
        bar("seeker [/b]", 1, 2)
    assert f"Stopped: {reason}." in printed.getvalue()
    assert "esc-skills report runs/[/bold]" in printed.getvalue()
