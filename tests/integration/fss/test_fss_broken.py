"""Exchanges that break off on the way: perhaps accepted, never repeated, never longer than their total time."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import pytest

from ers_sync.fss.outcomes import Outcome

from .support import MOMENT, Caller, Handler, Server, http, reset


def never(server: Server) -> Handler:
    """Read the request and hold the connection until the test is over."""

    def handle(connection: socket.socket) -> None:
        server.read(connection)
        server.over.wait()

    return handle


def reset_before(_: Server) -> Handler:
    """The connection is made, the first bytes are there, none is read."""

    def handle(connection: socket.socket) -> None:
        connection.recv(1, socket.MSG_PEEK)
        reset(connection)

    return handle


def reset_within(_: Server) -> Handler:
    """The head is read, and no more than the beginning of the body."""

    def handle(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        connection.recv(100)
        reset(connection)

    return handle


def reset_after(server: Server) -> Handler:
    def handle(connection: socket.socket) -> None:
        server.read(connection)
        reset(connection)

    return handle


def close_after(server: Server) -> Handler:
    return server.read  # type: ignore[return-value] # what it returns is not looked at


def half_a_reply(server: Server) -> Handler:
    def handle(connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(http(200, b"<a/>" * 1000)[:200])
        reset(connection)

    return handle


def no_http(server: Server) -> Handler:
    def handle(connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    return handle


def wrong_header(server: Server) -> Handler:
    """The library quotes it in its error."""

    def handle(connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: \0" + b"a" * 60_000 + b"\r\n\r\n")

    return handle


def huge(server: Server) -> Handler:
    def handle(connection: socket.socket) -> None:
        server.read(connection)
        with suppress(OSError):
            connection.sendall(http(200, b"x" * 1_000_000))

    return handle


def endless(server: Server) -> Handler:
    """Chunks without an end and without a length."""

    def handle(connection: socket.socket) -> None:
        server.read(connection)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    return handle


def flood(begin: bytes, piece: bytes) -> Callable[[Server], Handler]:
    """The same again and again, as fast as it is taken."""

    def make(server: Server) -> Handler:
        def handle(connection: socket.socket) -> None:
            server.read(connection)
            with suppress(OSError):
                connection.sendall(begin)
                while True:
                    connection.sendall(piece)

        return handle

    return make


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def dribble(data: bytes) -> Callable[[Server], Handler]:
    """A byte at a time, each well within the time of a single read."""

    def make(server: Server) -> Handler:
        def handle(connection: socket.socket) -> None:
            server.read(connection)
            with suppress(OSError):
                for byte in data:
                    connection.sendall(bytes([byte]))
                    if server.over.wait(0.05):
                        return

        return handle

    return make


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(never, id="read timeout"),
        pytest.param(reset_before, id="reset before the body"),
        pytest.param(reset_within, id="reset within the body"),
        pytest.param(reset_after, id="reset after the body"),
        pytest.param(close_after, id="closed after the body"),
        pytest.param(half_a_reply, id="reset within the reply"),
        pytest.param(no_http, id="no HTTP"),
        pytest.param(wrong_header, id="a wrong header"),
        pytest.param(huge, id="too large"),
        pytest.param(endless, id="endless"),
        pytest.param(flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), id="endless 100 Continue"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 999), id="endless headers"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65536), id="endless header"),
        pytest.param(flood(CHUNKED + b"1;", b"a" * 65536), id="endless extension of a chunk"),
        pytest.param(flood(CHUNKED, b"1\r\nx\r\n" * 999), id="endless small chunks"),
        pytest.param(flood(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 999), id="endless trailers"),
        pytest.param(dribble(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000), id="dribbled headers"),
        pytest.param(dribble(http(200, b"x" * 1000)), id="dribbled body"),
    ],
)
def test_broken_exchanges(hasty: Caller, server: Server, behaviour: Callable[[Server], Handler]) -> None:
    connections: list[socket.socket] = []
    handler = behaviour(server)

    def counted(connection: socket.socket) -> None:
        connections.append(connection)
        handler(connection)

    server.handler = counted
    prepared = hasty.question()
    begin = monotonic()
    exchange = hasty.client.send(prepared, endpoint=server.url, moment=MOMENT)
    assert monotonic() - begin < 5  # the total is 0.9 s; a dribble goes on for 50 s
    assert (exchange.outcome, exchange.http_status, exchange.answer) == (Outcome.PERHAPS_ACCEPTED, None, None)
    assert exchange.fault_text
    assert len(exchange.fault_text) <= 300
    assert exchange.request_wire is not None
    assert len(connections) == 1  # never repeated
