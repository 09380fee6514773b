"""A bound on a whole HTTP exchange: every wait on a socket is cut to what is left of it.

httpcore bounds each single read; a server that sends a byte a minute would hold a worker for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore

from ers_sync.checkpoint import reached


def _left(ends: float, timeout: float | None, late: type[Exception]) -> float:
    left = ends - monotonic()
    if left <= 0:
        raise late("the exchange took longer than its total time")
    return left if timeout is None else min(timeout, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """The ordinary sockets of httpcore; an exchange has `total` seconds from when its connection, which is its own, is opened."""

    def __init__(self, total: float) -> None:
        self._backend = httpcore.SyncBackend()
        self._total = total

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; the look-up of the name is the system's and has its own bounds."""
        ends = monotonic() + self._total
        left = _left(ends, timeout, httpcore.ConnectTimeout)
        stream = _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options), ends)
        reached("socket.opened")
        return stream


class _Stream(httpcore.NetworkStream):
    """A connection that is of use until `ends`, by the monotonic clock, in seconds."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends, timeout, httpcore.WriteTimeout))
        reached("socket.written")

    def close(self) -> None:
        self._stream.close()
        reached("socket.closed")

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._ends, timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
