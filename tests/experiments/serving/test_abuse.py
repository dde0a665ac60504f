"""What no honest client sends gets the right answer, shows nothing of the server, and ends."""

import logging
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from serving_machine import saying, served

from esc_skills.experiments.bench.abuse import Abuse, abuses, keyed_abuses, send
from esc_skills.experiments.serving.keys import KeyRole, add_key
from esc_skills.experiments.serving.limits import Limits

ROLES: tuple[KeyRole, ...] = ("talk", "read", "publish")


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    with served(limits=Limits(upload=2)) as at:
        yield int(at.rpartition(":")[2])


def must_refuse(port: int, abuse: Abuse) -> None:
    answer = send(port, abuse.sent)
    assert answer.status == abuse.status, answer.body
    assert answer.message
    assert not answer.leaks, answer.body


@pytest.mark.parametrize("abuse", abuses(), ids=lambda abuse: abuse.name)
def test_abuse_is_refused(port: int, abuse: Abuse, caplog: pytest.LogCaptureFixture):
    must_refuse(port, abuse)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    answer = httpx.post(f"http://127.0.0.1:{port}/chat", json=saying("Hello."))
    assert answer.status_code == 200


def test_nobody_enters_without_the_right_key(tmp_path: Path):
    file = tmp_path / "keys.json"
    secrets = {role: add_key(file, role, role) for role in ROLES}
    with served(keys=file) as at:
        for abuse in keyed_abuses(lambda role: secrets[role]):
            must_refuse(int(at.rpartition(":")[2]), abuse)
