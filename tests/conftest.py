import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

from pathlib import Path

import pytest

from esc_skills.experiments.files.profiles import SAMPLE_PROFILES, read_profiles
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.programs.models.roles import Models
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.exists():
        pytest.skip(f"the research data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def profiles() -> list[Profile]:
    return read_profiles([SAMPLE_PROFILES])


@pytest.fixture
def models() -> Models:
    return Models(engines={"rehearsal": RehearsalEngine()})


@pytest.fixture(scope="session")
def bank() -> Bank:
    explore = Skill(
        name="make-room",
        when_to_use="At the start, while the story unfolds.",
        guidance="Listen and let them talk; reflect back the feeling.",
    )
    praise = Skill(
        name="see-the-effort",
        when_to_use="Once they feel heard: they tell of an effort that nobody noticed.",
        guidance="Name the concrete thing they did and praise it.",
    )
    return Bank(skills=(explore, praise))
