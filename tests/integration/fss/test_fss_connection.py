"""Connections that are never made, TLS, and the proxy: what was surely not sent."""

from __future__ import annotations

import base64
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.transport import NeverSentError

from .support import Caller, Fund, Server, http, result


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full: the next connection is neither made nor refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(listener.getsockname())
            waiting.append(client)
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


def assert_never_sent(caller: Caller, url: str) -> None:
    exchange = caller.send(url)
    assert (exchange.outcome, exchange.http_status) == (Outcome.NOT_ACCEPTED, None)
    assert exchange.fault_text
    assert exchange.request_wire is None


def test_refused(caller: Caller) -> None:
    assert_never_sent(caller, f"http://127.0.0.1:{closed_port()}/ers")


def test_no_such_name(caller: Caller) -> None:
    assert_never_sent(caller, "http://fund.invalid/ers")


def test_connect_timeout(hasty: Caller, full_port: int) -> None:
    assert_never_sent(hasty, f"http://127.0.0.1:{full_port}/ers")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/ers", "127.0.0.1/ers", "http://[/ers"])
def test_no_http_address(caller: Caller, url: str) -> None:
    with pytest.raises(NeverSentError):
        caller.transport.post(url, b"", "")


def test_who_comes_when_all_connections_are_busy_waits(make_caller: Callable[..., Caller], server: Server) -> None:
    """A pool of one connection: the second request goes out when the first is over, never both at once, and has its whole time then."""
    caller = make_caller(connections=1, total=1.6)
    seen: list[int] = []
    statuses: list[int | None] = []
    second = threading.Thread(target=lambda: statuses.append(caller.send(server.url).http_status))

    def handle(connection: socket.socket) -> None:
        server.read(connection)
        if not seen:
            second.start()
            while "1 queued" not in repr(caller.transport._pool):
                assert not server.over.wait(0.01)
        seen.append(len(server.connections))
        server.over.wait(1.2)  # a Fund that takes its time
        connection.sendall(http(503))

    server.handler = handle
    statuses.append(caller.send(server.url).http_status)
    second.join(10)
    assert (seen, statuses) == ([1, 2], [503, 503])


class Tls:
    """A self-signed certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / "tls.pem"
        encoding = serialization.Encoding.PEM
        private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.file.write_bytes(certificate.public_bytes(encoding) + private)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.file)


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


def over_tls(server: Server, tls: Tls, reply: bytes) -> str:
    def handle(connection: socket.socket) -> None:
        with suppress(ssl.SSLError, OSError), tls.context.wrap_socket(connection, server_side=True) as secure:
            if server.read(secure) is not None:
                secure.sendall(reply)

    server.handler = handle
    return server.url.replace("http:", "https:")


def test_an_unknown_authority(caller: Caller, server: Server, tls: Tls) -> None:
    assert_never_sent(caller, over_tls(server, tls, http(200)))
    assert not server.requests


def test_the_authority_of_the_settings(
    make_caller: Callable[..., Caller], server: Server, tls: Tls, fund: Fund
) -> None:
    url = over_tls(server, tls, http(200, fund.answer(result())))
    assert make_caller(ca_file=str(tls.file)).send(url).outcome is Outcome.ANSWERED


def test_another_name(make_caller: Callable[..., Caller], server: Server, tls: Tls) -> None:
    url = over_tls(server, tls, http(200)).replace("127.0.0.1", "localhost")
    assert_never_sent(make_caller(ca_file=str(tls.file)), url)


def test_no_tls_at_all(caller: Caller, server: Server) -> None:
    server.handler = lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert_never_sent(caller, server.url.replace("http:", "https:"))


def test_a_silent_tls_server(hasty: Caller, server: Server) -> None:
    def handle(_: socket.socket) -> None:
        server.over.wait()

    server.handler = handle
    assert_never_sent(hasty, server.url.replace("http:", "https:"))


def test_the_proxy_gets_basic_authorisation(make_caller: Callable[..., Caller], server: Server, fund: Fund) -> None:
    server.reply(http(200, fund.answer(result())))
    caller = make_caller(proxy=f"http://127.0.0.1:{server.port}", proxy_user="мо", proxy_password="п:р")
    assert caller.send("http://fund.invalid/ers").outcome is Outcome.ANSWERED
    (request,) = server.requests
    assert request.head.startswith("POST http://fund.invalid/ers HTTP/1.1")
    assert request.header("Proxy-Authorization") == "Basic " + base64.b64encode("мо:п:р".encode()).decode()


def test_a_proxy_without_password_is_asked_without(make_caller: Callable[..., Caller], server: Server) -> None:
    server.reply(http(407))
    exchange = make_caller(proxy=f"http://127.0.0.1:{server.port}").send("http://fund.invalid/ers")
    assert exchange.outcome is Outcome.NOT_ACCEPTED
    assert server.requests[0].header("Proxy-Authorization") is None


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_tunnel_that_the_proxy_refuses(make_caller: Callable[..., Caller], server: Server, status: int) -> None:
    server.reply(http(status))
    caller = make_caller(proxy=f"http://127.0.0.1:{server.port}", proxy_user="u", proxy_password="p")
    assert_never_sent(caller, "https://fund.invalid/ers")
    (request,) = server.requests
    assert request.head.startswith("CONNECT fund.invalid:443")
    assert request.header("Proxy-Authorization") == "Basic " + base64.b64encode(b"u:p").decode()


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, fund: Fund, server: Server, make_caller: Callable[..., Caller]
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, server.url)
    assert_never_sent(make_caller(), f"http://127.0.0.1:{closed_port()}/ers")
    assert not server.requests
