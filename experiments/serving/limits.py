"""What a server takes at most, and what a client is told that asks for more."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field, ValidationError

from esc_skills.programs.suggestions import did_you_mean
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem


class Limits(Frozen):
    """What a server takes at most."""

    body: int = Field(default=262_144, ge=1)
    """Bytes of a request."""
    messages: int = Field(default=200, ge=1)
    """Messages of a conversation."""
    characters: int = Field(default=100_000, ge=1)
    """Characters of a conversation."""
    rate: int = Field(default=120, ge=1)
    """Requests a minute of one key. Without keys nobody is limited unless a rate is given."""
    upload: float = Field(default=10, gt=0)
    """Seconds in which a request must have arrived."""
    reply: float = Field(default=120, gt=0)
    """Seconds in which a request must have been answered."""
    sessions: int = Field(default=1_000, ge=1)
    """Sessions that are kept; the one that was used longest ago goes first."""
    idle: float = Field(default=1_800, gt=0)
    """Seconds after which an unused session is forgotten."""
    connections: int = Field(default=1_000, ge=1)
    """Connections that are open at once."""
    grace: int = Field(default=30, ge=1)
    """Seconds that replies under way have to end when the server is told to stop."""

    @classmethod
    def described(cls) -> str:
        """All names with their defaults."""
        return ", ".join(f"{name}={field.default}" for name, field in cls.model_fields.items())


def read_limits(given: Sequence[str]) -> Limits:
    """Limits from texts `NAME=VALUE`; what is not named is as by default.

    Raises:
        UserError: A name is unknown, or a value is not valid.
    """
    values: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in Limits.model_fields:
            hint = did_you_mean(name, Limits.model_fields, f"Limits: {Limits.described()}.")
            raise UserError(f"--limit must be NAME=VALUE, but is {text!r}. {hint}")
        values[name] = value
    try:
        return Limits.model_validate(values)
    except ValidationError as error:
        raise UserError(f"--limit {first_problem(error)}.") from error


class Refusal(Exception):
    """An answer other than 200, in the shape of OpenAI's errors.

    Args:
        status: Of HTTP.
        code: For programs.
        message: For people; holds nothing that a client has sent.
        param: The field that is wrong, if it is one.
    """

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param

    @property
    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        kind = "server_error" if self.status >= 500 else _KINDS.get(self.status, "invalid_request")
        error = {"message": self.message, "type": f"{kind.removesuffix('_error')}_error"}
        return {"error": {**error, "param": self.param, "code": self.code}}


_KINDS = {401: "authentication", 403: "permission", 429: "rate_limit"}
