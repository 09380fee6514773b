"""A Fund of a few lines, whose every reply a test writes itself, down to the bytes and the moment the socket closes."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml import etree

from ers_sync.domain.content import Kind, Sender
from ers_sync.fss import encryption, signature, xml
from ers_sync.fss.client import Exchange, FundClient, Prepared
from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.keyring import Key, Keyring
from ers_sync.fss.profile import RSA, Role
from ers_sync.fss.signature import Signer
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.fss.xml import ERS, FAULT, SOAP
from ers_sync.stand.pki import TestAuthority

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OGRN = "1026602336727"
REQUEST_ID = "0a1b2c3d-0000-1111-2222-333344445555"
SENDER: Sender = {
    "name": "ЦГБ",
    "inn": "6658021402",
    "ogrn": OGRN,
    "kpp": None,
    "contract_kind": "1",
    "contract_number": "14",
    "contract_date": "2021-12-31",
}
PATIENT = TransportSettings(connect=10, read=20, write=20, total=30, max_answer_bytes=100_000)
HASTY = {"connect": 0.3, "read": 0.4, "write": 0.4, "total": 0.9}

Handler = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


class Server:
    """Accepts connections and gives each to `handler`; keeps what `read` has read."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.handler: Handler = lambda _: None
        self.over = threading.Event()
        self.connections: list[socket.socket] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ers"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            self.handler(connection)

    def read(self, connection: socket.socket) -> Request | None:
        """Read a whole request; None at the end of the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        request = Request(head.decode("latin-1"), b"")
        length = int(request.header("content-length") or 0)
        while len(body) < length:
            body += connection.recv(65536)
        request = replace(request, body=body)
        self.requests.append(request)
        return request

    def reply(self, data: bytes) -> None:
        """Answer every request with these bytes and close the connection, without having said so."""

        def handle(connection: socket.socket) -> None:
            if self.read(connection) is not None:
                connection.sendall(data)

        self.handler = handle

    def close(self) -> None:
        self.over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def http(status: int, body: bytes = b"", kind: str = "text/xml; charset=UTF-8", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def soap_fault(kind: str, code: str = "E_0100", message: str = "Ошибка") -> bytes:
    detail = f'<f:{kind} xmlns:f="{FAULT}"><f:uuid>1</f:uuid><f:code>{code}</f:code><f:message>{message}</f:message></f:{kind}>'
    fault = (
        f"<s:Fault><faultcode>s:Server</faultcode><faultstring>fault</faultstring><detail>{detail}</detail></s:Fault>"
    )
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{fault}</s:Body></s:Envelope>'.encode()


@dataclass(frozen=True)
class Party:
    certificate: Certificate
    signer: Signer


class Fund:
    """The hospital's and the Fund's keys, and answers in every form, right and wrong."""

    def __init__(self) -> None:
        authority = TestAuthority.create("rsa", MOMENT)
        self.hospital = self._party(authority, "ЦГБ", OGRN)
        self.fund = self._party(authority, "Фонд", "1027739443236")
        self.stranger = self._party(authority, "Чужой", "1027739443236")

    @staticmethod
    def _party(authority: TestAuthority, name: str, ogrn: str) -> Party:
        pair = authority.issue(name, ogrn, "7736056647")
        certificate = read_certificate(pair.certificate_pem)
        return Party(certificate, Signer(f"urn:{ogrn}", certificate, make_provider("rsa", pair.private_key_pem)))

    def keyring(self) -> Keyring:
        key = Key(OGRN, Role.MO, self.hospital.certificate, self.hospital.signer.provider)
        return Keyring([key], [self.fund.certificate])

    def open(self, wire: bytes) -> bytes:
        """The signed bytes of a request."""
        element = encryption.find_encrypted(xml.parse(wire))
        assert element is not None
        return encryption.decrypt(element, profile=RSA, providers=[self.fund.signer.provider])

    def signed(self, payload: str, *, by: Party | None = None) -> bytes:
        body = signature.new_envelope("OGRN_1027739443236")
        body.append(etree.fromstring(payload))
        return signature.sign(body, RSA, [(by or self.fund).signer])

    def sealed(self, signed: bytes, *, to: Party | None = None) -> bytes:
        return encryption.encrypt(
            signed,
            profile=RSA,
            provider=self.fund.signer.provider,
            sender=self.fund.certificate,
            recipient=(to or self.hospital).certificate,
        )

    def answer(self, payload: str) -> bytes:
        return self.sealed(self.signed(payload))


def result(request_id: str = REQUEST_ID, status: str = "PROCESSED") -> str:
    return (
        f'<getResultByIdResponse xmlns="{ERS}"><requestId>{request_id}</requestId><status>{status}</status>'
        "<ersNumber>0123456789</ersNumber></getResultByIdResponse>"
    )


class Caller:
    """A client with short times, and one question to send."""

    def __init__(self, fund: Fund, settings: TransportSettings) -> None:
        self.transport = Transport(settings)
        self.client = FundClient(RSA, fund.keyring(), self.transport)

    def question(self, request_id: str = REQUEST_ID) -> Prepared:
        return self.client.ask_result(SENDER, kind=Kind.PUT_VISIT, request_id=request_id, moment=MOMENT)

    def send(self, url: str) -> Exchange:
        return self.client.send(self.question(), endpoint=url, moment=MOMENT)
