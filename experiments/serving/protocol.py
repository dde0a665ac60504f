"""HTTP in which a head that does not arrive is answered with 408, and what is no HTTP with 400."""

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .limits import Refusal

LINGER = 1.0
"""Seconds in which what a refused client still sends is dropped, so that it reads the answer."""


class Protocol(H11Protocol):
    """One connection, which must send the whole head of each request in time.

    Args:
        upload: Seconds that it has, from the beginning or from the last answer on.
        **options: What uvicorn gives.
    """

    def __init__(self, upload: float, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(**options)
        self._upload = upload
        self._wait: asyncio.TimerHandle | None = None
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """It has sent something."""
        if not self._refused:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        super().connection_lost(exc)
        if self._wait is not None:
            self._wait.cancel()

    def on_response_complete(self) -> None:
        """It was answered, and may ask again."""
        super().on_response_complete()
        self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        told = "this is no HTTP request that the server can read"
        self._refuse(Refusal(400, "invalid_http", told))

    def _await_head(self) -> None:
        if self._wait is not None:
            self._wait.cancel()
        self._wait = self.loop.call_later(self._upload, self._require_a_head)

    def _require_a_head(self) -> None:
        under_way = getattr(self.cycle, "response_complete", True) is False  # none at first
        if under_way or self.transport.is_closing():
            return
        if self.conn.trailing_data[0]:
            told = f"the request did not arrive within {self._upload:g} seconds"
            self._refuse(Refusal(408, "timeout", told))
        else:
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer and close, unless an answer has begun."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            data = json.dumps(refusal.body).encode()
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(data)).encode()),
                (b"connection", b"close"),
            ]
            response = h11.Response(status_code=refusal.status, headers=headers)
            for event in (response, h11.Data(data=data), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self._refused = True
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)
