"""An OpenAI-compatible server that the rehearsal answers, that keeps books, and that may fail."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dspy.lm15 import Config, Message, Request, TextPart

from ..rehearsal.engine import RehearsalEngine

Fault = Callable[["Handler", bytes], None]


class Books:
    """What a provider would bill.

    Args:
        faults: Share of the requests that fail, 0..1: a rate limit, a server error, a connection
            that ends without an answer, a page of HTML, or an answer without text, which is billed.
        delay: Seconds that an answer takes.
    """

    def __init__(self, faults: float = 0.0, delay: float = 0.0) -> None:
        self.faults, self.delay = faults, delay
        self.engine = RehearsalEngine()
        self.requests = 0
        self.tokens_in = 0
        self.tokens_out = 0
        self._asked: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def fault(self, sent: bytes) -> Fault | None:
        """How a request fails, if it does: by what is asked and how often it was."""
        with self._lock:
            self.requests += 1
            self._asked[sent] += 1
            rng = random.Random(sent + str(self._asked[sent]).encode())
        return rng.choice(FAULTS) if rng.random() < self.faults else None

    def bill(self, body: dict[str, Any], text: str) -> dict[str, int]:
        """The usage of an answer, entered."""
        read = sum(len(message["content"]) for message in body["messages"]) // 4
        written = len(text) // 4
        with self._lock:
            self.tokens_in += read
            self.tokens_out += written
        return {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
        }


class Handler(BaseHTTPRequestHandler):
    """Answers requests of chat completions."""

    books: Books

    def do_POST(self) -> None:
        """Answer, or fail."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.books.fault(sent)
        time.sleep(self.books.delay)
        try:
            if fault is not None:
                fault(self, sent)
            else:
                body = json.loads(sent)
                self.answer(body, rehearsed(self.books.engine, body))
        except OSError:
            pass  # the client is gone

    def answer(self, body: dict[str, Any], text: str) -> None:
        """Send an answer, and bill it."""
        self.send(200, json.dumps(completion(body["model"], text, self.books.bill(body, text))))

    def send(self, status: int, text: str, **headers: str) -> None:
        """Send a status and a text."""
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


FAULTS: tuple[Fault, ...] = (
    lambda handler, _: handler.send(429, '{"error": {"message": "slow"}}', **{"Retry-After": "0"}),
    lambda handler, _: handler.send(503, '{"error": {"message": "overloaded"}}'),
    lambda handler, _: handler.connection.close(),
    lambda handler, _: handler.send(200, "<html>Bad gateway</html>"),
    lambda handler, sent: handler.answer(json.loads(sent), ""),
)


@contextmanager
def rehearsal_endpoint(books: Books) -> Generator[str]:
    """The server while the block runs; its address."""
    with listening(type("BookedHandler", (Handler,), {"books": books})) as address:
        yield f"{address}/v1"


class _Server(ThreadingHTTPServer):
    request_queue_size = 256


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Generator[str]:
    """A server on this machine while the block runs; its address."""
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def rehearsed(engine: RehearsalEngine, body: dict[str, Any]) -> str:
    """What the rehearsal answers to a request of chat completions."""
    makers = {"user": Message.user, "assistant": Message.assistant}
    asked = tuple(
        makers[m["role"]]([TextPart(m["content"])]) for m in body["messages"] if m["role"] in makers
    )
    system = "\n".join(m["content"] for m in body["messages"] if m["role"] == "system")
    request = Request(
        model="x", messages=asked, system=system or None, config=Config(seed=body.get("seed"))
    )
    return engine.complete(request).message.text or ""


def completion(model: str, text: str, usage: dict[str, int]) -> dict[str, Any]:
    """An answer in OpenAI's shape."""
    message = {"role": "assistant", "content": text}
    return {
        "id": "x", "object": "chat.completion", "created": 0, "model": model, "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }  # fmt: skip
