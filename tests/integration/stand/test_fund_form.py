"""What is wrong with a request's form, and the Fault that it gets: in the order of the checks, and nothing is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from lxml import etree

from ers_sync.fss import encryption, signature
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.keyring import Key
from ers_sync.fss.profile import Placement, Role
from ers_sync.fss.xml import DS, ERS, SOAP, WSSE, to_base64
from ers_sync.stand.fund.keys import FUND_INN, FUND_OGRN, certificate_file
from ers_sync.stand.fund.process import FundProcess
from ers_sync.stand.pki import TestAuthority

from .fund_support import MOMENT, OGRN, OTHER, Hospital, with_certificate

Keys = tuple[Path, TestAuthority]


def refused(hospital: Hospital, wire: bytes, action: str = "putVisit") -> tuple[int, str, str]:
    before = hospital.fund.loaded()
    reply = hospital.post(wire, action)
    assert hospital.fund.loaded() == before
    return reply.status, reply.fault, reply.code


DECRYPT = (500, "decryptFault", "E_0200")
SIGNATURE = (500, "digitalSignFault", "E_0100")
INVALID = (500, "invalidDataFault", "E_0200")


@pytest.mark.parametrize(
    "wire", [b"", b"<a/>", b"garbage", f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body/></s:Envelope>'.encode()]
)
def test_no_encrypted_message(tenant: Hospital, wire: bytes) -> None:
    assert refused(tenant, wire) == DECRYPT


def test_signed_but_not_encrypted(tenant: Hospital) -> None:
    assert refused(tenant, tenant.sign(tenant.body())) == DECRYPT


def test_encrypted_for_somebody_else(tenant: Hospital) -> None:
    assert refused(tenant, tenant.encrypt(tenant.sign(tenant.body()), tenant.key.certificate)) == DECRYPT


def test_the_outer_certificate_is_not_the_funds(tenant: Hospital) -> None:
    signed = tenant.sign(tenant.body())
    wire = encryption.encrypt(
        signed,
        profile=replace(tenant.profile, placement=Placement.V1),
        provider=tenant.key.provider,
        sender=tenant.key.certificate,
        recipient=tenant.fund_certificate,
    )
    assert refused(tenant, wire) == DECRYPT


def test_changed_after_signing(tenant: Hospital) -> None:
    signed = tenant.sign(tenant.body())
    assert refused(tenant, tenant.encrypt(signed.replace(b"2026-06-01", b"2026-06-02"))) == SIGNATURE


def test_not_signed(tenant: Hospital) -> None:
    unsigned = etree.tostring(tenant.body().getroottree())
    assert refused(tenant, tenant.encrypt(unsigned)) == SIGNATURE


def test_signed_by_another_key_than_the_certificates(tenant: Hospital, shared: tuple[FundProcess, Path]) -> None:
    stolen = certificate_file(shared[1] / "keys", OTHER).read_bytes()
    assert (
        refused(tenant, tenant.encrypt(tenant.sign(tenant.body(), with_certificate(tenant.key, stolen)))) == SIGNATURE
    )


def test_certificate_of_another_authority(tenant: Hospital) -> None:
    assert refused(tenant, _by(tenant, TestAuthority.create("rsa", MOMENT))) == SIGNATURE


def _by(hospital: Hospital, authority: TestAuthority, ogrn: str = OGRN) -> bytes:
    """The right message, signed by a new key that an authority issued."""
    pair = authority.issue("ЦГБ", ogrn, "6658021402")
    key = Key(ogrn, Role.MO, read_certificate(pair.certificate_pem), make_provider("rsa", pair.private_key_pem))
    return hospital.encrypt(hospital.sign(hospital.body(), key))


def test_a_second_certificate_of_the_authority_is_as_good(tenant: Hospital, rsa_keys: Keys) -> None:
    """And tells that the refusals around it are for what they say: only its SOAPAction is wrong."""
    assert refused(tenant, _by(tenant, rsa_keys[1]), "getErsData") == INVALID


def test_certificate_of_another_hospital(tenant: Hospital, rsa_keys: Keys) -> None:
    assert refused(tenant, _by(tenant, rsa_keys[1], OTHER)) == SIGNATURE


def test_revoked_certificate(tenant: Hospital, shared: tuple[FundProcess, Path]) -> None:
    revoked = shared[1] / "revoked.txt"
    revoked.write_text(f"{tenant.key.certificate.serial:x}\n")
    wire = tenant.encrypt(tenant.sign(tenant.body()))
    assert refused(tenant, wire) == SIGNATURE
    revoked.write_text("")
    assert refused(tenant, wire, "createErs") == INVALID  # now only its SOAPAction is wrong


def test_expired_by_the_business_clock(tenant: Hospital) -> None:
    wire = tenant.encrypt(tenant.sign(tenant.body()))
    tenant.fund.set_clock("2036-06-16T12:00:00+05:00")
    assert refused(tenant, wire) == SIGNATURE
    tenant.fund.set_clock("2016-06-14T12:00:00+05:00")
    assert refused(tenant, wire) == SIGNATURE
    tenant.fund.set_clock(MOMENT.isoformat())
    assert refused(tenant, wire, "createErs") == INVALID


@pytest.mark.parametrize(
    "actor", ["http://eln.fss.ru/actor/mo/1036602336728", "somebody", "http://eln.fss.ru/actor/mo/1026602336727/ceo"]
)
def test_actor(tenant: Hospital, actor: str) -> None:
    assert refused(tenant, tenant.encrypt(tenant.sign(tenant.body(), actor=actor))) == SIGNATURE


def test_id_of_the_body(tenant: Hospital) -> None:
    assert refused(tenant, tenant.encrypt(tenant.sign(tenant.body(body_id=f"OGRN_{OTHER}")))) == SIGNATURE


def test_speaking_for_another_hospital(tenant: Hospital) -> None:
    """Its own certificate, the other one's ОГРН everywhere else."""
    body = tenant.body(ogrn=OTHER, body_id=f"OGRN_{OTHER}")
    actor = f"http://eln.fss.ru/actor/mo/{OTHER}"
    assert refused(tenant, tenant.encrypt(tenant.sign(body, actor=actor))) == SIGNATURE


