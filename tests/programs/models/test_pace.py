"""A provider's limits a minute are kept by all roles of a server together."""

import pytest

from esc_skills.programs.models.model_config import ModelConfig
from esc_skills.programs.models.pace import Pace
from esc_skills.programs.models.roles import ROLES, Models, Role


def test_no_more_requests_start_than_a_minute_has():
    pace = Pace(requests=3)
    assert [pace.pause(1_000_000) for _ in range(3)] == [0, 0, 0]
    assert 0 < pace.pause(1) <= 1


def test_what_was_written_counts_with_the_next_request():
    pace = Pace(tokens=1000)
    assert pace.pause(600) == 0
    pace.wrote(300)
    assert pace.pause(200) > 0
    assert pace.pause(50) == 0
    assert pace.pause(100) > 0


def test_a_request_beyond_a_minutes_tokens_is_sent_all_the_same():
    pace = Pace(tokens=1000)
    assert pace.pause(5000) == 0
    assert pace.pause(1) > 0


def test_without_limits_nothing_waits():
    assert not any(Pace().pause(10**9) for _ in range(100))


def test_the_roles_of_one_server_share_its_limits():
    models = Models(ModelConfig(model="openai/any", requests_per_minute=3))
    assert len({id(models.lms[role].health.endpoints) for role in ROLES}) == 1


def test_two_limits_of_one_server_are_refused():
    slow, slower = (ModelConfig(model="openai/any", requests_per_minute=n) for n in (4, 3))
    configs: dict[Role, ModelConfig] = dict.fromkeys(ROLES, slow)
    configs["judge"] = slower
    with pytest.raises(ValueError, match="openai/any plays several roles, so requests_per_minute"):
        Models(configs)
