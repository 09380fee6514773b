"""A signature is accepted only over the one Body, by a pinned certificate, in the one form of the profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import xmlsec
from lxml import etree

from ers_sync.fss import signature, xml
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS, GOST, Placement
from ers_sync.fss.signature import SignatureError
from ers_sync.fss.xml import DS, SOAP, WSSE, WSU
from ers_sync.stand.pki import TestAuthority

from .editing import body_of

if TYPE_CHECKING:
    from tests.unit.fss.conftest import World

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_was_signed_is_read(world: World) -> None:
    verified = world.verify(world.signed("Щёлково & < > \r\n\t\"'"))
    assert verified.body[0][0].text == "Щёлково & < > \r\n\t\"'"
    assert verified.signers == (("http://eln.fss.ru/actor/mo/1026602336727", world.hospital.certificate),)
    assert verified.body.getroottree().getroot()[1] is verified.body


def test_two_signers(world: World) -> None:
    body = signature.new_envelope("OGRN_1026602336727")
    etree.SubElement(body, "{urn:example}message")
    signers = [world.hospital.signer("http://a/mo"), world.head.signer("http://a/mo/ceo")]
    data = signature.sign(body, world.profile, signers)
    both = [world.hospital.certificate, world.head.certificate]
    verified = world.verify(data, trusted=both)
    assert [actor for actor, _ in verified.signers] == ["http://a/mo", "http://a/mo/ceo"]
    assert [certificate for _, certificate in verified.signers] == both
    with pytest.raises(SignatureError, match="not one of the trusted"):
        world.verify(data)  # every block must be right, not one of them


def test_the_form_of_the_block(world: World) -> None:
    root = etree.fromstring(world.signed())
    block = xml.only_child(root[0], f"{{{WSSE}}}Security")
    token = xml.only_child(block, f"{{{WSSE}}}BinarySecurityToken")
    assert block.get(f"{{{SOAP}}}actor") == token.get(f"{{{WSU}}}Id") == "http://eln.fss.ru/actor/mo/1026602336727"
    assert root[1].get(f"{{{WSU}}}Id") == "OGRN_1026602336727"
    reference = block.find(f".//{{{DS}}}Reference")
    assert reference is not None
    assert reference.get("URI") == "#OGRN_1026602336727"
    methods = [element.get("Algorithm") for element in block.iter(f"{{{DS}}}SignatureMethod", f"{{{DS}}}DigestMethod")]
    assert methods == [world.profile.suites[0].signature, world.profile.suites[0].digest]
    shown = root[0].find(f"{{{DS}}}X509Certificate")
    assert shown is not None  # placement v2
    assert xml.from_base64(shown) == world.hospital.certificate.der


@pytest.mark.parametrize("algorithm", [EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS])
def test_comments_are_signed_as_the_algorithm_says(world: World, algorithm: str) -> None:
    """In SignedInfo; in the Body never, because a reference by id leaves them out (XML Signature, 4.4.3.3). xmlsec thinks the same."""
    profile = replace(world.profile, canonicalization=algorithm)
    body = signature.new_envelope("OGRN_1026602336727")
    etree.SubElement(body, "{urn:example}message").append(etree.Comment("x"))
    data = signature.sign(body, profile, [world.hospital.signer()])
    assert data.count(f'Algorithm="{algorithm}"'.encode()) == 2
    without = data.replace(b"<!--x-->", b"")
    assert without != data
    assert world.verify(without, profile=profile).signers
    inside = without.replace(b"<ds:SignedInfo>", b"<ds:SignedInfo><!--x-->")
    with pytest.raises(SignatureError, match="comments"):
        world.verify(inside, profile=profile)  # whatever the algorithm: nobody needs them
    kept = b"<!--x-->" in xml.canonical(etree.fromstring(inside), with_comments=profile.with_comments)
    assert kept is (algorithm == EXCLUSIVE_WITH_COMMENTS)
    if world.profile is not GOST:
        assert [by_xmlsec(world, text) for text in (data, without, inside)] == [True, True, not kept]


def test_placement_v1_shows_no_certificate_inside(world: World) -> None:
    v1 = replace(world, profile=replace(world.profile, placement=Placement.V1))
    data = v1.signed()
    assert b"X509Certificate" not in data
    v1.verify(data)


def test_power_of_attorney_stands_outside_signed_info(world: World) -> None:
    body = signature.new_envelope("OGRN_1026602336727")
    etree.SubElement(body, "{urn:example}message")
    data = signature.sign(body, world.profile, [replace(world.hospital.signer(), power_of_attorney="f00-ba")])
    world.verify(data)
    signed = xml.parse(data).find(f".//{{{DS}}}Signature")
    assert signed is not None
    path = (
        f"{{{DS}}}Object/{{urn:ru:fss:integration:types:signature:v01}}authority/"
        "{urn:ru:fss:integration:types:mchd:v01}powerOfAttorneyLink/{urn:ru:fss:integration:types:mchd:v01}uuid"
    )
    assert signed.findtext(path) == "f00-ba"


def test_a_key_of_512_bits_signs_with_its_own_suite() -> None:
    authority = TestAuthority.create("gost", MOMENT)
    pair = authority.issue("МО", "1026602336727", "6658021402", bits=512)
    certificate = read_certificate(pair.certificate_pem)
    signer = signature.Signer("http://a", certificate, make_provider("pure", pair.private_key_pem))
    body = signature.new_envelope("id")
    data = signature.sign(body, GOST, [signer])
    assert b"gostr34102012-gostr34112012-512" in data
    reader = make_provider("pure", authority.issue("Фонд", "1027739443236", "7736056647").private_key_pem)
    assert signature.verify(data, profile=GOST, provider=reader, trusted=[certificate], moment=MOMENT).signers


@pytest.mark.parametrize("years", [-11, 11])
def test_an_expired_certificate(world: World, years: int) -> None:
    with pytest.raises(SignatureError, match="not valid at this time"):
        world.verify(world.signed(), moment=world.moment + timedelta(days=365 * years))


def test_another_certificate(world: World) -> None:
    with pytest.raises(SignatureError, match="not one of the trusted"):
        world.verify(world.signed(), trusted=[world.fund.certificate])


def test_a_pinned_certificate_over_another_key(world: World) -> None:
    """A signature by one pinned key that shows another pinned certificate."""
    forged = signature.Signer("http://a", world.head.certificate, world.hospital.provider)
    body = signature.new_envelope("id")
    data = signature.sign(body, world.profile, [forged])
    with pytest.raises(SignatureError, match="signature is wrong"):
        world.verify(data, trusted=[world.head.certificate, world.hospital.certificate])


def test_another_profile(world: World) -> None:
    other = replace(world.profile, suites=())
    with pytest.raises(SignatureError, match="algorithm of the signature"):
        world.verify(world.signed(), profile=other)


def test_xmlsec_accepts_what_we_sign_with_rsa(world: World) -> None:
    if world.profile is GOST:
        return  # xmlsec knows no GOST
    assert by_xmlsec(world, world.signed())


def by_xmlsec(world: World, data: bytes) -> bool:
    """What another implementation of XML Signature thinks of it."""
    root = etree.fromstring(data)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(world.hospital.pair.certificate_pem, xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(body_of(root), "Id", WSU)
    signed = root.find(f".//{{{DS}}}Signature")
    assert signed is not None
    try:
        context.verify(signed)
    except xmlsec.Error:
        return False
    return True


def test_a_block_uses_the_prefixes_of_the_envelope(world: World) -> None:
    """A declaration of its own in SignedInfo would do no harm, but a Fund that compares with its own form would stumble."""
    signed = world.signed()
    for prefix in (b"ds", b"wsse", b"wsu", b"soapenv"):
        assert signed.count(b"xmlns:" + prefix + b"=") == 1
