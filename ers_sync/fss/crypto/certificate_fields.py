"""Fields of certificates in DER (RFC 5280), where those of Russian authorities are more than a strict library accepts.

Names of hospitals exceed 64 characters, and extensions of their own stand beside the two that matter here.
"""

from __future__ import annotations

from typing import NamedTuple

from ers_sync.fss.crypto import der

_KEY_USAGE, _BASIC_CONSTRAINTS = "2.5.29.15", "2.5.29.19"
_EXTENSIONS = 0xA3
_TRUE = b"\x01\x01\xff"

# UTF8String, NumericString, PrintableString, TeletexString, IA5String, UniversalString, BMPString.
_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "utf-8",
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
}

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


class Fields(NamedTuple):
    """Members of TBSCertificate from the serial number on (section 4.1), each its whole encoding."""

    serial: bytes
    signature: bytes
    issuer: bytes
    validity: bytes
    subject: bytes
    spki: bytes
    extensions: bytes | None


def split(certificate_der: bytes) -> Fields:
    """Split a certificate. Raise DerError if it is none."""
    members = der.sequence(der.sequence(certificate_der)[0].whole)
    members = members[1:] if members and members[0].tag == der.CONTEXT_0 else members
    if len(members) < 6:
        raise der.DerError("no TBSCertificate")
    extensions = next((member.whole for member in members[6:] if member.tag == _EXTENSIONS), None)
    serial, signature, issuer, validity, subject, spki = (member.whole for member in members[:6])
    return Fields(serial, signature, issuer, validity, subject, spki, extensions)


def read_name(name: bytes) -> list[tuple[str, str]]:
    """OIDs and texts of a Name in their order; undecodable octets are replaced."""
    attributes = []
    for relative in der.sequence(name):
        for attribute in der.items(der.single(relative.whole, der.SET)):
            oid, value = der.sequence(attribute.whole)
            text = value.value.decode(_ENCODINGS.get(value.tag, "ascii"), "replace")
            attributes.append((der.read_oid(oid), text.strip()))
    return attributes


def shown(attributes: list[tuple[str, str]]) -> str:
    """A name for people."""
    return ", ".join(f"{_SHORT_NAMES.get(oid, oid)}={text}" for oid, text in attributes)


def read_extensions(extensions: bytes | None) -> tuple[frozenset[str] | None, bool]:
    """Permitted uses of the key (None where not said) and whether the owner may issue certificates (section 4.2.1)."""
    uses, authority = None, False
    members = der.sequence(der.single(extensions, _EXTENSIONS)) if extensions else []
    for member in members:
        oid, *_, value = der.sequence(member.whole)
        content = der.read_octets(value)
        if der.read_oid(oid) == _KEY_USAGE:
            bits = der.single(content, der.BIT_STRING)[1:2]
            # The ninth bit, decipherOnly, is of no interest.
            uses = frozenset(use for place, use in enumerate(USES) if bits and bits[0] & 0x80 >> place)
        elif der.read_oid(oid) == _BASIC_CONSTRAINTS:
            authority = der.single(content, der.SEQUENCE).startswith(_TRUE)
    return uses, authority
