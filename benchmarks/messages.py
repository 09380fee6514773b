"""A message on its way out and in, against the cryptography alone of the same bytes by the same provider, on one core.

    .venv/bin/python -m benchmarks.messages [--quick] [--provider engine] [--profile OPERATION]

Out: the domain's content → elements → XSD → signature → encryption → bytes; bare: two digests, the signature, the session key's wrapping,
the cipher. In: bytes → decryption → signature → XSD → our answer; bare: unwrapping, the cipher, two digests, the signature's check.
"""

from __future__ import annotations

import cProfile
import pstats
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import geometric_mean
from typing import Any, cast

from lxml import etree

from benchmarks.measuring import arguments, in_turn, tell
from ers_sync.domain.content import Kind
from ers_sync.fss import encryption, signature, xml
from ers_sync.fss.client import Exchange, Prepared
from ers_sync.fss.crypto.provider import Sealed
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.transport import NeverSentError, Reply
from ers_sync.fss.xml import DS, ERS, SOAP, XENC
from tests.unit.fss import answering, samples
from tests.unit.fss.answering import MOMENT, REQUEST_ID, RESULT, SNILS, Parties

REACH = "≥ 0.6"
_LARGE_BODY = 5.8 * 1024
_ORGANIZATION = "<medicalOrganization><orgName>ГБУЗ «ЦГБ»</orgName><ogrn>1026602336727</ogrn></medicalOrganization>"
# a certificate at the end of a pregnancy: two talons, fourteen visits
_DATA = (
    f'<getErsDataResponse xmlns="{ERS}"><ers><storage><ersNumber>0123456789</ersNumber><createDate>2026-01-12</createDate>'
    f"<status>OPEN</status>{_ORGANIZATION}<person><birthdate>1994-05-06</birthdate><firstName>Мария</firstName>"
    f"<secondName>Петрова</secondName><snils><snils>{SNILS}</snils></snils></person><tickets>"
    + "".join(
        f"<storage><ticketType>{n}</ticketType><createDate>2026-02-2{n}</createDate><status>PROCESSED</status>"
        f"{_ORGANIZATION}</storage>"
        for n in (1, 2)
    )
    + "</tickets><visits>"
    + "".join(
        f"<storage><visitId>{n}</visitId><visitDate>2026-02-{n:02}</visitDate>{_ORGANIZATION}</storage>"
        for n in range(1, 15)
    )
    + "</visits></storage></ers></getErsDataResponse>"
)


class Nowhere:
    """A transport that goes nowhere and keeps what it was to send."""

    wire = b""

    def post(self, url: str, body: bytes, soap_action: str) -> Reply:  # noqa: ARG002 - as `Transport.post`
        self.wire = body
        raise NeverSentError("nowhere")


@dataclass(frozen=True)
class Message:
    """One message: what is asked for, and the whole answer to it as it comes over the wire."""

    name: str
    prepare: Callable[[], Prepared]
    answer: bytes


