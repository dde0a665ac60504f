from pathlib import Path

import optuna
import pytest
from fakes import CountingEngine

from esc_skills.optimizers.policy_tuning import STORAGE, best_policy
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import SetPolicy
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

TRIALS = 3


def tuned(profiles: list[Profile], bank: Bank) -> SetPolicy | None:
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}), threads=1)
    return best_policy(runner, SupportAgent(bank), [(profiles[0], 0), (profiles[1], 0)], TRIALS)


def test_each_start_keeps_its_trials_in_the_named_database(
    profiles: list[Profile], bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    storage = f"sqlite:///{tmp_path}/trials.db"
    without = tuned(profiles, bank)
    monkeypatch.setenv(STORAGE, storage)
    assert [tuned(profiles, bank) for _ in range(2)] == [without, without]
    studies = optuna.get_all_study_summaries(storage)
    assert [study.n_trials for study in studies] == [TRIALS, TRIALS]


def test_a_database_that_is_not_there_is_told_of_without_its_address(
    profiles: list[Profile], bank: Bank, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    without = tuned(profiles, bank)
    monkeypatch.setenv(STORAGE, "sqlite:////not/there/hunter2.db")
    assert tuned(profiles, bank) == without
    assert f"were not kept in {STORAGE}" in caplog.text
    assert "hunter2" not in caplog.text
