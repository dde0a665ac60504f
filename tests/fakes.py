"""Stand-ins for models: an engine that counts, and a real HTTP endpoint that misbehaves."""

import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from dspy.lm15 import Message, Request, Response, TextPart, Usage, response_to_events

from esc_skills.experiments.bench.endpoint import completion, listening
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.optimizers.events import Result
from esc_skills.programs.models.roles import ROLES, ModelConfig, Role
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout


def without_time(result: Result) -> object:
    """A result as JSON values, without what differs from run to run."""

    def drop(value: object) -> object:
        if isinstance(value, dict):
            return {k: drop(v) for k, v in value.items() if k != "seconds"}
        return [drop(v) for v in value] if isinstance(value, list) else value

    return drop(json.loads(result.model_dump_json()))


def said(profile: str, reply: str, *, group: str = "g", emotion: int = 50) -> Rollout:
    """A dialogue of one exchange that leaves its seeker at this emotion."""
    mild = Appraisal(meaning="m", goal_fit="g", inner_activity="i", feeling="f", change=0)
    exchange = Exchange(seeker="It hurts.", reply=reply, appraisal=mild, emotion=emotion)
    return Rollout(
        profile=profile,
        group=group,
        replicate=0,
        bank=reply,
        exchanges=(exchange,),
        ending="turn limit",
    )


class CountingEngine(RehearsalEngine):
    """The rehearsal; remembers every request."""

    def __init__(self, world: WorldParameters | None = None) -> None:
        super().__init__(world)
        self.requests: list[Request] = []

    def complete(self, request: Request) -> Response:
        self.requests.append(request)
        return super().complete(request)


class ScriptedEngine:
    """Answers with whatever a function makes of the request."""

    def __init__(self, answer: Callable[[Request], str]) -> None:
        self._answer = answer

    def complete(self, request: Request) -> Response:
        return text_response(request, self._answer(request))

    def stream(self, request: Request) -> Iterator[Any]:
        return iter(response_to_events(self.complete(request)))

    def close(self) -> None: ...

    def __deepcopy__(self, memo: dict[int, Any]) -> "ScriptedEngine":
        return self


def prompt_of(request: Request) -> str:
    """The fields of a request, also where the fault of an earlier answer stands behind them."""
    asked = (m.text or "" for m in reversed(request.messages) if m.role == "user")
    return next((text for text in asked if "[[ ## " in text), "")


def text_response(request: Request, text: str) -> Response:
    return Response(
        id=None,
        model=request.model,
        message=Message.assistant([TextPart(text)]),
        finish_reason="stop",
        usage=Usage(input_tokens=1, output_tokens=1, total_tokens=2),
    )


class Endpoint:
    """What an HTTP endpoint does with each request: `behave(number) -> (status, text, delay)`."""

    def __init__(self, behave: Callable[[int], tuple[int, str | None, float]]) -> None:
        self.behave = behave
        self.served = 0
        self.keys = set[str]()
        """The keys that requests came with."""
        self.lock = threading.Lock()
        self.engine = RehearsalEngine()


@contextmanager
def serve(endpoint: Endpoint) -> Generator[str]:
    """A real OpenAI-compatible endpoint; a text of None answers as the rehearsal would."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with endpoint.lock:
                number = endpoint.served
                endpoint.served += 1
                endpoint.keys.add(self.headers["Authorization"].removeprefix("Bearer "))
            status, text, delay = endpoint.behave(number)
            time.sleep(delay)
            if text is None:
                text = _rehearsed(endpoint.engine, body)
            usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
            data = json.dumps(completion(body["model"], text, usage)).encode()
            if status != 200:
                data = json.dumps({"error": {"message": text, "code": status}}).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the client has given up waiting

        def log_message(self, format: str, *args: object) -> None: ...

    with listening(Handler) as address:
        yield f"{address}/v1"


WHOLE_ANSWER: dict[str, Any] = {
    "id": "x",
    "object": "chat.completion",
    "created": 0,
    "model": "fake",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "fine"},
        }
    ],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
}


@contextmanager
def serve_bytes(answer: Callable[[int], tuple[str, bytes]], drip: float = 0) -> Generator[str]:
    """An endpoint that answers HTTP 200 with a content type and a body, as misconfigured ones do.

    Args:
        answer: Content type and body of the answer to each request, by its number from 0.
        drip: Seconds between the bytes of a body.
    """
    numbers = iter(range(1_000_000))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            kind, body = answer(next(numbers))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for part in [body[i : i + 1] for i in range(len(body))] if drip else [body]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(drip)
            except OSError:
                pass  # the client has given up waiting

        def log_message(self, format: str, *args: object) -> None: ...

    with listening(Handler) as address:
        yield f"{address}/v1"


def _rehearsed(engine: RehearsalEngine, body: dict[str, Any]) -> str:
    system = next((m["content"] for m in body["messages"] if m["role"] == "system"), "")
    asked = (m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    request = Request(
        model="x",
        messages=(Message.user([TextPart(next((t for t in asked if "[[ ## " in t), ""))]),),
        system=system or None,
    )
    part = engine.complete(request).message.text
    return part or ""


def at(api_base: str, **settings: object) -> dict[Role, ModelConfig]:
    """Every role at one endpoint."""
    config = ModelConfig.model_validate(
        {"model": "openai/fake", "api_base": api_base, "timeout": 5, **settings}
    )
    return {role: config for role in ROLES}
