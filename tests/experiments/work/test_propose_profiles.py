import json
from pathlib import Path

import pytest
from command_line import esc, refused
from fakes import CountingEngine, ScriptedEngine

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import read_profiles
from esc_skills.experiments.people.drafting import difficulty
from esc_skills.experiments.work.propose_profiles import (
    Proposals,
    propose_profiles,
)
from esc_skills.metrics.seekers.drafts import ALIKE, likeness
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent


class Contradicting(CountingEngine):
    """Plays like the rehearsal, but finds every statement about a seeker contradicted."""

    def complete(self, request):
        done = super().complete(request)
        if "[[ ## statements ## ]]" not in str(request.system):
            return done
        text = (done.message.text or "").replace('"entailed"', '"contradicted"')
        text = text.replace('"neutral"', '"contradicted"')
        return ScriptedEngine(lambda _: text).complete(request)


def propose(profiles, bank, engine=None, count: int = 2) -> Proposals:
    runner = Runner(Models(engines={"rehearsal": engine or CountingEngine()}), threads=2)
    return propose_profiles(runner, SupportAgent(bank), profiles, count=count, replicates=2)


@pytest.fixture(scope="module")
def proposed(profiles, bank) -> Proposals:
    return propose(profiles[:8], bank, count=5)


def test_new_seekers_are_neither_sure_failures_nor_sure_successes(proposed: Proposals):
    assert 0 < len(proposed.taken) <= 5
    for row in proposed.drafts:
        if not row.refused:
            assert difficulty(row.ends) == ""
    assert proposed.failing + proposed.succeeding + proposed.frontier == 8


def test_what_is_refused_is_listed_with_the_reason(proposed: Proposals):
    reasons = [row.refused for row in proposed.drafts if row.refused]
    assert reasons
    words = ("it is like", "all fail", "all succeed", "contradict")
    assert all(any(word in reason for word in words) for reason in reasons)


def test_new_seekers_are_like_nobody_and_keep_intention_and_group(proposed: Proposals, profiles):
    known = {profile.hidden_intention: profile.group for profile in profiles}
    for place, profile in enumerate(proposed.taken):
        others = [*profiles, *proposed.taken[:place]]
        assert max(likeness(profile, other) for other in others) < ALIKE
        assert known[profile.hidden_intention] == profile.group


def test_a_seeker_whose_dialogues_contradict_its_persona_is_refused(profiles, bank):
    found = propose(profiles[:8], bank, engine=Contradicting(), count=2)
    assert found.taken == ()
    assert any("contradict 100%" in row.refused for row in found.drafts)


def test_the_published_seekers_are_not_taken_for_copies(shared_data: Path):
    published = read_profiles([shared_data / "sage" / "profiles.jsonl.gz"])[:25]
    pairs = [(a, b) for place, a in enumerate(published) for b in published[:place]]
    assert max(likeness(a, b) for a, b in pairs) < ALIKE
    assert likeness(published[0], published[0]) == 1


def test_without_a_playable_dialogue_there_is_no_frontier(profiles, bank):
    with pytest.raises(UserError, match="esc-skills doctor"):
        propose(profiles[:2], bank, engine=ScriptedEngine(lambda _: "?"))


def test_the_command_writes_profiles_that_are_valid(tmp_path: Path):
    done = esc(
        "profiles", "propose", "--to", "new.jsonl", "--count", 1, "--replicates", 2, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    taken = [row for row in json.loads(done.stdout)["drafts"] if not row["refused"]]
    assert len(taken) == len(read_profiles([tmp_path / "new.jsonl"])) == 1
    refused(
        esc("profiles", "propose", "--to", "x", "--bank", "gone.json", cwd=tmp_path), "gone.json"
    )
