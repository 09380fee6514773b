"""A listener that can be shut, with its connections cut, and opened again on the same port."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_logger = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """A listener that cuts its connections when it closes, and may end any of them with a reset."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection and serve it in its thread."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close without the orderly shutdown, which would come before a reset."""
        self._open.discard(request)
        self.close_request(request)

    def cut(self) -> None:
        """Cut every open connection."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news; anything else is a fault of the stand-in and is shown."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            _logger.error("fund.connection_failed", exc_info=error)


class Front:
    """The Fund's door: listens on one address, which it keeps when it is shut and opened again."""

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._handler = handler
        self._server: Server | None = Server(address, handler)
        self.address: tuple[str, int] = self._server.server_address[:2]  # type: ignore[assignment] # IPv4: host and port
        self._lock = threading.Lock()
        self._serve(self._server)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def set_open(self, wanted: bool) -> None:  # noqa: FBT001 - a switch
        """Let connections in, or refuse them and cut the open ones."""
        with self._lock:
            if wanted and self._server is None:
                self._server = Server(self.address, self._handler)
                self._serve(self._server)
            elif not wanted and self._server is not None:
                self._server.shutdown()
                self._server.server_close()
                self._server.cut()
                self._server = None

    @staticmethod
    def _serve(server: Server) -> None:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="listener", daemon=True
        ).start()
