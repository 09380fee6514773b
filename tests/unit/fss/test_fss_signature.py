"""A signature is accepted only over the one Body, by a pinned certificate, in the one form of the profile."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import xmlsec
from lxml import etree

from ers_sync.fss import signature, xml
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import EXCLUSIVE, GOST, Placement
from ers_sync.fss.signature import SignatureError
from ers_sync.fss.xml import DS, SOAP, WSSE, WSU
from ers_sync.stand.pki import TestAuthority

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.fss.conftest import World

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENVELOPE = b"<soapenv:Envelope "


def edit(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(data)
    change(root)
    return etree.tostring(root)


def body_of(root: etree._Element) -> etree._Element:
    return xml.only_child(root, f"{{{SOAP}}}Body")


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


def change_text(root: etree._Element) -> None:
    body_of(root)[0][0].text = "другое"


def change_white_space(root: etree._Element) -> None:
    body_of(root)[0].tail = " "


def move_body_to_header(root: etree._Element) -> None:
    """The wrapping attack: the signed Body is hidden in the Header, a forged one takes its place."""
    forged = etree.fromstring(etree.tostring(body_of(root)))
    forged[0][0].text = "подделка"
    forged.set(f"{{{WSU}}}Id", "another")
    root[0].append(body_of(root))
    root.append(forged)


def move_body_into_wrapper(root: etree._Element) -> None:
    wrapper = etree.SubElement(root, "{urn:example}wrapper")
    forged = etree.fromstring(etree.tostring(body_of(root)))
    wrapper.append(body_of(root))
    root.insert(1, forged)


def second_body(root: etree._Element) -> None:
    root.append(etree.fromstring(etree.tostring(body_of(root))))


def duplicate_id(root: etree._Element) -> None:
    etree.SubElement(root[0], "{urn:example}x", {f"{{{WSU}}}Id": "OGRN_1026602336727"})


def duplicate_plain_id(root: etree._Element) -> None:
    etree.SubElement(root[0], "{urn:example}x", {"Id": "OGRN_1026602336727"})


def remove_body_id(root: etree._Element) -> None:
    del body_of(root).attrib[f"{{{WSU}}}Id"]


def second_reference(root: etree._Element) -> None:
    reference = root.find(f".//{{{DS}}}Reference")
    assert reference is not None
    reference.addnext(etree.fromstring(etree.tostring(reference)))


def reference_elsewhere(root: etree._Element) -> None:
    reference = root.find(f".//{{{DS}}}Reference")
    assert reference is not None
    reference.set("URI", "")


def second_transform(root: etree._Element) -> None:
    transform = root.find(f".//{{{DS}}}Transform")
    assert transform is not None
    transform.addnext(etree.fromstring(etree.tostring(transform)))


def xpath_transform(root: etree._Element) -> None:
    transforms = root.find(f".//{{{DS}}}Transforms")
    assert transforms is not None
    etree.SubElement(transforms, f"{{{DS}}}XPath").text = "false()"


def prefix_list(root: etree._Element) -> None:
    method = root.find(f".//{{{DS}}}CanonicalizationMethod")
    assert method is not None
    etree.SubElement(method, f"{{{EXCLUSIVE}}}InclusiveNamespaces", {"PrefixList": "soapenv"})


def other_canonical_form(root: etree._Element) -> None:
    for element in root.iter(f"{{{DS}}}CanonicalizationMethod", f"{{{DS}}}Transform"):
        element.set("Algorithm", EXCLUSIVE)


def weak_digest(root: etree._Element) -> None:
    method = root.find(f".//{{{DS}}}DigestMethod")
    assert method is not None
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


def weak_signature(root: etree._Element) -> None:
    method = root.find(f".//{{{DS}}}SignatureMethod")
    assert method is not None
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")


def swap_halves(root: etree._Element) -> None:
    value = root.find(f".//{{{DS}}}SignatureValue")
    assert value is not None
    raw = xml.from_base64(value)
    value.text = xml.to_base64(raw[len(raw) // 2 :] + raw[: len(raw) // 2])


def no_base64(root: etree._Element) -> None:
    value = root.find(f".//{{{DS}}}SignatureValue")
    assert value is not None
    value.text = "не base64"


def remove_signature(root: etree._Element) -> None:
    for security in root[0].findall(f"{{{WSSE}}}Security"):
        root[0].remove(security)


def second_signature(root: etree._Element) -> None:
    signed = root.find(f".//{{{DS}}}Signature")
    assert signed is not None
    signed.addnext(etree.fromstring(etree.tostring(signed)))


def signature_in_body(root: etree._Element) -> None:
    signed = root.find(f".//{{{DS}}}Signature")
    assert signed is not None
    body_of(root)[0].append(etree.fromstring(etree.tostring(signed)))


def token_elsewhere(root: etree._Element) -> None:
    pointer = root.find(f".//{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference")
    assert pointer is not None
    pointer.set("URI", "#another")


def comment_in_value(root: etree._Element) -> None:
    value = body_of(root)[0][0]
    value.insert(0, etree.Comment("x"))


def instruction(root: etree._Element) -> None:
    root.insert(0, etree.ProcessingInstruction("php", "x"))


def soap12(root: etree._Element) -> None:
    root.tag = "{http://www.w3.org/2003/05/soap-envelope}Envelope"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (change_text, "changed after it was signed"),
        (change_white_space, "changed after it was signed"),
        (move_body_to_header, "second Body"),
        (move_body_into_wrapper, "Header and a Body"),
        (second_body, "Header and a Body"),
        (duplicate_id, "not unique"),
        (duplicate_plain_id, "not unique"),
        (remove_body_id, "not to the Body"),
        (second_reference, "exactly one Reference"),
        (reference_elsewhere, "not to the Body"),
        (second_transform, "exactly one Transform"),
        (xpath_transform, "algorithm of the digest"),
        (prefix_list, "canonical form"),
        (other_canonical_form, "canonical form"),
        (weak_digest, "algorithm of the digest"),
        (weak_signature, "algorithm of the signature"),
        (swap_halves, "signature is wrong"),
        (no_base64, "not base64"),
        (remove_signature, "one signature"),
        (second_signature, "one signature"),
        (signature_in_body, "one signature"),
        (token_elsewhere, "not to the token"),
        (comment_in_value, "comments"),
        (instruction, "processing instructions"),
        (soap12, "SOAP 1.1"),
    ],
)
def test_forgeries(world: World, change: Callable[[etree._Element], None], reason: str) -> None:
    forged = edit(world.signed(), change)
    with pytest.raises(SignatureError, match=reason):
        world.verify(forged)


def test_an_edit_that_changes_nothing_is_let_pass(world: World) -> None:
    """The forgeries above fail for what they change, not because `edit` serialises anew."""
    assert world.verify(edit(world.signed(), lambda _: None)).signers


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        (b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">', "DTD"),
        (b"<!DOCTYPE x>", "DTD"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>', "DTD"),
        (b"<!-- x -->", "comments"),
        (b"<x/>", "not well-formed"),
    ],
)
def test_prologues(world: World, prefix: bytes, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        world.verify(prefix + world.signed())


def test_an_entity_bomb_is_not_expanded(world: World) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "x">{entities}]>'.encode()
    data = bomb + world.signed().replace("строка".encode(), b"&a8;")
    with pytest.raises(SignatureError, match=r"DTD|not well-formed"):
        world.verify(data)


def test_a_body_below_a_deep_tree_is_refused(world: World) -> None:
    deep = b"<a>" * xml.MAX_DEPTH + b"</a>" * xml.MAX_DEPTH
    data = re.sub(rb"<soapenv:Body[^>]*>", lambda found: found[0] + deep, world.signed())
    with pytest.raises(SignatureError, match="too deep"):
        world.verify(data)


def test_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    data = world.signed()
    monkeypatch.setattr(xml, "MAX_BYTES", len(data) - 1)
    with pytest.raises(SignatureError, match="too large"):
        world.verify(data)


def test_a_schema_hint_is_refused(world: World) -> None:
    hint = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://localhost/x.xsd" '
    with pytest.raises(SignatureError, match="schema of its own"):
        world.verify(world.signed().replace(ENVELOPE, ENVELOPE + hint, 1))


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
    root = etree.fromstring(world.signed())
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(world.hospital.pair.certificate_pem, xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(body_of(root), "Id", WSU)
    signed = root.find(f".//{{{DS}}}Signature")
    assert signed is not None
    context.verify(signed)
