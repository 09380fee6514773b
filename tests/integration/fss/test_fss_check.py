"""`ers-sync check` asks the Fund's addresses; it takes a reply's head, and no harm from the rest."""

from __future__ import annotations

import socket
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from ers_sync.checks.fund import endpoints
from ers_sync.config.fund import Endpoint

from .support import Server

if TYPE_CHECKING:
    from ers_sync.context import Context


@pytest.mark.parametrize(
    ("date", "names"),
    [
        ("Mon, 02 Mar 2020 09:00:00 GMT", ["Фонд: {}", "часы: Фонд ({})"]),
        ("yesterday", ["Фонд: {}"]),
        ("Mon, 99 Mar 2020 99:00:00 +9999", ["Фонд: {}"]),
    ],
)
def test_an_endless_body_and_a_date_of_any_kind(server: Server, date: str, names: list[str]) -> None:
    def endless(connection: socket.socket) -> None:
        server.read(connection)
        with suppress(OSError):
            connection.sendall(f"HTTP/1.1 405 X\r\nDate: {date}\r\nContent-Encoding: gzip\r\n\r\n".encode())
            while True:
                connection.sendall(b"x" * 65536)

    server.handler = endless
    endpoint = Endpoint(url=server.url)
    fss = SimpleNamespace(endpoints=(endpoint,), proxy=None, ca_file=None)
    found = list(endpoints(cast("Context", SimpleNamespace(config=SimpleNamespace(fss=fss)))))
    assert [check.name for check in found] == [name.format(f"127.0.0.1:{server.port}") for name in names]
    assert found[0].ok
    assert found[0].found == "отвечает (HTTP 405)"
