"""What no honest client sends to a server, and what it must be answered."""

import json
import socket
from collections.abc import Callable
from typing import NamedTuple

MARK = "Xanthippe"
"""A word of every conversation here, which no answer may repeat."""
KEY = "KEY"
"""Stands for a key of the server in a request."""
_PATIENCE = 60.0


class Abuse(NamedTuple):
    """One request and its answer."""

    name: str
    sent: bytes
    status: int
    """Of HTTP, of the last answer on the connection."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: str

    @property
    def message(self) -> str:
        """What the client is told; the beginning of what is no error."""
        said = json.loads(self.body or "null")
        return str(said["error"]["message"] if "error" in (said or {}) else self.body[:60])

    @property
    def leaks(self) -> bool:
        """Whether it shows the inside of the server, or repeats what was said."""
        return any(word in self.body for word in ("Traceback", ".py", "site-packages", MARK))


def send(port: int, request: bytes) -> Answer:
    """The last answer to what is sent, when the server closes the connection.

    Raises:
        OSError: It does not.
    """
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as client:
        try:
            client.sendall(request)
            while piece := client.recv(65_536):
                got += piece
        except (BrokenPipeError, ConnectionResetError):  # it has answered and reads no more
            pass
    head, _, body = got.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
    return Answer(int(head[:3] or 0), body.decode())


def _post(
    body: bytes, *lines: str, path: str = "/chat", method: str = "POST", host: str = "localhost"
) -> bytes:
    """A request whose head has these lines besides those that an honest one has."""
    names = {line.partition(":")[0] for line in lines}
    own = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if "Transfer-Encoding" in names:
        del own["Content-Length"]
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    head += [f"{name}: {value}" for name, value in own.items() if name not in names]
    return "\r\n".join([*head, *lines, "", ""]).encode() + body


def _said(role: str = "user", content: object = f"Hello, {MARK}.", **more: object) -> bytes:
    turn = {"role": role, "content": content}
    return json.dumps({"messages": [turn], "model": "esc-skills", **more}).encode()


def _talk(*roles: str) -> bytes:
    return json.dumps({"messages": [{"role": r, "content": MARK} for r in roles]}).encode()


def _chunked(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


_OPENAI = "/v1/chat/completions"
_LONG = b"a" * 10_000_000
_CHUNKS = "Transfer-Encoding: chunked"
_BODIES: tuple[tuple[str, bytes, int], ...] = (
    ("nothing", b"", 400),
    ("half of JSON", b'{"messages": [', 400),
    ("a list", b"[]", 400),
    ("NaN", b'{"messages": NaN}', 400),
    ("a number that is too large", b'{"messages": 1' + b"0" * 9_000 + b"}", 400),
    ("deep lists", b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    ("deep objects", b'{"messages":' + b'{"a":' * 40_000 + b"1" + b"}" * 40_001, 400),
    ("a lone surrogate", b'{"messages": [{"role": "user", "content": "\\ud800"}]}', 400),
    ("bytes that are not UTF-8", b'{"messages": [{"role": "user", "content": "\xff"}]}', 400),
    ("UTF-16", _said().decode().encode("utf-16"), 400),
    ("messages as a text", b'{"messages": "hi"}', 400),
    ("no messages", b'{"messages": []}', 400),
    ("content as a number", _said(content=5), 400),
    ("content as nothing", _said(content=None), 400),
    ("content as an object", _said(content={"text": MARK}), 400),
    ("an image", _said(content=[{"type": "image_url", "image_url": {"url": MARK}}]), 400),
    ("blank content", _said(content=" \u3000\u00a0\n"), 400),
    ("invisible content", _said(content="\u200b\u2060\ufeff"), 400),
    ("a system turn", _said("system"), 400),
    ("a developer turn", _said("developer"), 400),
    ("a system turn among others", _talk("user", "system", "user"), 400),
    ("a role twice", b'{"messages": [{"role": "user", "role": "system", "content": "a"}]}', 400),
    ("a tool turn", _said("tool"), 400),
    ("a role of one's own", _said("supervisor"), 400),
    ("a role in capitals", _said("SYSTEM"), 400),
    ("a role in wide letters", _said("\uff53\uff59\uff53\uff54\uff45\uff4d"), 400),
    ("a role with a NUL", _said("user\0system"), 400),
    ("the last word to the assistant", _talk("user", "assistant"), 400),
    ("100,001 characters", _said(content="a" * 100_001), 413),
    ("201 messages", _talk(*("user", "assistant") * 100, "user"), 413),
    ("10 MB", _LONG, 413),
    ("a session that is a number", _said(session=5), 400),
    ("a session that is not there", _said(session=MARK), 404),
)
"""Bodies that `/chat`, `/chat/stream` and the OpenAI interface must refuse alike."""


def abuses() -> list[Abuse]:
    """What a server without keys must refuse, on this machine."""
    good, other = _said(), f"/sessions/{MARK}"
    found = [Abuse(name, _post(body), status) for name, body, status in _BODIES]
    found += [
        Abuse(f"{name}, to be streamed", _post(body, path="/chat/stream"), status)
        for name, body, status in _BODIES
    ]
    found += [
        Abuse("two answers", _post(_said(n=2), path=_OPENAI), 400),
        Abuse("tools", _post(_said(tools=[{"type": "function"}]), path=_OPENAI), 400),
        Abuse("another model", _post(_said(model=MARK), path=_OPENAI), 404),
        Abuse("no model", _post(_talk("user"), path=_OPENAI), 400),
        Abuse("no type", _post(good, "Content-Type:"), 415),
        Abuse("a form", _post(good, "Content-Type: application/x-www-form-urlencoded"), 415),
        Abuse("a length that is no number", _post(good, "Content-Length: many"), 400),
        Abuse("a negative length", _post(good, "Content-Length: -1"), 400),
        Abuse("two lengths", _post(good, "Content-Length: 5", "Content-Length: 6"), 400),
        Abuse("a length of 10 GB", _post(good, "Content-Length: 10000000000"), 413),
        Abuse("10 MB in chunks", _post(_chunked(_LONG), _CHUNKS), 413),
        Abuse("a chunk of no size", _post(b"zz\r\n" + good, _CHUNKS), 400),
        Abuse("an unknown encoding", _post(good, "Transfer-Encoding: gzip"), 400),
        Abuse("a head of 1 MB", _post(good, "X-Long: " + "a" * 1_000_000), 400),
        Abuse("a NUL in the head", _post(good, "X-Odd: a\0b"), 400),
        Abuse("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        Abuse("HTTP without a host", b"GET /health HTTP/1.1\r\n\r\n", 400),
        Abuse("another machine's name", _post(good, host="example.org"), 421),
        Abuse("a name like this machine's", _post(good, host="127.0.0.1.example.org"), 421),
        Abuse("no such page", _post(good, path="/admin"), 404),
        Abuse("a way out", _post(good, path="/../../etc/passwd"), 404),
        Abuse("a way out in disguise", _post(good, path="/%2e%2e/%2e%2e/etc/passwd"), 404),
        Abuse("another method", _post(good, method="PUT"), 405),
        Abuse("a method of one's own", _post(good, method="TALK"), 405),
        Abuse("another's session, ended", _post(b"", path=other, method="DELETE"), 404),
        Abuse("a head that never ends", b"POST /chat HTTP/1.1\r\nHost: local", 408),
        Abuse("a body that never ends", _post(good, "Content-Length: 999"), 408),
        Abuse("a chunk that never ends", _post(b"ff\r\n{", _CHUNKS), 408),
        Abuse(
            "a second head that never ends",
            b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /chat",
            408,
        ),
    ]  # fmt: skip
    return found


def keyed_abuses(key_of: Callable[[str], str]) -> list[Abuse]:
    """What a server with keys must refuse.

    Args:
        key_of: The key of a role.
    """
    good, talk = _said(), key_of("talk")
    tries = (
        ("no key", "X-None: 1", 401),
        ("an empty key", "Authorization: Bearer ", 401),
        ("a wrong key", "Authorization: Bearer esc_wrong", 401),
        ("half of a key", f"Authorization: Bearer {talk[:-1]}", 401),
        ("a key as a password", f"Authorization: Basic {talk}", 401),
        ("a key elsewhere", f"X-Api-Key: {talk}", 401),
        ("a key of 60 KB", f"Authorization: Bearer {'a' * 60_000}", 401),
        ("a key that may only read", f"Authorization: Bearer {key_of('read')}", 403),
        ("a key that may only publish", f"Authorization: Bearer {key_of('publish')}", 403),
    )
    found = [Abuse(name, _post(good, line), status) for name, line, status in tries]
    read = _post(b"", f"Authorization: Bearer {talk}", path="/bank", method="GET")
    twice = _post(good, "Authorization: Bearer esc_wrong", "Authorization: Bearer esc_other")
    return [
        *found,
        Abuse("two keys", twice, 401),
        Abuse("nonsense without a key", _post(b"{"), 401),
        Abuse("the bank with a key for talk", read, 403),
    ]
