"""Runs the web application: where it listens, who is let in, and how it stops."""

import asyncio
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from esc_skills.programs.support.deployment import Deployment
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError
from .app import build_app
from .door import is_loopback
from .keys import KeyRing
from .limits import Limits
from .logs import set_up_logs
from .service import Service

HEADERS = 10.0
"""Seconds in which a new connection must have sent the head of its first request."""


class _Protocol(H11Protocol):
    """HTTP that does not wait for ever for the head of a first request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(HEADERS, self._require_a_request)

    def _require_a_request(self) -> None:
        if getattr(self, "cycle", None) is None and not self.transport.is_closing():
            self.transport.close()


def key_ring(host: str, keys: Path | None) -> KeyRing | None:
    """The keys that a server asks for.

    Raises:
        UserError: Others can reach the address, and there are no keys.
    """
    ring = None if keys is None else KeyRing(keys)
    if not is_loopback(host) and (ring is None or not ring.keys):
        raise UserError(
            f"a server on {host} can be reached by others and must have keys. Make one with: "
            "esc-skills keys add NAME --role talk --keys FILE, and serve with: --keys FILE"
        )
    return ring


class Serving(Frozen):
    """How a program is served."""

    host: str = "127.0.0.1"
    port: int = 8000
    keys: Path | None = None
    """File of keys; None lets everybody in, which only a loopback address may."""
    limits: Limits = Limits()
    audit: Path | None = None
    """File of the audit log; standard error by default."""
    audit_words: bool = False
    """Whether the audit log holds what was said."""
    drop_system_turns: bool = False
    """Whether system turns are left out rather than refused."""


def make_server(deployment: Deployment, serving: Serving) -> uvicorn.Server:
    """A server that is not running yet.

    Raises:
        UserError: It must have keys, or their file is none.
    """
    keys, limits = key_ring(serving.host, serving.keys), serving.limits
    service = Service(
        deployment,
        limits,
        drop_system_turns=serving.drop_system_turns,
        audit_words=serving.audit_words,
    )
    rated = keys is not None or "rate" in limits.model_fields_set
    config = uvicorn.Config(
        cast("Any", build_app(service, keys, rated=rated, local=keys is None)),
        host=serving.host,
        port=serving.port,
        http=_Protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=limits.grace,
        timeout_keep_alive=10,
    )
    return uvicorn.Server(config)


def run_server(deployment: Deployment, serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; then accept nothing more and end the replies under way.

    Raises:
        UserError: It must have keys, or their file is none.
    """
    server = make_server(deployment, serving)
    set_up_logs(serving.audit)
    server.run()
