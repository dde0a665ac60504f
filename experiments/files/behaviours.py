"""How simulated seekers talk, from a file of `esc-skills seekers calibrate`."""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from esc_skills.signatures.behaviour import SeekerBehaviour

from ..errors import UserError, first_problem


class _Calibrated(BaseModel):
    """The part of the file that decides how seekers talk; the rest says how it was found."""

    behaviour: SeekerBehaviour


def read_behaviour(path: Path) -> SeekerBehaviour:
    """The habits of speech in a file of `seekers calibrate`.

    Raises:
        UserError: The file is missing, or is not one.
    """
    try:
        return _Calibrated.model_validate_json(path.read_text(encoding="utf-8")).behaviour
    except OSError as error:
        raise UserError(f"the calibration {path} must be readable: {error.strerror}.") from error
    except (ValidationError, UnicodeDecodeError) as error:
        reason = first_problem(error) if isinstance(error, ValidationError) else "it is not UTF-8"
        raise UserError(
            f"{path} must be what `esc-skills seekers calibrate` wrote, but: {reason}."
        ) from error
