"""Compiled programs from files."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from esc_skills.programs.support.deployment import PROGRAM_FILE
from esc_skills.programs.support.support_agent import SupportAgent

from ..errors import UserError, first_problem
from .small_files import read_small


class _Signature(BaseModel):
    model_config = ConfigDict(strict=True)
    instructions: str
    fields: list[dict[str, str]]


class _Predictor(BaseModel):
    model_config = ConfigDict(strict=True)
    signature: _Signature
    demos: list[dict[str, Any]]


class _Program(BaseModel):
    """The form of a program's state, which DSPy takes as it finds it."""

    bank: dict[str, Any]
    select: _Predictor
    respond: _Predictor


def read_program(folder: Path) -> SupportAgent:
    """The supporter of a run directory or an export; nothing is unpickled or evaluated.

    Raises:
        UserError: The program file is missing or is no program.
    """
    agent, file = SupportAgent(), folder / PROGRAM_FILE
    try:
        _Program.model_validate_json(read_small(file))
        agent.load(str(file))
    except ValidationError as error:
        raise UserError(f"{file} must be a program, but: {first_problem(error)}.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{file} must be a program, but: {reason}.") from error
    return agent
