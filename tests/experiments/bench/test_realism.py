import json
from pathlib import Path

import numpy as np
import pytest
from command_line import esc, refused

from esc_skills.experiments.bench.realism import (
    PUBLISHED,
    dialogues,
    likeness,
    published_dynamics,
    supporters,
)
from esc_skills.experiments.bench.rehearsal_worlds import RehearsalWorld
from esc_skills.experiments.bench.worlds import WORLDS
from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent


def test_the_kept_figures_are_those_of_the_published_files(shared_data: Path):
    transcripts = list(read_transcripts([shared_data / "sage" / "transcripts"]))
    found = published_dynamics(transcripts)
    for name, (value, tolerance) in PUBLISHED.items():
        assert found[name] == pytest.approx(value, abs=0.1 if tolerance > 1 else 0.05), name


@pytest.mark.slow
def test_the_default_world_moves_as_published_dialogues_do():
    rows = likeness(dialogues(WORLDS["default"](), replicates=1))
    # one dialogue a cell: sampling error takes up the tolerance of some (five a cell: 1 outside)
    assert sum(row.ok for row in rows) >= len(rows) - 4
    spread = next(row for row in rows if row.statistic == "sd of a paired difference")
    assert spread.ok


def apart(common: bool) -> float:
    """Spread of the difference of two banks' finals on equal seeds, 1 if nothing were shared."""
    world = RehearsalWorld(WorldParameters(couples_prompts=common))
    runner = Runner(Models(engines={"rehearsal": world.engine()}), threads=2)
    pairs = [(profile, k) for profile in world.profiles()[::2] for k in range(2)]
    finals = np.array(
        [
            [rollout.emotions[-1] for rollout in runner.play(SupportAgent(bank), pairs)]
            for bank in (supporters(world)[2], supporters(world)[4])
        ]
    )
    return float((finals[0] - finals[1]).std() / np.sqrt(finals.var(axis=1).sum()))


def test_equal_seeds_save_less_where_chance_depends_on_the_words():
    assert apart(common=True) < apart(common=False) - 0.1


@pytest.mark.slow
def test_the_command_lists_worlds_and_checks_one(tmp_path: Path):
    assert "coupled" in esc("bench", "worlds", cwd=tmp_path).stdout
    done = esc("bench", "worlds", "few-needs", "--replicates", 1, "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)["few-needs"]
    assert {row["statistic"] for row in rows} == set(PUBLISHED)
    refused(esc("bench", "worlds", "atlantis", cwd=tmp_path), "no world 'atlantis'")
