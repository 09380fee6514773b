"""A whole exchange over loopback, CPU of our process alone: ours by GOST, signed and encrypted both ways, against a zeep client with zeep's
own Signature plugin by RSA, signed both ways and encrypted neither way. The same message, the same WSDL; the Fund is another process.

    .venv/bin/python -m benchmarks.exchange [--quick] [--provider engine]
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.wsse import signature as zeep_signature

from benchmarks.measuring import ROUNDS, arguments, in_turn, tell
from benchmarks.messages import Workshop
from ers_sync.domain.content import Kind
from ers_sync.fss import messages
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.software import Software
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.fss.xml import ERS, SOAP
from tests.unit.fss import samples
from tests.unit.fss.answering import MOMENT, OGRN, REQUEST_ID, Parties

REGISTERED = (
    f'<putVisitResponse xmlns="{ERS}"><requestId>{REQUEST_ID}</requestId><status>REGISTERED</status></putVisitResponse>'
)


@contextmanager
def fund(ours: list[bytes], bare: bytes) -> Iterator[str]:
    """Run a Fund in a process of its own that answers `/ours` from a list, `/bare` with one answer; yield its URL."""
    mine, its = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(its, ours, bare), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, ours: list[bytes], bare: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
                answer = ours.pop() if head.startswith(b"post /ours") else bare
                length = b"Content-Length: %d" % len(answer)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n" + length + b"\r\n\r\n" + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await server.serve_forever()

    asyncio.run(serve())


def plugin(folder: Path) -> Any:
    """Return zeep's Signature with an RSA key of a hospital."""
    pair = Parties().authority.issue("Организация", OGRN, "7736056647")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    key.write_bytes(pair.private_key_pem)
    certificate.write_bytes(pair.certificate_pem)
    return zeep_signature.Signature(str(key), str(certificate))  # type: ignore[no-untyped-call] # zeep has no types


def signed(sign: Any) -> bytes:
    """Return the Fund's answer as zeep's plugin wants it signed."""
    envelope = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{REGISTERED}</s:Body></s:Envelope>')
    sign.apply(envelope, {})
    return etree.tostring(envelope)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--provider", default="engine")
    options = parser.parse_args()
    calls = 10 if options.quick else 60
    workshop = Workshop(options.provider)
    visit = samples.CONTENTS[Kind.PUT_VISIT]
    answers = [workshop.put(Kind.PUT_VISIT, visit, "visit").answer for _ in range(calls * (ROUNDS + 1))]
    with tempfile.TemporaryDirectory() as folder, Transport(TransportSettings()) as transport:
        sign = plugin(Path(folder))
        with fund(answers, signed(sign)) as url:
            workshop.parties.client._transport = transport  # noqa: SLF001 - the workshop's own goes nowhere
            settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_external=True)
            client = zeep.Client(str(messages.WSDL), wsse=sign, settings=settings)  # type: ignore[no-untyped-call] # the same
            (binding,) = client.wsdl.bindings
            service = client.create_service(binding, f"{url}/bare")  # type: ignore[no-untyped-call] # the same
            sender = samples.sender(Kind.PUT_VISIT)

            def bare() -> None:
                values = messages.request(Kind.PUT_VISIT, Software(), sender, visit, samples.NUMBERS)
                assert service.putVisit(**values).status == "REGISTERED"

            def ours() -> None:
                prepared = workshop.client.prepare(Kind.PUT_VISIT, sender, visit, samples.NUMBERS, MOMENT)
                exchange = workshop.client.send(prepared, endpoint=f"{url}/ours", moment=MOMENT)
                assert exchange.outcome is Outcome.ANSWERED, exchange.fault_text

            pair = in_turn(ours, bare, calls=calls, clock=time.process_time)
            tell("exchange", f"putVisit, CPU a message, {pair}", pair.cost, "≤ 1")


if __name__ == "__main__":
    main()
