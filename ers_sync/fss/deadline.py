"""A bound on a whole HTTP exchange: every wait on a socket is cut to what is left of it.

httpcore bounds each single read; a server that sends a byte a minute would hold a worker for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from time import monotonic
from typing import Any

import httpcore

from ers_sync.checkpoint import reached

deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the exchange of this thread must be over, by the monotonic clock, in seconds; None: no bound."""


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    end = deadline.get()
    if end is None:
        return timeout
    left = end - monotonic()
    if left <= 0:
        raise late("the exchange took longer than its total time")
    return left if timeout is None else min(timeout, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """The ordinary sockets of httpcore, under the deadline of the calling thread."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; the look-up of the name is the system's and has its own bounds."""
        left = _left(timeout, httpcore.ConnectTimeout)
        stream = _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options))
        reached("socket.opened")
        return stream


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))
        reached("socket.written")

    def close(self) -> None:
        self._stream.close()
        reached("socket.closed")

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
