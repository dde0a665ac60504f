"""The door of the server: who may enter, how much and how often, and a line about each request."""

import asyncio
import ipaddress
import json
import logging
import secrets
import time
from contextlib import suppress
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .keys import KeyRing, KeyRole
from .limits import Limits, Refusal
from .logs import AUDIT, log
from .metrics import Metrics
from .protocol import LINGER

ROLE_OF: dict[str, KeyRole | None] = {
    "/health": None,
    "/ready": None,
    "/metrics": "read",
    "/bank": "read",
    "/chat": "talk",
    "/chat/stream": "talk",
    "/sessions": "talk",
    "/v1/models": "talk",
    "/v1/chat/completions": "talk",
}
"""The role that a key must have, by path; None where nobody is asked for a key."""
NOBODY = "nobody"
"""The name of a client where no keys are asked for."""
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


class Door:
    """Lets requests through to the application that may pass.

    Args:
        app: The application.
        limits: What a request may take.
        metrics: Where requests are counted.
        keys: The keys; None lets everybody in.
        rated: Whether the rate is limited.
        local: Whether only clients may enter that call this machine by a name of its own: without
            keys, any page whose name resolves to this machine could talk to the server.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        metrics: Metrics,
        keys: KeyRing | None,
        *,
        rated: bool = False,
        local: bool = False,
    ) -> None:
        self._app, self._limits, self._metrics = app, limits, metrics
        self._keys, self._rated, self._local = keys, rated, local
        self._rate = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(limits.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, send)
        scope["state"] = {"client": NOBODY}
        self._metrics.under_way.inc()
        try:
            async with asyncio.timeout(self._limits.reply):
                self._admit(scope, visit)
                body = await self._body(scope, receive)
                await self._app(scope, _replayed(body, receive), visit.send)
        except Refusal as refusal:
            await visit.refuse(refusal)
        except TimeoutError:
            told = f"the request took longer than {self._limits.reply:g} seconds"
            await visit.refuse(Refusal(408, "timeout", told))
        except Exception as error:
            logging.getLogger("esc_skills.serving").error("", exc_info=error)
            await visit.refuse(Refusal(500, "internal", "the server failed; its log says where"))
        finally:
            self._metrics.under_way.dec()
            self._note(scope, visit)

    def _admit(self, scope: Scope, visit: "_Visit") -> None:
        """Let a request in.

        Raises:
            Refusal: It calls this machine by a foreign name, has no key, not the right one, or
                comes too often.
        """
        if self._local and not is_loopback(host_of(visit.headers.get("host", ""))):
            told = "the header Host must name this machine, as in http://127.0.0.1:8000"
            raise Refusal(421, "host_not_known", told)
        role = ROLE_OF.get(visit.path, "talk")
        if role is None:
            return
        client = str((scope.get("client") or ("",))[0])
        if self._keys is not None:
            scheme, _, secret = visit.headers.get("authorization", "").partition(" ")
            key = self._keys.find(secret.strip()) if scheme.lower() == "bearer" else None
            if key is None:
                told = "a valid key is needed: send the header Authorization: Bearer KEY"
                raise Refusal(401, "invalid_api_key", told)
            client = key.name
            scope["state"]["client"] = key.name
            if not key.may(role):
                raise Refusal(403, "role", f"this key has the role {key.role}; {role} is needed")
        if self._rated and not self._rate.hit(self._item, client):
            told = f"at most {self._limits.rate} requests a minute are answered; try again later"
            raise Refusal(429, "rate_limit_exceeded", told)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body.

        Raises:
            Refusal: It is too large, too slow, or not JSON.
        """
        headers = _Visit.headers_of(scope)
        if scope["method"] != "POST":
            return b""
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limits.body:
            await _drop(receive)
            raise self._too_large()
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refusal(415, "content_type", "the header Content-Type must be application/json")
        parts, length = list[bytes](), 0
        try:
            async with asyncio.timeout(self._limits.upload):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refusal(400, "disconnected", "the request has not arrived whole")
                    parts.append(message.get("body", b""))
                    length += len(parts[-1])
                    if length > self._limits.body:
                        await _drop(receive)
                        raise self._too_large()
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError:
            told = f"the body did not arrive within {self._limits.upload:g} seconds"
            raise Refusal(408, "timeout", told) from None

    def _too_large(self) -> Refusal:
        told = f"a request must have at most {self._limits.body:,} bytes"
        return Refusal(413, "request_too_large", told)

    def _note(self, scope: Scope, visit: "_Visit") -> None:
        seconds = time.perf_counter() - visit.started
        path = visit.path if visit.path in ROLE_OF else "other"
        self._metrics.requests.labels(path, str(visit.status)).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        client, ms = scope["state"]["client"], round(1000 * seconds)
        common = {"request": visit.id, "path": path, "status": visit.status, "client": client}
        line = {"event": "request", **common, "method": scope["method"], "ms": ms}
        log("esc_skills.serving", line)
        if visit.status in (401, 403, 429):
            log(AUDIT, {"event": "denied", **common}, logging.WARNING)


def host_of(header: str) -> str:
    """The host of a header `Host`, without its port."""
    if header.startswith("["):
        return header[: header.find("]") + 1]
    return header.partition(":")[0]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class _Visit:
    """One request: its answer's status, and whether the answer has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.id = secrets.token_hex(8)
        self.path: str = scope["path"]
        if self.path.startswith("/sessions/"):
            self.path = "/sessions"
        self.headers = self.headers_of(scope)
        self.started = time.perf_counter()
        self.status = 0
        self._send = send

    @staticmethod
    def headers_of(scope: Scope) -> dict[str, str]:
        """The headers of a request."""
        return {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = [*_HEADERS, (b"x-request-id", self.id.encode())]
            message = {**message, "headers": [*message.get("headers", ()), *own]}
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with an error; one that comes after the answer has begun just ends it."""
        if self.status:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        data = json.dumps(refusal.body).encode()
        headers: list[tuple[bytes, bytes]] = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(data)).encode()),
        ]
        if refusal.status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        if refusal.status in (408, 413):  # what was not read yet is never read
            headers.append((b"connection", b"close"))
        start: dict[str, Any] = {"type": "http.response.start", "status": refusal.status}
        await self.send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": data})


async def _drop(receive: Receive) -> None:
    """Read what a client still sends for a while, so that it gets to read the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body"):
                pass


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A receiver that gives the body that was read, then what comes."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again
