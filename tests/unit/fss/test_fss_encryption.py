"""The whole signed envelope is encrypted, and comes out byte for byte; whoever is not meant learns nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import xmlsec
from lxml import etree

from ers_sync.fss import encryption, xml
from ers_sync.fss.encryption import EncryptionError
from ers_sync.fss.profile import GOST, Placement
from ers_sync.fss.xml import DS, XENC

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.fss.conftest import World


def encrypted(world: World, data: bytes) -> bytes:
    return encryption.encrypt(
        data,
        profile=world.profile,
        provider=world.hospital.provider,
        sender=world.hospital.certificate,
        recipient=world.fund.certificate,
    )


def opened(world: World, wire: bytes, *parties: str) -> bytes:
    element = encryption.find_encrypted(xml.parse(wire))
    assert element is not None
    providers = [getattr(world, party).provider for party in parties or ("fund",)]
    return encryption.decrypt(element, profile=world.profile, providers=providers)


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 2048, 9000])
def test_there_and_back(world: World, size: int) -> None:
    data = world.signed("я" * size)
    assert opened(world, encrypted(world, data)) == data


def test_an_older_key_still_opens(world: World) -> None:
    data = world.signed()
    assert opened(world, encrypted(world, data), "hospital", "fund") == data


@pytest.mark.parametrize(("placement", "shown"), [(Placement.V1, "hospital"), (Placement.V2, "fund")])
def test_which_certificate_is_shown(world: World, placement: Placement, shown: str) -> None:
    changed = replace(world, profile=replace(world.profile, placement=placement))
    root = etree.fromstring(encrypted(changed, b"<a/>"))
    found = root.find(f".//{{{DS}}}X509Certificate")
    assert found is not None
    assert xml.from_base64(found) == getattr(world, shown).certificate.der


def test_the_form(world: World) -> None:
    wire = encrypted(world, world.signed("тайна"))
    root = etree.fromstring(wire)
    data = encryption.find_encrypted(root)
    assert data is not None
    assert data.get("Type") == "http://www.w3.org/2001/04/xmlenc#Element"
    methods = [element.get("Algorithm") for element in root.iter(f"{{{XENC}}}EncryptionMethod")]
    assert methods == [world.profile.cipher, world.profile.transports[0]]
    assert "тайна".encode() not in wire
    assert len(root[0]) == 0


def wrong_cipher(root: etree._Element) -> None:
    next(root.iter(f"{{{XENC}}}EncryptionMethod")).set("Algorithm", f"{XENC}tripledes-cbc")


def wrong_transport(root: etree._Element) -> None:
    list(root.iter(f"{{{XENC}}}EncryptionMethod"))[1].set("Algorithm", f"{XENC}rsa-1_5")


def second_key(root: etree._Element) -> None:
    key = next(root.iter(f"{{{XENC}}}EncryptedKey"))
    key.addnext(etree.fromstring(etree.tostring(key)))


def flip(position: int, value: int) -> Callable[[etree._Element], None]:
    """Change one byte of the wrapped key (value 0) or of the content (value 1)."""

    def change(root: etree._Element) -> None:
        element = list(root.iter(f"{{{XENC}}}CipherValue"))[value]
        raw = bytearray(xml.from_base64(element))
        raw[position] ^= 0x40
        element.text = xml.to_base64(bytes(raw))

    return change


def empty(value: int) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        list(root.iter(f"{{{XENC}}}CipherValue"))[value].text = ""

    return change


@pytest.mark.parametrize(
    "change", [wrong_cipher, wrong_transport, second_key, flip(-1, 0), flip(60, 0), empty(0), empty(1)]
)
def test_a_damaged_message_is_not_opened(world: World, change: Callable[[etree._Element], None]) -> None:
    root = etree.fromstring(encrypted(world, world.signed()))
    change(root)
    with pytest.raises(EncryptionError):
        opened(world, etree.tostring(root))


def test_one_text_for_every_cause(world: World) -> None:
    texts = set()
    for change in (flip(60, 0), empty(0), empty(1)):
        root = etree.fromstring(encrypted(world, world.signed()))
        change(root)
        with pytest.raises(EncryptionError) as caught:
            opened(world, etree.tostring(root))
        texts.add(str(caught.value))
    with pytest.raises(EncryptionError) as caught:
        opened(world, encrypted(world, world.signed()), "hospital")
    assert texts == {str(caught.value)}


@pytest.mark.parametrize("text", ["<a/>", "<soapenv:Envelope xmlns:soapenv='urn:x'/>"])
def test_no_envelope_is_no_encrypted_data(text: str) -> None:
    assert encryption.find_encrypted(etree.fromstring(text)) is None


def test_xmlsec_opens_what_we_encrypt_with_rsa(world: World) -> None:
    if world.profile is GOST:
        return  # xmlsec knows no GOST
    data = world.signed()
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(world.fund.pair.private_key_pem, xmlsec.constants.KeyDataFormatPem))
    element = encryption.find_encrypted(etree.fromstring(encrypted(world, data)))
    assert element is not None
    inner = xmlsec.EncryptionContext(manager).decrypt(element)
    assert etree.tostring(inner, method="c14n") == etree.tostring(etree.fromstring(data), method="c14n")
