"""The command `esc-skills`: puts the commands together and turns failures into sentences.

Exit codes: 0 done, 1 a model or the budget failed, 2 bad input, 3 a model server is down,
130 interrupted, 143 terminated.
"""

import os
import sys
import warnings
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from typer.exceptions import TyperException
from typer.models import CommandInfo, TyperInfo

from esc_skills.programs.registry import PluginError

from .commands import (
    bench,
    data,
    deploy,
    judges,
    local,
    probe,
    project,
    requests,
    responses,
    run,
    safety,
    sage,
    seekers,
    serving,
    show,
    surrogate,
)
from .errors import UserError
from .interruption import Interruption

app = typer.Typer(
    name="esc-skills",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Mine skills from real support conversations, improve them against simulated seekers, "
    "keep only edits that provably help, and export the result.\n\nStart with: esc-skills demo",
)
run.register(app)
data.register(app)
project.register(app)
show.register(app)
deploy.register(app)
serving.register(app)
sage.register(app)
responses.register(app)
judges.register(app)
bench.register(app)
probe.register(app)
requests.register(app)
seekers.register(app)
surrogate.register(app)
safety.register(app)
local.register(app)

PANELS = {
    "Run experiments": ("demo", "init", "mine", "evolve", "evaluate", "compare", "report", "ui"),
    "Deploy": ("export", "serve", "keys", "publish", "chat", "local"),
    "Data and seekers": ("data", "profiles", "seekers", "responses", "domains"),
    "Trust": (
        "doctor", "check", "redteam", "requests", "fuzz", "sage", "judges", "probe", "surrogate",
        "bench",
    ),
}  # fmt: skip
"""The groups of commands in `esc-skills --help`, in order."""


def _arrange() -> None:
    """Give every command its panel, and put the commands in the order of the panels."""
    panels = {name: panel for panel, names in PANELS.items() for name in names}
    places = {name: place for place, name in enumerate(panels)}
    for kind in (app.registered_commands, app.registered_groups):
        for command in kind:
            command.rich_help_panel = panels.get(_name(command))
        kind.sort(key=lambda command: places.get(_name(command), len(places)))


def _name(command: CommandInfo | TyperInfo) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


_arrange()


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"esc-skills {version('esc-skills')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run a command; every failure that is not a defect of ours ends in one clear sentence."""
    _quiet()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    with Interruption() as interruption:
        try:
            code = app(standalone_mode=False)
        except (UserError, PluginError) as error:
            errors.print(f"[bold red]Error:[/] {escape(str(error))}")
            code = 2
        except (typer.Abort, KeyboardInterrupt):
            code = 130
        except Exception as error:  # noqa: BLE001 - the one place where failures become sentences
            code = 130 if interruption.asked else _explain(error, errors)
        if interruption.asked:
            interruption.end()
    sys.stdout.flush()
    sys.exit(code if isinstance(code, int) else 0)


def _explain(error: Exception, errors: Console) -> int:
    """Say what failed; raises what only a developer can mend."""
    from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, Outage

    if isinstance(error, TyperException):
        if words := error.format_message():  # none where the help has been shown already
            errors.print(f"[bold red]Error:[/] {escape(words.rstrip('.'))}. See --help.")
        return 2
    if isinstance(error, BudgetExhausted | DialogueError):
        errors.print(f"[bold red]Stopped:[/] {escape(str(error))}")
        return 1
    if isinstance(error, Outage):
        errors.print(
            f"[bold red]Stopped:[/] {escape(str(error))}. What was finished is kept; once the "
            "model answers (check with: esc-skills doctor), the same command resumes."
        )
        return 3
    if isinstance(error, OSError):
        what, reason = error.filename or "the disk", error.strerror or str(error)
        told = escape(f"{what} must be usable, but: {reason}. What was finished is kept.")
        errors.print(f"[bold red]Error:[/] {told}")
        return 2
    raise error


def _quiet() -> None:
    """Keep libraries from talking over us; must run before they are imported."""
    warnings.filterwarnings("ignore")
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    if not any("hf:" in argument for argument in sys.argv):  # only a dataset of the Hub needs it
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


if __name__ == "__main__":
    main()