def test_two_signatures_where_one_is_wanted(tenant: Hospital) -> None:
    signers = [tenant.key.signer(tenant.profile.actors[role].format(ogrn=OGRN)) for role in (Role.MO, Role.HEAD)]
    signed = signature.sign(tenant.body(), tenant.profile, signers)
    assert refused(tenant, tenant.encrypt(signed)) == SIGNATURE


def _without_shown(signed: bytes) -> bytes:
    head, _, rest = signed.partition(b"<ds:X509Certificate>")
    return head + rest.partition(b"</ds:X509Certificate>")[2]


def test_the_header_shows_no_certificate(tenant: Hospital) -> None:
    assert refused(tenant, tenant.encrypt(_without_shown(tenant.sign(tenant.body())))) == SIGNATURE


def test_the_header_shows_somebody_elses_certificate(tenant: Hospital, rsa_keys: Keys) -> None:
    """The answer would be readable for a stranger: the Header is not covered by the signature."""
    stranger = read_certificate(certificate_file(rsa_keys[0], OTHER).read_bytes())
    shown = f"<ds:X509Certificate>{to_base64(stranger.der)}</ds:X509Certificate>".encode()
    signed = _without_shown(tenant.sign(tenant.body()))
    position = signed.index(b"</soapenv:Header>")
    assert refused(tenant, tenant.encrypt(signed[:position] + shown + signed[position:])) == SIGNATURE


def test_the_funds_own_certificate_is_no_hospitals(tenant: Hospital, rsa_keys: Keys) -> None:
    pair = rsa_keys[1].issue("Фонд", FUND_OGRN, FUND_INN)
    key = Key(OGRN, Role.MO, read_certificate(pair.certificate_pem), make_provider("rsa", pair.private_key_pem))
    assert refused(tenant, tenant.encrypt(tenant.sign(tenant.body(), key))) == SIGNATURE


