"""The plug-ins of this package keep the contracts that it asks of others."""

import json
from pathlib import Path

import pytest

from esc_skills.baselines.none import NoSearch
from esc_skills.baselines.random_edits import RandomEdits
from esc_skills.experiments.bench.rehearsal_worlds import RehearsalWorld
from esc_skills.experiments.corpora.esconv import EsconvReader
from esc_skills.experiments.corpora.plain import PlainReader
from esc_skills.experiments.files.profiles import SAMPLE_CORPUS
from esc_skills.experiments.tracking.mlflow_tracker import MlflowTracker
from esc_skills.experiments.tracking.tracker import NullTracker
from esc_skills.metrics.judges.checklist import Checklist
from esc_skills.metrics.judges.empathy import Empathy
from esc_skills.metrics.judges.persona import Persona
from esc_skills.metrics.judges.preference import Prefer
from esc_skills.metrics.judges.relationship import Relationship
from esc_skills.metrics.judges.support import Support
from esc_skills.optimizers.search import Search
from esc_skills.testing import (
    JudgeContract,
    ReaderContract,
    StrategyContract,
    TrackerContract,
    WorldContract,
)

PLAIN = {
    "outcome": "success",
    "turns": [
        {"speaker": "seeker", "text": "I lost my job."},
        {"speaker": "supporter", "text": "That sounds painful. What happened?"},
    ],
}


class TestRelationship(JudgeContract):
    plugin = Relationship


class TestEmpathy(JudgeContract):
    plugin = Empathy


class TestSupport(JudgeContract):
    plugin = Support


class TestChecklist(JudgeContract):
    plugin = Checklist


class TestPreference(JudgeContract):
    plugin = Prefer


class TestPersona(JudgeContract):
    plugin = Persona


class TestEsconv(ReaderContract):
    plugin = EsconvReader
    sample = SAMPLE_CORPUS


class TestPlain(ReaderContract):
    plugin = PlainReader

    @pytest.fixture(autouse=True)
    def written(self, tmp_path: Path) -> None:
        self.sample = tmp_path / "corpus.jsonl"
        self.sample.write_text(json.dumps(PLAIN) + "\n" + json.dumps(PLAIN) + "\n")


class TestNoSearch(StrategyContract):
    plugin = NoSearch


class TestRandomEdits(StrategyContract):
    plugin = RandomEdits


@pytest.mark.slow
class TestSearch(StrategyContract):
    plugin = Search


class TestMlflow(TrackerContract):
    plugin = MlflowTracker


class TestNoTracker(TrackerContract):
    plugin = NullTracker


class TestRehearsal(WorldContract):
    plugin = RehearsalWorld
