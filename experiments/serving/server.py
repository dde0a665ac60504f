"""Runs the web application: where it listens, who is let in, and how it stops."""

import gc
import re
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn
from dspy.clients.model_metadata import source_info

from esc_skills.programs.support.deployment import Deployment
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, short
from .app import build_app
from .door import is_loopback
from .keys import KeyRing
from .limits import Limits
from .logs import set_up_logs
from .loop import Loop
from .protocol import Protocol
from .service import Service


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
    country: str | None = None
    """Where the clients are, by two letters of ISO 3166: whose lines of help are named."""


def make_server(deployment: Deployment, serving: Serving) -> uvicorn.Server:
    """A server that is not running yet.

    Raises:
        UserError: It must have keys, or their file is none; or the country is none.
    """
    if serving.country is not None and not re.fullmatch("[A-Z]{2}", serving.country):
        raise UserError(
            f"--country must be the two letters of ISO 3166, such as CA, but is "
            f"{short(serving.country)!r}."
        )
    deployment.guard.country = serving.country
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
        http=cast("Any", partial(Protocol, limits.upload)),
        loop=f"{Loop.__module__}:{Loop.__name__}",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=limits.grace,
        timeout_keep_alive=int(limits.upload) + 10,  # later than ours, which gives an answer
    )
    return uvicorn.Server(config)


def run_server(deployment: Deployment, serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; then accept nothing more and end the replies under way.

    Raises:
        UserError: It must have keys, or their file is none.
    """
    server = make_server(deployment, serving)
    set_up_logs(serving.audit)
    source_info()  # DSPy reads its list of prices now, and not while clients wait
    gc.collect()
    gc.freeze()  # rules and libraries stay: to search them for garbage took a seventh of a reply
    server.run()
