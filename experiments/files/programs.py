"""Compiled programs from files."""

from pathlib import Path

from pydantic import ValidationError

from esc_skills.programs.support.deployment import PROGRAM_FILE
from esc_skills.programs.support.support_agent import SupportAgent

from ..errors import UserError


def read_program(folder: Path) -> SupportAgent:
    """The supporter of a run directory or an export; nothing is unpickled or evaluated.

    Raises:
        UserError: The program file is missing or is no program.
    """
    agent = SupportAgent()
    try:
        agent.load(str(folder / PROGRAM_FILE))
    except (OSError, ValueError, KeyError, ValidationError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{folder / PROGRAM_FILE} must be a program, but: {reason}.") from error
    return agent
