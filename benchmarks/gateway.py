"""A Fund that costs next to nothing: it answers every put after a fixed time with an acknowledgement made beforehand.

So what is measured is the daemon, not the stand-in. Answers are used up: each has a request id of its own.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from ers_sync.context import Context
from ers_sync.fss import encryption, signature
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.stand.fund import answers
from ers_sync.stand.fund.keys import FUND_OGRN

_SHOWN = re.compile(rb"<ds:X509Certificate>([^<]+)<")
_LENGTH = re.compile(rb"content-length: *(\d+)")
Canned = dict[bytes, list[bytes]]


def acknowledgements(context: Context, keys: Path, ogrns: list[str], operation: str, many: int) -> Canned:
    """Return `many` answers for each hospital, by the certificate (base64) that its requests show; `keys` is the stand-in's folder."""
    own = read_certificate((keys / "fund.crt.pem").read_bytes())
    provider = make_provider(context.config.fss.provider, (keys / "fund.key.pem").read_bytes())
    signer = signature.Signer(context.profile.fund_actor.format(ogrn=FUND_OGRN), own, provider)
    canned: Canned = {}
    for ogrn in ogrns:
        reader = read_certificate((keys / f"{ogrn}.crt.pem").read_bytes())
        made = []
        for _ in range(many):
            body = signature.new_envelope(context.profile.body_id.format(ogrn=FUND_OGRN))
            answers.write_registered(body, operation, str(uuid.uuid4()))
            signed = signature.sign(body, context.profile, [signer])
            made.append(
                encryption.encrypt(signed, profile=context.profile, provider=provider, sender=own, recipient=reader)
            )
        canned[b64encode(reader.der)] = made
    return canned


@contextmanager
def gateway(canned: Canned, seconds: float) -> Iterator[str]:
    """Run the Fund in a process of its own that answers after `seconds`, and yield its URL."""
    mine, its = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(its, canned, seconds), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, canned: Canned, seconds: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = int(_found(_LENGTH, head.lower()))
            wire = await reader.readexactly(length)
            await asyncio.sleep(seconds)
            body = canned[_found(_SHOWN, wire)].pop()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await server.serve_forever()

    asyncio.run(serve())


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _found(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"no {pattern.pattern!r}")
    return match[1]
