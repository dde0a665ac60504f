"""Serves the exported supporter over HTTP, without the rest of ESC-Skills. See README.md.

The model is the one of `export.json`; ESC_SKILLS_MODEL and ESC_SKILLS_API_BASE override it, and
keys come from the provider's own variable, e.g. OPENAI_API_KEY.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "code"))

from esc_skills.experiments.errors import UserError  # noqa: E402
from esc_skills.experiments.serving.limits import Limits, read_limits  # noqa: E402
from esc_skills.experiments.serving.server import Serving, run_server  # noqa: E402
from esc_skills.programs.models.roles import ModelConfig  # noqa: E402
from esc_skills.programs.support.deployment import Deployment  # noqa: E402


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description="Serve the exported supporter over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--keys", type=Path, help="file of keys; needed beyond loopback")
    parser.add_argument("--audit", type=Path, help="file for the audit log")
    parser.add_argument("--audit-words", action="store_true", help="keep what was said in it")
    parser.add_argument("--drop-system-turns", action="store_true")
    parser.add_argument("--country", help="such as CA: whose lines of help are named")
    parser.add_argument("--limit", action="append", default=[], help=Limits.described())
    parser.add_argument(
        "--read-seeker", action="store_true", help="let the model read each message for danger"
    )
    options = vars(parser.parse_args())
    try:
        limits = read_limits(options.pop("limit"))
        deployment = _deployment(reads=options.pop("read_seeker"))
        run_server(deployment, Serving(limits=limits, **options))
    except UserError as error:
        sys.exit(f"Error: {error}")


def _deployment(*, reads: bool) -> Deployment:
    settings = json.loads((HERE / "export.json").read_text(encoding="utf-8"))
    chosen = {
        "model": os.environ.get("ESC_SKILLS_MODEL"),
        "api_base": os.environ.get("ESC_SKILLS_API_BASE"),
    }
    given = {name: value for name, value in chosen.items() if value}
    config = ModelConfig.model_validate(settings["model"] | given)
    engines: dict[str, object] = {}
    if config.model == "rehearsal":
        module = importlib.import_module("esc_skills.experiments.rehearsal.engine")
        engines = {"rehearsal": module.RehearsalEngine()}
    try:
        return Deployment.load(HERE / "program.json", config, engines, reads=reads)
    except ValueError as error:
        raise UserError(str(error)) from error


if __name__ == "__main__":
    main()
