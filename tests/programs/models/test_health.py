import pytest
from dspy.utils.exceptions import (
    LMAuthError,
    LMInvalidRequestError,
    LMRateLimitError,
    LMServerError,
)
from fakes import Endpoint, at, serve

from esc_skills.programs.models.failures import DialogueError, Outage, boundary
from esc_skills.programs.models.health import FAILING, LONGEST_PAUSE, REFUSED, Health, Tries
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent


def answering(patience: float | None = 0.0) -> Health:
    """A server that has answered before."""
    health = Health("gpt at 127.0.0.1", patience)
    health.answered()
    return health


def fail(health: Health, error: Exception, calls: int) -> None:
    for _ in range(calls):
        with pytest.raises(type(error)):
            Tries(health, 0).pause_after(error)  # type: ignore[arg-type] - an LMError


@pytest.mark.parametrize("error", [LMServerError("overloaded"), LMAuthError("key has expired")])
def test_a_server_is_down_once_several_calls_in_a_row_have_failed(error):
    health = answering()
    fail(health, error, FAILING - 1)
    with pytest.raises(Outage, match=r"gpt at 127.0.0.1 has not answered since .* 5 requests in a"):
        Tries(health, 0).pause_after(error)
    with pytest.raises(Outage, match=str(error)):
        health.require_up()


def test_an_answer_in_between_makes_failures_lost_calls_and_no_outage():
    health = answering()
    for _ in range(10):
        fail(health, LMServerError("overloaded"), FAILING - 1)
        health.answered()
    health.require_up()


def test_a_short_failure_of_all_calls_is_waited_out_and_loses_none():
    health = answering(patience=60)
    tries = [Tries(health, retries=1) for _ in range(FAILING)]
    pauses = [call.pause_after(LMServerError("restarting")) for _ in range(4) for call in tries]
    assert pauses == [1.0] * FAILING + [2.0] * FAILING + [4.0] * FAILING + [8.0] * FAILING


def test_refused_requests_are_data_about_the_requests_until_nothing_else_comes():
    health = answering()
    fail(health, LMInvalidRequestError("filtered"), REFUSED - 1)
    health.require_any_answer()
    with pytest.raises(Outage, match="filtered"):
        Tries(health, 0).pause_after(LMInvalidRequestError("filtered"))


def test_work_that_was_never_answered_is_an_outage_however_little_it_was():
    health = Health("gpt", 60)
    health.require_any_answer()
    fail(health, LMServerError("down"), 1)
    with pytest.raises(Outage, match="1 request failed, the last with LMServerError: down"):
        health.require_any_answer()


def test_a_server_may_ask_for_a_pause_but_not_for_an_hour():
    tries = Tries(answering(patience=None), retries=2)
    assert tries.pause_after(LMRateLimitError("slow down", retry_after=3)) == 3
    assert tries.pause_after(LMRateLimitError("slow down", retry_after=3600)) == LONGEST_PAUSE


def test_every_request_counts_against_the_budget_also_after_a_restart():
    def flaky(number: int) -> tuple[int, str | None, float]:
        return (429, "slow down", 0) if number < 2 else (200, "ready", 0)

    journal, endpoint = Journal(), Endpoint(flaky)
    with serve(endpoint) as api_base:
        for retries in (0, 1, 1):  # lost; failed once more, then answered; remembered
            models = Models(at(api_base, retries=retries), ledger=Ledger(Budget(calls=3)))
            runner = Runner(models, journal=journal)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("esc_skills.programs.models.health.LONGEST_PAUSE", 0.01)
                ask = models.lms["analyst"]
                if retries:
                    with boundary("test"):
                        assert runner.consult(lambda ask=ask: ask("Are you ready?"), "t")
                    assert models.ledger.spend.calls == 3
                else:
                    with pytest.raises(DialogueError), boundary("test"):
                        runner.consult(lambda ask=ask: ask("Are you ready?"), "t")
    assert endpoint.served == 3


def test_a_dead_server_ends_the_playing_of_dialogues(profiles):
    dying = Endpoint(lambda number: (200, None, 0) if number < 30 else (503, "gone", 0))
    with serve(dying) as api_base:
        models = Models(at(api_base, retries=0, outage_after=0))
        with pytest.raises(Outage, match=r"LMServerError: .*gone"):
            Runner(models, threads=2).play(SupportAgent(), [(p, 0) for p in profiles])
    assert dying.served < 30 + 3 * FAILING
