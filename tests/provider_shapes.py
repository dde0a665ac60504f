"""Answers over HTTP in the documented shapes of OpenAI, Anthropic and Gemini, also streamed."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from fakes import listening

Answer = Callable[[dict[str, Any]], tuple[int, Any]]
"""Status and body for a request; a list of (event, data) is streamed."""


@contextmanager
def serve_json(answer: Answer) -> Generator[tuple[str, list[dict[str, Any]]]]:
    """A server; gives its address and the bodies that it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(body | {"path": self.path})
            status, reply = answer(body | {"path": self.path})
            streamed = isinstance(reply, list)
            data = _events(reply) if streamed else json.dumps(reply).encode()
            self.send_response(status)
            kind = "text/event-stream" if streamed else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...

    with listening(Handler) as address:
        yield address, seen


def _events(events: list[tuple[Any, Any]]) -> bytes:
    lines: list[str] = []
    for name, data in events:
        lines += [f"event: {name}"] if name else []
        lines += [f"data: {data if isinstance(data, str) else json.dumps(data)}", ""]
    return ("\n".join(lines) + "\n").encode()


def openai(text: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """https://platform.openai.com/docs/api-reference/chat/object."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def openai_stream(pieces: list[str], finish: str = "stop") -> list[tuple[Any, Any]]:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        return {**head, "choices": [choice]}

    deltas = [chunk({"role": "assistant", "content": piece}) for piece in pieces]
    return [(None, d) for d in [*deltas, chunk({}, finish)]] + [(None, "[DONE]")]


def openai_error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def anthropic(text: str, stop: str = "end_turn", thinking: str = "") -> dict[str, Any]:
    """https://docs.anthropic.com/en/api/messages."""
    thought = [{"type": "thinking", "thinking": thinking, "signature": "s"}] if thinking else []
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [*thought, {"type": "text", "text": text}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }


def anthropic_stream(pieces: list[str], stop: str = "end_turn") -> list[tuple[Any, Any]]:
    start = {**anthropic("", stop), "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": piece},
            }
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop"},
    ]
    return [(event["type"], event) for event in events]


def gemini(text: str, finish: str = "STOP", thought: str = "") -> dict[str, Any]:
    """https://ai.google.dev/api/generate-content."""
    parts = [{"text": thought, "thought": True}] if thought else []
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [*parts, {"text": text}]},
                "finishReason": finish,
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 10,
            "candidatesTokenCount": 5,
            "totalTokenCount": 15,
        },
        "modelVersion": "m",
        "responseId": "r",
    }


def gemini_stream(pieces: list[str], finish: str = "STOP") -> list[tuple[Any, Any]]:
    chunks = [gemini(piece) for piece in pieces]
    for chunk in chunks[:-1]:
        del chunk["candidates"][0]["finishReason"]
    chunks[-1]["candidates"][0]["finishReason"] = finish
    return [(None, chunk) for chunk in chunks]
