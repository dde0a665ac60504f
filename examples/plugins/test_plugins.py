"""The contract suites on these plug-ins: `pytest test_plugins.py`."""

from pathlib import Path

from own_judge import Warmth
from own_optimizer import OneSkill
from own_reader import CsvReader
from own_tracker import JsonLines
from own_work import Batches
from own_world import Stubborn

from esc_skills.testing import (
    JudgeContract,
    ReaderContract,
    StrategyContract,
    TrackerContract,
    WorkContract,
    WorldContract,
)


class TestJudge(JudgeContract):
    plugin = Warmth


class TestOptimizer(StrategyContract):
    plugin = OneSkill


class TestReader(ReaderContract):
    plugin = CsvReader
    sample = Path(__file__).with_name("talks.csv")


class TestWorld(WorldContract):
    plugin = Stubborn


class TestTracker(TrackerContract):
    plugin = JsonLines


class TestWork(WorkContract):
    plugin = Batches
