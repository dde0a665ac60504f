"""Failures at the boundary to a model, and conditions that end a run.

A failed model call is data about the infrastructure, never about a bank; but a supporter that
answers without a readable reply has failed itself.
"""

from collections.abc import Generator
from contextlib import contextmanager

from dspy.utils.exceptions import (
    AdapterParseError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMError,
    LMUnsupportedModelError,
)


class DialogueError(Exception):
    """A model could not be reached or its reply could not be used, after all retries."""


class NoReply(DialogueError):
    """The supporter's model was reached and gave no reply that can be read, after all retries."""


class Outage(Exception):
    """A model server is down: it fails every call. A run ends here instead of reporting a result.

    What was finished is kept, so the same run can resume when the server is back.
    """


class Filtered(DialogueError):
    """A provider's filter kept a prompt or an answer back; asking again would not help."""


class Refused(DialogueError):
    """A model refused to answer."""


class CutOff(DialogueError):
    """An answer reached the limit of tokens before its end.

    Args:
        message: What happened, and what to do.
        text: What there is of the answer.
        tokens: How many tokens that is.
    """

    def __init__(self, message: str, text: str = "", tokens: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.tokens = tokens


class TooLong(DialogueError):
    """A prompt is longer than what its model can read."""


class BudgetExhausted(Exception):
    """The next model call would exceed the budget."""


class Interrupted(Exception):
    """The user asked to stop; finished work is kept."""


def is_shut_out(error: LMError) -> bool:
    """Whether a server takes no request at all: it refuses the key or does not have the model."""
    refusals = (LMAuthError, LMBillingError, LMConfigurationError, LMUnsupportedModelError)
    return isinstance(error, refusals)


@contextmanager
def boundary(stage: str, unreadable: type[DialogueError] = DialogueError) -> Generator[None]:
    """Turn what a model call may raise into one `DialogueError` that names the stage.

    Args:
        stage: Its name.
        unreadable: What an answer that cannot be read is.
    """
    try:
        yield
    except AdapterParseError as error:
        shown = " ".join(str(error.lm_response).split())[:120]
        fault = getattr(error, "fault", "it is not in the form that was asked for")
        raise unreadable(f"{stage}: the reply could not be read ({fault}): {shown!r}") from error
    except LMError as error:
        reason = " ".join(str(error).split())[:300]
        raise DialogueError(f"{stage}: {type(error).__name__}: {reason}") from error
