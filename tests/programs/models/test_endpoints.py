"""Several servers behind one role: shares by weight, a circuit for each, and nothing lost."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from dspy.utils.exceptions import LMAuthError, LMError, LMRateLimitError, LMServerError
from fakes import Endpoint, serve
from pydantic import SecretStr, ValidationError

from esc_skills.experiments.setup.models import check_endpoints
from esc_skills.programs.models import endpoints
from esc_skills.programs.models.endpoints import DOWN_AFTER, REST, Endpoints
from esc_skills.programs.models.failures import Outage
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.model_config import ModelConfig, Server
from esc_skills.programs.models.notices import Notice, Notices
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Exchange

Behaviour = Callable[[int], tuple[int, str | None, float]]
NOWHERE = "http://127.0.0.1:9/v1"
"""An address at which nobody listens."""


def well(number: int) -> tuple[int, str | None, float]:
    return 200, None, 0


def dying(after: int) -> Behaviour:
    return lambda number: (200, None, 0) if number < after else (503, "gone", 0)


def model(*urls: str, weights: Sequence[float] = (), **settings: object) -> ModelConfig:
    shares = weights or [1.0] * len(urls)
    named = [{"url": u, "weight": w} for u, w in zip(urls, shares, strict=True)]
    return ModelConfig.model_validate(
        {"model": "openai/fake", "endpoints": named, "timeout": 5, **settings}
    )


def exchanges(models: Models, profiles: Sequence[Profile], journal: Journal | None = None):
    runner = Runner(models, threads=4, journal=journal)
    rollouts = runner.play(SupportAgent(), [(profile, 0) for profile in profiles], turns=4)
    assert all(rollout.valid for rollout in rollouts)
    return [rollout.exchanges for rollout in rollouts]


@pytest.fixture
def expected(models: Models, profiles: list[Profile]) -> list[tuple[Exchange, ...]]:
    """The dialogues, as one server alone answers them."""
    with serve(Endpoint(well)) as address:
        return exchanges(Models(model(address)), profiles[:6])


class Clock:
    """The time, as the endpoints see it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        patch.setattr(endpoints, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def next_of(servers: Endpoints) -> endpoints.Endpoint:
    taken = servers.take(1)
    assert isinstance(taken, endpoints.Endpoint)
    return taken


def asked(servers: Endpoints, requests: int) -> list[str]:
    """Whom so many requests ask; all are answered."""
    hosts: list[str] = []
    for _ in range(requests):
        taken = next_of(servers)
        servers.answered(taken)
        hosts.append(taken.address or "")
    return hosts


def fail(servers: Endpoints, address: str, error: LMError, times: int = DOWN_AFTER) -> None:
    """Let requests at one endpoint fail, whenever it is asked."""
    while times:
        taken = next_of(servers)
        if taken.address == address:
            servers.failed(taken, error)
            times -= 1


A, B, C = "http://a/v1", "http://b/v1", "http://c/v1"
GONE = LMServerError("gone")


def test_each_endpoint_gets_its_share_of_the_requests(profiles: list[Profile]):
    large, small = Endpoint(well), Endpoint(well)
    with serve(large) as one, serve(small) as other:
        exchanges(Models(model(one, other, weights=(3, 1))), profiles[:6])
    assert abs(large.served - 3 * small.served) <= 3


def test_an_endpoint_that_dies_in_mid_play_loses_nothing_and_is_told_of_once(
    profiles: list[Profile], expected: list[object], caplog: pytest.LogCaptureFixture
):
    alive, dead = Endpoint(well), Endpoint(dying(after=10))
    with serve(alive) as one, serve(dead) as other:
        models = Models(model(one, other, retries=0))
        assert exchanges(models, profiles[:6]) == expected
        host = other.split("/")[2]
    (sentence,) = models.notices.sentences
    assert sentence == (
        f"the endpoint {host} of openai/fake is down (LMServerError: gone (503)); the other one "
        "takes over, and it is tried again every 30 seconds"
    )
    assert [record.message.lower() for record in caplog.records] == [f"{sentence}.".lower()]
    assert dead.served < 10 + DOWN_AFTER + 4  # so many were under way
    assert models.ledger.spend.calls == alive.served + dead.served


def test_an_endpoint_that_nobody_listens_at_is_passed_over_from_the_first_call_on(
    profiles: list[Profile], expected: list[object]
):
    with serve(Endpoint(well)) as address:
        models = Models(model(NOWHERE, address, retries=0))
        assert exchanges(models, profiles[:6]) == expected
    assert "127.0.0.1:9 of openai/fake is down (LMTransportError" in models.notices.sentences[0]


def test_where_all_are_down_the_run_ends_as_an_outage_and_resumes_without_paying_twice(
    profiles: list[Profile],
):
    journal, first, second = Journal(), Endpoint(dying(after=12)), Endpoint(dying(after=12))
    with ExitStack() as stack:
        urls = [stack.enter_context(serve(endpoint)) for endpoint in (first, second)]
        with pytest.raises(Outage, match=r"openai/fake at 127.0.0.1:\d+, 127.0.0.1:\d+ has not"):
            exchanges(Models(model(*urls, retries=0, outage_after=0)), profiles, journal)
    fresh, alone = Endpoint(well), Endpoint(well)
    with serve(fresh) as address:  # another server altogether, and yet the same calls
        resumed = exchanges(Models(model(address)), profiles, journal)
    with serve(alone) as address:
        assert exchanges(Models(model(address)), profiles) == resumed
    assert fresh.served <= alone.served - 12


def test_who_answers_is_no_part_of_a_call(profiles: list[Profile]):
    journal, later = Journal(), Endpoint(well)
    with serve(Endpoint(well)) as one, serve(Endpoint(well)) as other, serve(later) as third:
        first = exchanges(Models(model(one, other)), profiles[:2], journal)
        assert exchanges(Models(model(third, one)), profiles[:2], journal) == first
        assert model(one, other).identity == model(third).identity
    assert later.served == 0


def test_the_circuit_opens_after_some_failures_in_a_row_and_no_sooner(clock: Clock):
    servers, notices = Endpoints(model(A, B), known := Notices()), known
    for _ in range(5):
        fail(servers, A, GONE, DOWN_AFTER - 1)
        assert A in asked(servers, 2)  # an answer in between
    assert not notices.sentences
    fail(servers, A, GONE)
    assert asked(servers, 4) == [B] * 4


@pytest.mark.parametrize("error", [LMAuthError("wrong key")])
def test_an_endpoint_that_refuses_the_key_is_down_at_once(clock: Clock, error: LMError):
    servers = Endpoints(model(A, B))
    fail(servers, A, error, times=1)
    assert asked(servers, 3) == [B] * 3


def test_after_a_rest_one_request_tries_the_endpoint_and_the_others_wait_for_what_it_finds(
    clock: Clock,
):
    servers, notices = Endpoints(model(A, B), known := Notices()), known
    fail(servers, A, GONE)
    clock.now = REST
    trial = next_of(servers)
    assert trial.address == A
    assert asked(servers, 3) == [B] * 3
    servers.failed(trial, GONE)
    clock.now = 1.5 * REST
    assert asked(servers, 3) == [B] * 3
    clock.now = 2 * REST
    first, *later = asked(servers, 9)
    assert first == A
    assert abs(later.count(A) - later.count(B)) <= 2
    assert len(notices.sentences) == 2
    assert notices.sentences[1] == "the endpoint a of openai/fake answers again and gets its share"


def test_an_endpoint_with_too_much_to_do_is_left_alone_as_long_as_it_asks_and_is_not_down(
    clock: Clock,
):
    servers, notices = Endpoints(model(A, B), known := Notices()), known
    fail(servers, A, LMRateLimitError("slow down", retry_after=7), times=1)
    clock.now = 6.9
    assert asked(servers, 3) == [B] * 3
    clock.now = 7
    assert A in asked(servers, 2)
    assert not notices.sentences


def test_where_all_have_too_much_to_do_requests_wait(clock: Clock):
    servers = Endpoints(model(A, B))
    for address in (A, B):
        fail(servers, address, LMRateLimitError("slow down", retry_after=7), times=1)
    assert isinstance(servers.take(1), float)
    clock.now = 7
    assert sorted(asked(servers, 2)) == [A, B]


def test_each_endpoint_keeps_to_the_limits_a_minute():
    servers = Endpoints(model(A, B, requests_per_minute=2))
    assert sorted(asked(servers, 4)) == [A, A, B, B]
    assert isinstance(servers.take(1), float)


def test_a_share_is_kept_among_those_that_are_left(clock: Clock):
    servers = Endpoints(model(A, B, C, weights=(2, 1, 1)))
    fail(servers, C, GONE)
    hosts = asked(servers, 30)
    assert C not in hosts
    assert abs(hosts.count(A) - 20) <= 1


def test_a_notice_that_several_processes_bring_is_said_once():
    notices = Notices()
    for down in (True, True, False, False, True):
        notices.add(Notice("a", down, "down" if down else "up"))
    assert notices.sentences == ("down", "up", "down")
    assert [notice.sentence for notice in notices.taken()] == ["down", "up", "down"]
    assert notices.taken() == []


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"api_base": A}, "api_base and endpoints must not both be given"),
        ({"endpoints": [{"url": A}, {"url": A}]}, "must be given once"),
        ({"endpoints": [{"url": "a:8000"}]}, "url"),
        ({"endpoints": [{"url": A, "weight": 0}]}, "weight"),
    ],
)
def test_a_configuration_that_names_servers_badly_is_refused(entries: dict[str, Any], words: str):
    with pytest.raises(ValidationError, match=words):
        model(A, B, **entries)