class Workshop:
    """A hospital with its client, the Fund's key to answer with, and a message of every operation."""

    def __init__(self, provider: str) -> None:
        self.carrier = Nowhere()
        self.parties = Parties(provider, cast("answering.Canned", self.carrier))
        self.client = self.parties.client

    def messages(self) -> Iterator[Message]:
        for kind, content in samples.CONTENTS.items():
            yield self.put(kind, content, kind.value)
        yield self.put(Kind.PUT_TICKET3, self._large(), "put_ticket3 5.8 KiB")
        sender, client = self.parties.sender, self.client
        yield self._message("get_data", lambda: client.ask(sender, ers_identifier=SNILS, moment=MOMENT), _DATA)
        ask = lambda: client.ask_result(sender, kind=Kind.PUT_VISIT, request_id=REQUEST_ID, moment=MOMENT)  # noqa: E731
        yield self._message("get_result", ask, RESULT)

    def _prepare(self, kind: Kind, content: Any) -> Prepared:
        sender = samples.sender(kind)
        return self.client.prepare(kind, sender, content, samples.NUMBERS, MOMENT)

    def put(self, kind: Kind, content: Any, name: str) -> Message:
        operation = self._prepare(kind, content).operation
        given = f"<requestId>{uuid.uuid4()}</requestId><status>REGISTERED</status>"
        answer = f'<{operation}Response xmlns="{ERS}">{given}</{operation}Response>'
        return self._message(name, lambda: self._prepare(kind, content), answer)

    def _large(self) -> Any:
        """Return a talon 3 with as many children as make a body of 5.8 KiB."""
        many = 2
        while True:
            content = samples.CONTENTS[Kind.PUT_TICKET3] | {"children": [samples.CHILD] * many}
            if len(body_of(self._prepare(Kind.PUT_TICKET3, content).signed)) >= _LARGE_BODY:
                return content
            many += 1

    def _message(self, name: str, prepare: Callable[[], Prepared], answer: str) -> Message:
        fund, profile = self.parties.fund, self.parties.profile
        body = signature.new_envelope(profile.body_id.format(ogrn=answering.FUND))
        body.append(etree.fromstring(answer))
        signed = signature.sign(body, profile, [fund])
        wire = encryption.encrypt(
            signed,
            profile=profile,
            provider=fund.provider,
            sender=fund.certificate,
            recipient=self.parties.hospital.certificate,
        )
        return Message(name, prepare, wire)

    def out(self, message: Message) -> bytes:
        self.client.send(message.prepare(), endpoint="http://fund/", moment=MOMENT)
        return self.carrier.wire

    def into(self, message: Message, prepared: Prepared) -> Exchange:
        now = datetime.now(UTC)
        asked = Exchange(prepared.operation, "http://fund/", "fund", now, now, Outcome.PERHAPS_ACCEPTED)
        reply = Reply(200, {"content-type": "text/xml"}, message.answer)
        # the private way, because the public one sends as well
        return self.client._judge(prepared, asked, reply, MOMENT)  # noqa: SLF001

    def bare_out(self, message: Message) -> Callable[[], object]:
        """Return the cryptography of that message alone."""
        signed = message.prepare().signed
        body, info = body_of(signed), info_of(signed)
        provider, recipient = self.parties.hospital.provider, self.parties.fund.certificate.spki_der

        def bare() -> None:
            provider.digest(body)
            provider.sign_digest(provider.digest(info))
            provider.encrypt(signed, recipient)

        return bare

    def bare_in(self, message: Message) -> Callable[[], object]:
        """Return the cryptography of its answer alone."""
        key, content = (
            xml.from_base64(value) for value in etree.fromstring(message.answer).iter(f"{{{XENC}}}CipherValue")
        )
        provider, spki = self.parties.hospital.provider, self.parties.fund.certificate.spki_der
        signed = provider.decrypt(Sealed(key, content))
        body, info = body_of(signed), info_of(signed)
        (stated,) = (xml.from_base64(value) for value in etree.fromstring(signed).iter(f"{{{DS}}}SignatureValue"))

        def bare() -> None:
            provider.decrypt(Sealed(key, content))
            provider.digest(body)
            assert provider.verify_digest(spki, provider.digest(info), stated)

        return bare


def body_of(signed: bytes) -> bytes:
    body = etree.fromstring(signed).find(f"{{{SOAP}}}Body")
    assert body is not None
    return xml.canonical(body, with_comments=False)


def info_of(signed: bytes) -> bytes:
    (info,) = etree.fromstring(signed).iter(f"{{{DS}}}SignedInfo")
    return xml.canonical(info, with_comments=True)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--provider", default="engine")
    parser.add_argument(
        "--profile", metavar="MESSAGE", help="instead of measuring, show where the time of one message goes"
    )
    options = parser.parse_args()
    workshop = Workshop(options.provider)
    if options.profile:
        show(workshop, options.profile)
        return
    calls, rounds = (20, 7) if options.quick else (30, 35)  # short turns: the machine's pace changes by the second
    ratios: dict[str, list[float]] = {"out": [], "in": []}
    for message in workshop.messages():
        prepared = message.prepare()
        assert workshop.into(message, prepared).outcome is Outcome.ANSWERED
        sizes = {"out": len(body_of(prepared.signed)), "in": len(message.answer)}
        sides: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "out": (lambda m=message: workshop.out(m), workshop.bare_out(message)),  # type: ignore[misc] # a default binds now
            "in": (lambda m=message, p=prepared: workshop.into(m, p), workshop.bare_in(message)),  # type: ignore[misc] # the same
        }
        for way, (ours, bare) in sides.items():
            pair = in_turn(ours, bare, rounds=rounds, calls=calls, clock=time.process_time)
            ratios[way].append(1 / pair.cost)
            what = "body" if way == "out" else "wire"
            tell("messages", f"{message.name} {way}, {what} {sizes[way]} bytes, {pair}", 1 / pair.cost, REACH)
    for way, found in ratios.items():
        tell("messages", f"all {way}, geometric mean", geometric_mean(found), REACH)


def show(workshop: Workshop, name: str) -> None:
    message = next(message for message in workshop.messages() if message.name == name)
    prepared = message.prepare()
    for way in (lambda: workshop.out(message), lambda: workshop.into(message, prepared)):
        way()
        with cProfile.Profile() as profile:
            for _ in range(1000):
                way()
        pstats.Stats(profile).sort_stats("tottime").print_stats(28)


if __name__ == "__main__":
    main()
