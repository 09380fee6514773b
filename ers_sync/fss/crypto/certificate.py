"""Certificates (X.509, RFC 5280) of hospitals, of the Fund and of authorities.

`cryptography` reads the dates; it knows no key and no signature of GOST, which are read here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ers_sync.fss.crypto import der
from ers_sync.fss.crypto.certificate_fields import read_extensions, read_name, shown, split
from ers_sync.fss.crypto.keys import ALGORITHMS, unarmour
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider

OGRN = "1.2.643.100.1"
INN_LEGAL = "1.2.643.100.4"
INN = "1.2.643.3.131.1.1"

# signwithdigest-gost3410-2012 (RFC 9215 section 2), by the bytes of the digest.
GOST_SIGNATURES = {32: "1.2.643.7.1.1.3.2", 64: "1.2.643.7.1.1.3.3"}
RSA_SHA256 = "1.2.840.113549.1.1.11"
_RSA_KEY = "1.2.840.113549.1.1.1"

_ORGANIZATION = "2.5.4.10"
_INN_OF_ORGANIZATION = 10


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is asked of a certificate.

    Attributes:
        der: The whole certificate.
        spki_der: Its SubjectPublicKeyInfo.
        serial: Serial number.
        subject: Name of the owner, for people.
        issuer: Name of the issuer, for people.
        organization: The owner's organization.
        ogrn: The owner's ОГРН.
        inn: The owner's ИНН as of an organization, ten digits.
        not_before: Aware; valid from this moment on.
        not_after: Aware; valid up to and with this moment.
        key_usage: Names of the permitted uses, such as `digital_signature`; None where the extension is missing.
        is_authority: Whether it may issue certificates.
        key_bits: 256 or 512 of a GOST R 34.10-2012 key, else None.
        is_rsa: Whether the key is RSA.
    """

    der: bytes = field(repr=False)
    spki_der: bytes = field(repr=False)
    serial: int
    subject: str = field(repr=False)
    issuer: str = field(repr=False)
    organization: str | None
    ogrn: str | None
    inn: str | None
    not_before: datetime
    not_after: datetime
    key_usage: frozenset[str] | None
    is_authority: bool
    key_bits: int | None
    is_rsa: bool

    @property
    def is_gost(self) -> bool:
        """Whether the key is one of GOST R 34.10-2012."""
        return self.key_bits is not None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in hexadecimal digits, to name it by in logs."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def is_self_issued(self) -> bool:
        """Whether owner and issuer are one: nobody else vouches for it."""
        fields = split(self.der)
        return fields.issuer == fields.subject

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether an aware moment lies within the certificate's dates."""
        return self.not_before <= moment <= self.not_after

    def allows(self, *uses: str) -> bool:
        """Whether any of these uses is permitted (names as in `key_usage`); without the extension all are (RFC 5280)."""
        return self.key_usage is None or not self.key_usage.isdisjoint(uses)


def _inn(attributes: Mapping[str, str]) -> str | None:
    """ИНН of the organization: in its own field; in older certificates in the common one, filled up with zeros to 12."""
    common = attributes.get(INN, "")
    if len(common) == _INN_OF_ORGANIZATION + 2 and common.startswith("00"):
        common = common[2:]
    return attributes.get(INN_LEGAL) or (common if len(common) == _INN_OF_ORGANIZATION else None)


def read_certificate(pem_or_der: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        CryptoError: It is no certificate.
    """
    data = unarmour(pem_or_der, "CERTIFICATE")
    try:
        certificate = x509.load_der_x509_certificate(data)
        fields = split(data)
        subject, issuer = read_name(fields.subject), read_name(fields.issuer)
        uses, authority = read_extensions(fields.extensions)
        algorithm = der.read_oid(der.sequence(der.sequence(fields.spki)[0].whole)[0])
    except (ValueError, x509.InvalidVersion) as error:
        raise CryptoError("это не сертификат X.509 (PEM или DER)") from error
    attributes = {oid: text for oid, text in subject if text}
    return Certificate(
        der=data,
        spki_der=fields.spki,
        serial=certificate.serial_number,
        subject=shown(subject),
        issuer=shown(issuer),
        organization=attributes.get(_ORGANIZATION),
        ogrn=attributes.get(OGRN),
        inn=_inn(attributes),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_usage=uses,
        is_authority=authority,
        key_bits=next((8 * size for size, oid in ALGORITHMS.items() if oid == algorithm), None),
        is_rsa=algorithm == _RSA_KEY,
    )


def verify_issued(certificate: Certificate, issuer: Certificate, provider: CryptoProvider) -> bool:
    """Check that a certificate was issued under an authority's key: names, right to issue, signature. Dates are not looked at.

    Args:
        certificate: What is checked.
        issuer: The authority's certificate.
        provider: Any GOST provider, whatever its key; not used for an authority with an RSA key.
    """
    may_issue = issuer.is_authority and issuer.allows("key_cert_sign")
    fields = split(certificate.der)
    if not may_issue or fields.issuer != split(issuer.der).subject:
        return False
    try:
        content, algorithm, bits = der.sequence(certificate.der)
        signature = der.read_bits(bits)
    except ValueError:
        return False
    if algorithm.whole != fields.signature:
        return False
    if issuer.is_rsa:
        return _verify_rsa(certificate, issuer)
    size = (issuer.key_bits or 0) // 8
    if der.read_oid(der.sequence(algorithm.whole)[0]) != GOST_SIGNATURES.get(size):
        return False
    return provider.verify_digest(issuer.spki_der, provider.digest(content.whole, size), signature)


def _verify_rsa(certificate: Certificate, issuer: Certificate) -> bool:
    key = x509.load_der_x509_certificate(issuer.der).public_key()
    signed = x509.load_der_x509_certificate(certificate.der)
    if not isinstance(key, rsa.RSAPublicKey) or signed.signature_hash_algorithm is None:
        return False
    try:
        key.verify(signed.signature, signed.tbs_certificate_bytes, padding.PKCS1v15(), signed.signature_hash_algorithm)
    except InvalidSignature:
        return False
    return True
