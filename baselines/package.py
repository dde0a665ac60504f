"""The border between our code and a package that drives a search by calling us back.

Packages catch exceptions and score them 0, print, log and warn. Around the call of a package stands
`package_call`; around everything of ours that it calls stands `called_back`.
"""

from collections.abc import Generator
from contextlib import contextmanager

import dspy

from esc_skills.programs.models.failures import boundary
from esc_skills.programs.runner import Runner

from .quiet import aloud, quiet

_READER = dspy.ChatAdapter(use_json_adapter_fallback=False)
"""Packages ask in the form that their own prompts were written for."""


class _Through(BaseException):
    """Carries an exception of ours through a package; no `Exception`, which it would catch."""

    def __init__(self, failure: Exception) -> None:
        super().__init__(str(failure))
        self.failure = failure


@contextmanager
def package_call(runner: Runner) -> Generator[None]:
    """Within the block, a package is silent, and our exceptions come out as they were raised.

    Raises:
        DialogueError: The package asked a model directly, and that failed.
    """
    try:
        with runner.models.active(), dspy.context(adapter=_READER), boundary("editor"), quiet():
            yield
    except _Through as carrier:
        raise carrier.failure from None


@contextmanager
def called_back() -> Generator[None]:
    """Within the block, code of ours that a package calls is heard, and fails past the package."""
    with aloud():
        try:
            yield
        except Exception as failure:
            raise _Through(failure) from failure