def _change(change: Callable[[etree._Element], None]) -> Callable[[Hospital], bytes]:
    def make(hospital: Hospital) -> bytes:
        body = hospital.body()
        change(body[0])
        return hospital.encrypt(hospital.sign(body))

    return make


def _find(root: etree._Element, name: str) -> etree._Element:
    found = root.find(f".//{{{ERS}}}{name}")
    assert found is not None
    return found


def _drop(name: str) -> Callable[[Hospital], bytes]:
    def change(root: etree._Element) -> None:
        found = _find(root, name)
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return _change(change)


def _text(name: str, text: str) -> Callable[[Hospital], bytes]:
    return _change(lambda root: setattr(_find(root, name), "text", text))


@pytest.mark.parametrize(
    "make",
    [
        _drop("systemInfo"),
        _drop("visitId"),
        _drop("residenceAddress"),
        _text("ersNumber", "123"),
        _text("visitDate", "01.06.2026"),
        _text("pregnancyDays", "7"),
        _text("inn", "665802140"),
        _change(lambda root: root.append(etree.Element("{urn:example}more"))),
        _change(lambda root: setattr(root, "tag", "putVisitRequest")),
        _change(lambda root: setattr(root, "tag", f"{{{ERS}}}putVisitResponse")),
        _change(lambda root: setattr(root, "tag", f"{{{ERS}}}putTicketsPayRequest")),
        _change(lambda root: root.addnext(etree.Element(f"{{{ERS}}}putVisitRequest"))),
    ],
)
def test_not_by_the_schema(tenant: Hospital, make: Callable[[Hospital], bytes]) -> None:
    assert refused(tenant, make(tenant)) == INVALID


@pytest.mark.parametrize("action", ["", "createErs", "putVisitRequest"])
def test_soap_action_of_another_operation(tenant: Hospital, action: str) -> None:
    assert refused(tenant, tenant.encrypt(tenant.sign(tenant.body())), action) == INVALID


def test_a_fault_quotes_nothing_of_the_message(tenant: Hospital) -> None:
    reply = tenant.post(_text("visitDate", "Иванова")(tenant))
    assert "Иванова" not in reply.body.decode()
    assert "visitDate" in reply.body.decode()


def test_wrapping(tenant: Hospital) -> None:
    """The signed Body hidden in the Header, a forged one in its place."""
    signed = tenant.sign(tenant.body())
    start, end = signed.index(b"<soapenv:Body"), signed.index(b"</soapenv:Body>") + len(b"</soapenv:Body>")
    body = signed[start:end]
    forged = body.replace(b"2026-06-01", b"2026-06-02")
    position = signed.index(b"</soapenv:Header>")
    wrapped = signed[:position] + body + signed[position:start] + forged + signed[end:]
    assert refused(tenant, tenant.encrypt(wrapped)) == SIGNATURE


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_other_methods(tenant: Hospital, method: str) -> None:
    assert httpx.request(method, tenant.fund.url, trust_env=False).status_code in {405, 501}


def test_an_answer_is_signed_by_the_fund_and_for_the_sender_only(tenant: Hospital) -> None:
    body = tenant.body()
    wire = tenant.encrypt(tenant.sign(body))
    reply = tenant.post(wire)
    found = encryption.find_encrypted(etree.fromstring(reply.body))
    assert (reply.status, found is not None) == (200, True)
    assert found is not None
    opened = etree.fromstring(encryption.decrypt(found, profile=tenant.profile, providers=[tenant.key.provider]))
    assert opened.findtext(f"{{{SOAP}}}Header/{{{DS}}}X509Certificate") == to_base64(tenant.fund_certificate.der)
    security = opened.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    assert security is not None
    assert security.get(f"{{{SOAP}}}actor") == f"http://eln.fss.ru/actor/fss/ca/{FUND_OGRN}"
