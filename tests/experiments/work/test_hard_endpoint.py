"""One search over an endpoint that fails and answers as real ones do; prints its figures.

Run `pytest -m slow -s tests/experiments/work/test_hard_endpoint.py` to see them.
"""

import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

import pytest
from fakes import at

from esc_skills.experiments.bench.endpoint import completion, listening, rehearsed
from esc_skills.experiments.files.banks import read_bank
from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS, split_profiles
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

FAULTS = 0.1
ODD_FORMS = WorldParameters(realism=0.5)
"""30% of the answers stand in an odd form."""
CALLS = 7_000
"""Enough for a gain; with 11,000, in twice the time, its interval lies above 0."""
ENGINE = RehearsalEngine(ODD_FORMS)
PAGE = b"<html><body>Bad gateway</body></html>"


class Hard(BaseHTTPRequestHandler):
    """Every tenth answer is one of eight faults, drawn from what is asked and how often it was.

    So the faults are the same in whatever order the threads ask.
    """

    served = 0
    asked: ClassVar[Counter[bytes]] = Counter()
    lock = threading.Lock()

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(sent)
        with Hard.lock:
            Hard.served += 1
            Hard.asked[sent] += 1
            rng = random.Random(sent + str(Hard.asked[sent]).encode())
        faults = (self._limited, self._broken, self._reset, self._dripped, self._page,
                  self._error_within, self._truncated, self._empty)  # fmt: skip
        try:
            if rng.random() < FAULTS:
                rng.choice(faults)(body)
            else:
                self._send(200, _whole(body))
        except OSError:
            pass  # the client has given up waiting

    def _limited(self, _: Any) -> None:
        self._send(429, b'{"error": {"message": "slow down"}}', retry_after="1")

    def _broken(self, _: Any) -> None:
        self._send(503, b'{"error": {"message": "overloaded"}}')

    def _reset(self, _: Any) -> None:
        self.connection.close()

    def _dripped(self, body: Any) -> None:
        data = _whole(body)
        self._head(200, len(data))
        for start in range(0, len(data), 50):
            self.wfile.write(data[start : start + 50])
            self.wfile.flush()
            time.sleep(0.02)

    def _page(self, _: Any) -> None:
        self._send(200, PAGE, kind="text/html")

    def _error_within(self, _: Any) -> None:
        self._send(200, b'{"error": {"message": "internal", "code": 500}}')

    def _truncated(self, body: Any) -> None:
        data = _whole(body)
        self._head(200, len(data))
        self.wfile.write(data[: len(data) // 2])

    def _empty(self, _: Any) -> None:
        self._send(200, _answer({"model": "x"}, ""))

    def _send(self, status: int, data: bytes, **head: str) -> None:
        self._head(status, len(data), **head)
        self.wfile.write(data)

    def _head(
        self, status: int, length: int, kind: str = "application/json", retry_after: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


def _whole(body: dict[str, Any]) -> bytes:
    return _answer(body, rehearsed(ENGINE, body))


def _answer(body: dict[str, Any], text: str) -> bytes:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return json.dumps(completion(body["model"], text, usage)).encode()


@pytest.mark.slow
def test_a_search_over_a_failing_endpoint_loses_little_and_gains(profiles: list[Profile]):
    # an interval over eight seekers is too wide for any gain
    split = split_profiles(profiles, train=1 / 4, validation=1 / 4, test=1 / 2, seed=0)
    settings = EvolutionSettings(
        patience=100, generations=100, policy_trials=0, watch=None, test_no_bank=False
    )
    played: list[Rollout] = []
    Hard.served = 0
    Hard.asked.clear()
    with listening(Hard) as address:
        models = Models(
            at(f"{address}/v1", price_in=0, price_out=0), ledger=Ledger(Budget(calls=CALLS))
        )
        runner = Runner(models, seed=1, threads=8, on_rollout=played.append)
        search = SkillEvolution(runner, settings)
        search.compile(
            SupportAgent(read_bank(SAMPLE_DRAFTS)),
            trainset=split.train, valset=split.validation, testset=split.test,
        )  # fmt: skip
        runner.close()
    assert search.result is not None
    assert search.result.test is not None
    gain, calls = search.result.test.gain, search.result.spend.calls
    missing = sum(not rollout.valid for rollout in played) / len(played)
    print(  # noqa: T201 - the figures that this file is for
        f"\n{len(played)} rollouts, {missing:.1%} missing; test pairs missing "
        f"{search.result.test.missing}; gain {gain.mean:+.1f} [{gain.low:+.1f}, {gain.high:+.1f}]; "
        f"{Hard.served} requests served, {calls} calls counted of {CALLS}"
    )
    assert missing < 0.02
    assert gain.mean > 0
    assert Hard.served == calls <= CALLS
