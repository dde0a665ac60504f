"""Sessions of real models over HTTP: recorded once, replayed by tests.

A replay knows an answer by its stage and its place among the answers of that stage, not by the
words of the prompt, so that a prompt may be improved without a new recording. To record, let a
command talk to

    python tests/recorded.py PORT FILE http://127.0.0.1:8080/v1

in place of the server behind it.
"""

import json
import sys
import threading
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fakes import listening

from esc_skills.programs.models.prompts import stages

RECORDED = Path(__file__).with_name("recorded")
GREETING = "doctor"
"""The stage of a request that belongs to none: a first call that makes sure of an answer."""


def stage_of(request: dict[str, Any]) -> str:
    """The stage whose task begins a request's system message; the longest where one goes on."""
    system = next((m["content"] for m in request["messages"] if m["role"] == "system"), "")
    found = [stage for stage in stages() if system.startswith(stage.instructions.strip())]
    return max(found, key=lambda stage: len(stage.instructions)).__name__ if found else GREETING


@contextmanager
def replayed(file: Path) -> Generator[tuple[str, list[str]]]:
    """A server that gives the recorded answers, stage by stage, and begins again at the end.

    Yields:
        Its address, and the stages that it was asked, in order.
    """
    answers: dict[str, list[Any]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        answers[entry["stage"]].append(entry["answer"])
    asked: list[str] = []
    lock = threading.Lock()

    class Replay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stage = stage_of(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            with lock:
                place = asked.count(stage)
                asked.append(stage)
            known = answers.get(stage)
            if known:
                _send(self, 200, json.dumps(known[place % len(known)]).encode())
            else:
                told = {"error": {"message": f"{file.name} has no answer of {stage}"}}
                _send(self, 400, json.dumps(told).encode())

        def log_message(self, format: str, *args: object) -> None: ...

    with listening(Replay) as address:
        yield f"{address}/v1", asked


def record(port: int, file: Path, server: str) -> None:
    """Pass requests on to a server and write what is asked and answered, a line each."""
    lock = threading.Lock()

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {"Content-Type": "application/json"}
            passed = urllib.request.Request(f"{server}/chat/completions", body, headers)
            try:
                with urllib.request.urlopen(passed, timeout=1800) as response:
                    status, data = 200, response.read()
            except urllib.error.HTTPError as error:
                status, data = error.code, error.read()
            if status == 200:
                line = json.dumps(_entry(json.loads(body), json.loads(data)), ensure_ascii=False)
                with lock, file.open("a", encoding="utf-8") as log:
                    log.write(f"{line}\n")
            _send(self, status, data)

        def log_message(self, format: str, *args: object) -> None: ...

    ThreadingHTTPServer(("127.0.0.1", port), Recorder).serve_forever()


def _entry(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What is kept: all but the task, which `golden` holds, and the server's own figures."""
    said = [m for m in request["messages"] if m["role"] != "system"]
    rest = {k: v for k, v in request.items() if k not in ("messages", "response_format")}
    kept = ("id", "object", "created", "model", "choices", "usage")
    return {
        "stage": stage_of(request),
        "request": {**rest, "messages": said},
        "answer": {key: answer[key] for key in kept if key in answer},
    }


def _send(handler: BaseHTTPRequestHandler, status: int, data: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


if __name__ == "__main__":
    record(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
