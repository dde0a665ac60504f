"""What a driver and its workers tell each other about a piece of work."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from esc_skills.programs.models.journal import Line
from esc_skills.programs.models.ledger import Budget
from esc_skills.programs.models.model_config import Role
from esc_skills.programs.models.notices import Notice
from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.pieces import Task
from esc_skills.signatures.rollouts import Spend


class ModelWork(NamedTuple):
    """A task that asks models; sent once for all its pieces."""

    task: Task[Any, Any]
    share: Budget


class Known(NamedTuple):
    """What the run knows of the calls of a piece."""

    lines: Mapping[str, bytes]
    """Lines of its journal by key."""
    charged: Sequence[str]
    """Keys of those that the run was charged for."""


class Called(NamedTuple):
    """Calls of a piece that have ended."""

    piece: int
    spend: Spend
    """What they have cost."""
    lines: Mapping[str, Line]
    """For the run's journal, by key."""
    charged: Sequence[str]
    notices: Sequence[Notice]
    """What the worker has found out about servers since it told of any."""


class Done(NamedTuple):
    """A piece that has ended."""

    piece: int
    succeeded: bool
    outcome: bytes
    """Its result or its exception, pickled."""
    spend: Spend
    """What it has cost besides what was told before."""
    charged: Sequence[str]
    notices: Sequence[Notice]
    readings: Sequence[StageReadings]
    prompts: Mapping[Role, tuple[int, int, int, list[bytes]]]


Event = Called | Done
