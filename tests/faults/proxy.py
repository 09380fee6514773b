"""A TCP proxy before PostgreSQL that cuts a connection around a COMMIT: before the server sees it, or before its answer gets back."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal

COMMIT = b"COMMIT\x00"  # as psycopg2 sends it: a simple query
Cut = Literal["before", "after"]


class CuttingProxy:
    """Listens on a free port of the loopback and passes everything on to `port`, until it is told to cut."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._countdown, self._cut, self.cuts = 0, "before", 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, at: Cut, nth: int) -> None:
        """Cut the connection of the nth COMMIT from now, once."""
        with self._lock:
            self._countdown, self._cut = nth, at

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what the program sends, looking for COMMIT."""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if data.endswith(COMMIT) and self._is_the_one():
                    if self._cut == "before":
                        break
                    client.shutdown(socket.SHUT_RD)
                    client.close()  # nobody will hear that it was done
                    server.sendall(data)
                    server.recv(65536)
                    break
                server.sendall(data)
        _close(client, server)

    def _is_the_one(self) -> bool:
        with self._lock:
            self._countdown -= 1
            if self._countdown != 0:
                return False
            self.cuts += 1
            return True

    @staticmethod
    def _pass_on(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        _close(client, server)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