def test_roles_of_the_same_servers_share_what_is_known_of_them():
    models = Models(model(A, B))
    assert len({id(lm.health) for lm in models.lms.values()}) == 1
    with pytest.raises(ValueError, match="weights must be the same"):
        Models({"supporter": model(A, B), "seeker": model(A, B, weights=(2, 1)),
                "analyst": model(A), "judge": model(B)})  # fmt: skip


def test_each_endpoint_is_sent_its_own_key(
    profiles: list[Profile], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OTHER_KEY", "other-key")
    first, second = Endpoint(well), Endpoint(well)
    with serve(first) as one, serve(second) as other:
        named = [{"url": one}, {"url": other, "key_variable": "OTHER_KEY"}]
        config = model(one).model_copy(
            update={"endpoints": tuple(Server.model_validate(entry) for entry in named)}
        )
        own = config.model_copy(update={"api_key": SecretStr("own-key")})
        exchanges(Models(own), profiles[:4])
    assert (first.keys, second.keys) == ({"own-key"}, {"other-key"})


def test_a_key_that_the_environment_lacks_is_named():
    config = ModelConfig.model_validate(
        {"model": "openai/fake", "endpoints": [{"url": NOWHERE, "key_variable": "NO_SUCH_KEY"}]}
    )
    with pytest.raises(ValueError, match="must be in the environment as NO_SUCH_KEY"):
        Models(config)


def test_doctor_asks_each_endpoint_and_a_run_is_content_with_one():
    with serve(Endpoint(well)) as address:
        models = Models(model(address, NOWHERE, retries=0))
        assert [check.ok for check in check_endpoints(models, each=True)] == [True, False]
        [check] = check_endpoints(models)
    assert check.ok
