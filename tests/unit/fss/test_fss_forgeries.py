"""Every forgery of a signed envelope fails for what it changes, with its own reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ers_sync.fss import xml
from ers_sync.fss.profile import EXCLUSIVE
from ers_sync.fss.signature import SignatureError
from ers_sync.fss.xml import DS, WSSE, WSU

from .editing import body_of, edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.fss.conftest import World

ENVELOPE = b"<soapenv:Envelope "


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


@pytest.mark.parametrize("mark", [b"=", b"<"])
def test_the_shortest_document_with_too_much_markup(mark: bytes) -> None:
    fits, crowded = (b"<a>" + mark * (many - 2) + b"</a>" for many in (xml.MAX_MARKUP, xml.MAX_MARKUP + 1))
    with pytest.raises(xml.XmlError, match="too large"):
        xml.parse(crowded)
    if mark == b"=":
        assert xml.parse(fits).tag == "a"


def test_a_schema_hint_is_refused(world: World) -> None:
    hint = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://localhost/x.xsd" '
    with pytest.raises(SignatureError, match="schema of its own"):
        world.verify(world.signed().replace(ENVELOPE, ENVELOPE + hint, 1))
