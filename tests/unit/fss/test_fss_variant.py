"""The Fund's own WSDL can take the place of ours: a service of another form needs its files and a mapping, and nothing else differs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

from ers_sync.domain.content import Kind
from ers_sync.domain.matching import Certificate, CertificateStatus
from ers_sync.fss import signature
from ers_sync.fss.answers import ErsData, Registered, RequestStatus, Result
from ers_sync.fss.client import FundClient, Prepared
from ers_sync.fss.keyring import Key, Keyring
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.profile import Role
from ers_sync.fss.transport import Reply, Transport

from . import variant
from .answering import MOMENT, OGRN, REQUEST_ID, RESULT, SNILS, Canned, Parties
from .samples import CONTENTS, NUMBERS, sender

TYPES = "urn:ru:fss:ers:types:v02"
SCHEMA = etree.XMLSchema(etree.parse(str(variant.WSDL.with_name("types.xsd"))))


class Seen(Canned):
    """Keeps the SOAPAction."""

    action = ""

    def post(self, url: str, body: bytes, soap_action: str) -> Reply:
        self.action = soap_action
        return super().post(url, body, soap_action)


@pytest.fixture(scope="module")
def parties() -> Parties:
    """The parties of the other tests; only the service of the client is another."""
    made = Parties(carrier=Seen())
    key = Key(OGRN, Role.MO, made.hospital.certificate, made.hospital.provider)
    keyring = Keyring([key], [made.fund.certificate])
    made.__dict__["client"] = FundClient(made.profile, keyring, cast("Transport", made.carrier), service=variant)
    return made


def body(parties: Parties, prepared: Prepared) -> etree._Element:
    """The only element of a signed Body, valid by the variant's schema."""
    verified = signature.verify(
        prepared.signed,
        profile=parties.profile,
        provider=parties.fund.provider,
        trusted=[parties.hospital.certificate],
        moment=MOMENT,
    )
    root = verified.body[0]
    SCHEMA.assertValid(etree.fromstring(etree.tostring(root)))
    return root


ROOTS = {Kind.CREATE_ERS: "registerErsMessage", Kind.PUT_VISIT: "appointmentNotice"}


@pytest.mark.parametrize("kind", Kind)
def test_requests_of_every_kind(parties: Parties, kind: Kind) -> None:
    prepared = parties.client.prepare(kind, sender(kind), CONTENTS[kind], NUMBERS, MOMENT)
    assert prepared.operation == variant.OPERATIONS[kind]
    root = body(parties, prepared)
    assert root.tag == f"{{{TYPES}}}{ROOTS.get(kind, f'{prepared.operation}Request')}"
    assert root.findtext(f".//{{{TYPES}}}softwareVersion")


def judged(parties: Parties, prepared: Prepared, payload: str) -> Any:
    return parties.judge(parties.sealed(parties.signed(payload)), asked=prepared)


def test_a_put_is_registered(parties: Parties) -> None:
    kind = Kind.PUT_VISIT
    prepared = parties.client.prepare(kind, sender(kind), CONTENTS[kind], NUMBERS, MOMENT)
    payload = f'<appointmentReceipt xmlns="{TYPES}"><receipt><uuid>{REQUEST_ID}</uuid></receipt></appointmentReceipt>'
    assert judged(parties, prepared, payload).answer == Registered(REQUEST_ID, RequestStatus.REGISTERED)
    assert cast("Seen", parties.carrier).action == "urn:sendAppointment"


def result(id_: str = REQUEST_ID) -> str:
    failure = "<failure><number>1204</number><text>нет договора</text></failure>"
    return (
        f'<getResultByIdResponse xmlns="{TYPES}"><state>PROCESSING_ERROR</state>{failure}<uuid>{id_}</uuid>'
        "</getResultByIdResponse>"
    )


def test_a_result_of_another_shape(parties: Parties) -> None:
    prepared = parties.client.ask_result(sender(), kind=Kind.CREATE_ERS, request_id=REQUEST_ID, moment=MOMENT)
    assert body(parties, prepared).findtext(f"{{{TYPES}}}requestType") == "registerErs"
    exchange = judged(parties, prepared, result())
    assert exchange.answer == Result(REQUEST_ID, RequestStatus.PROCESSING_ERROR, None, (("1204", "нет договора"),))
    assert judged(parties, prepared, result(REQUEST_ID.replace("0a", "0b"))).outcome is Outcome.UNVERIFIABLE
    assert judged(parties, prepared, RESULT).outcome is Outcome.UNVERIFIABLE  # the form that we know now


def test_certificates(parties: Parties) -> None:
    prepared = parties.client.ask(sender(), ers_identifier=SNILS, moment=MOMENT)
    body(parties, prepared)
    hospital = f"<medicalOrganization><ogrn>{OGRN}</ogrn></medicalOrganization>"
    one = (
        f"<ersNumber>0123456789</ersNumber><createDate>2026-01-02</createDate><status>OPEN</status>{hospital}<person/>"
    )
    payload = f'<getErsDataResponse xmlns="{TYPES}"><ers><storage>{one}</storage></ers></getErsDataResponse>'
    assert judged(parties, prepared, payload).answer == ErsData(
        (Certificate("0123456789", date(2026, 1, 2), CertificateStatus.OPEN, OGRN, None),)
    )


@pytest.mark.parametrize("qualified", [True, False])
def test_a_schema_in_two_files_that_may_leave_local_elements_unqualified(
    parties: Parties, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qualified: bool
) -> None:
    """`elementFormDefault` is unqualified where a schema does not say: then only the root bears the namespace."""
    text = variant.WSDL.with_name("types.xsd").read_text("utf-8")
    head, _, rest = text.partition("<xs:simpleType")
    simple, _, complex_ = f"<xs:simpleType{rest}".partition("<xs:complexType")
    types = f'{head}<xs:include schemaLocation="simple.xsd"/><xs:complexType{complex_}'
    types = types if qualified else types.replace(' elementFormDefault="qualified"', "")
    for name, content in (("types.xsd", types), ("simple.xsd", f"{head}{simple}</xs:schema>")):
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "service.wsdl").write_bytes(variant.WSDL.read_bytes())
    monkeypatch.setattr(variant, "WSDL", tmp_path / "service.wsdl")
    key = Key(OGRN, Role.MO, parties.hospital.certificate, parties.hospital.provider)
    keyring = Keyring([key], [parties.fund.certificate])
    client = FundClient(parties.profile, keyring, cast("Transport", parties.carrier), service=variant)

    schema = etree.XMLSchema(etree.parse(str(tmp_path / "types.xsd")))
    for kind in Kind:
        prepared = client.prepare(kind, sender(kind), CONTENTS[kind], NUMBERS, MOMENT)
        root = etree.fromstring(prepared.signed)[1][0]
        schema.assertValid(etree.fromstring(etree.tostring(root)))
        assert {etree.QName(element).namespace for element in root.iter()} == ({TYPES} if qualified else {TYPES, None})
