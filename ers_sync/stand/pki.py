"""A test authority: keys and certificates of hospitals and of the Fund, by GOST or RSA, with nothing but this package needed.

For the demonstration and for tests: the keys are unencrypted, and nothing is ever revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ers_sync.fss.crypto import der
from ers_sync.fss.crypto.certificate import (
    GOST_SIGNATURES,
    INN_LEGAL,
    OGRN,
    RSA_SHA256,
    Certificate,
    read_certificate,
)
from ers_sync.fss.crypto.certificate_fields import USES
from ers_sync.fss.crypto.keys import armour, new_private_key, write_private_key, write_public_key
from ers_sync.fss.crypto.registry import make_provider

_CURVE_OIDS = {256: "1.2.643.2.2.36.0", 512: "1.2.643.7.1.2.1.2.1"}
_YEARS = 10

_COMMON_NAME, _COUNTRY, _ORGANIZATION = "2.5.4.3", "2.5.4.6", "2.5.4.10"
_SUBJECT_KEY_ID, _KEY_USAGE, _BASIC_CONSTRAINTS, _AUTHORITY_KEY_ID = "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.35"

_NUMERIC_STRING, _PRINTABLE_STRING, _UTF8_STRING, _BOOLEAN = 0x12, 0x13, 0x0C, 0x01
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18

_CA_USES = frozenset({"key_cert_sign", "crl_sign"})
_MEMBER_USES = frozenset(
    {"digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"}
)

Crypto = Literal["gost", "rsa"]


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """An unencrypted PKCS#8 key and its certificate, both PEM."""

    private_key_pem: bytes
    certificate_pem: bytes

    @property
    def certificate(self) -> Certificate:
        """The certificate, read."""
        return read_certificate(self.certificate_pem)


@dataclass(frozen=True, slots=True)
class _NewKey:
    pkcs8: bytes
    spki: bytes
    provider: str
    signature_algorithm: bytes
    digest_size: int


def _new_key(crypto: Crypto, bits: int) -> _NewKey:
    if crypto == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pkcs8 = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        algorithm = der.encode(der.SEQUENCE, der.encode_oid(RSA_SHA256), der.encode(der.NULL))
        return _NewKey(pkcs8, spki, "rsa", algorithm, 32)
    private = new_private_key(_CURVE_OIDS[bits])
    algorithm = der.encode(der.SEQUENCE, der.encode_oid(GOST_SIGNATURES[private.curve.size]))
    return _NewKey(write_private_key(private), write_public_key(private.public), "pure", algorithm, private.curve.size)


def _attribute(oid: str, tag: int, text: str) -> bytes:
    value = der.encode(tag, text.encode("utf-8"))
    return der.encode(der.SET, der.encode(der.SEQUENCE, der.encode_oid(oid), value))


def _name(name: str, ogrn: str | None, inn: str) -> bytes:
    own = [_attribute(OGRN, _NUMERIC_STRING, ogrn)] if ogrn else []
    return der.encode(
        der.SEQUENCE,
        _attribute(_COUNTRY, _PRINTABLE_STRING, "RU"),
        *own,
        _attribute(INN_LEGAL, _NUMERIC_STRING, inn),
        # RFC 5280 appendix A.1 allows 64 characters; names of hospitals are longer.
        _attribute(_ORGANIZATION, _UTF8_STRING, name[:64]),
        _attribute(_COMMON_NAME, _UTF8_STRING, name[:64]),
    )


def _time(moment: datetime) -> bytes:
    """RFC 5280 section 4.1.2.5: two digits of the year until 2049."""
    text = moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    if 1950 <= moment.year < 2050:
        return der.encode(_UTC_TIME, text[2:].encode())
    return der.encode(_GENERALIZED_TIME, text.encode())


def _shifted(moment: datetime, years: int) -> datetime:
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + years, day=day, microsecond=0)


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = der.encode(_BOOLEAN, b"\xff") if critical else b""
    return der.encode(der.SEQUENCE, der.encode_oid(oid), flag, der.encode(der.OCTET_STRING, value))


def _key_id(spki: bytes) -> bytes:
    """RFC 5280 section 4.2.1.2: any value made of the public key will do."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    return digest.finalize()[:20]


def _usage(uses: Collection[str]) -> bytes:
    """KeyUsage (RFC 5280 section 4.2.1.3): the number of unused bits, then the bits."""
    bits = sum(0x80 >> place for place, use in enumerate(USES) if use in uses)
    return bytes([(bits & -bits).bit_length() - 1, bits])


def _extensions(spki: bytes, issuer_spki: bytes, uses: Collection[str], *, authority: bool) -> bytes:
    constraints = der.encode(der.SEQUENCE, der.encode(_BOOLEAN, b"\xff") if authority else b"")
    issuer_id = der.encode(der.SEQUENCE, der.encode(0x80, _key_id(issuer_spki)))
    return der.encode(
        0xA3,
        der.encode(
            der.SEQUENCE,
            _extension(_BASIC_CONSTRAINTS, constraints, critical=True),
            _extension(_KEY_USAGE, der.encode(der.BIT_STRING, _usage(uses)), critical=True),
            _extension(_SUBJECT_KEY_ID, der.encode(der.OCTET_STRING, _key_id(spki))),
            _extension(_AUTHORITY_KEY_ID, issuer_id),
        ),
    )


_AUTHORITY = _name("Тестовый удостоверяющий центр", "1000000000009", "7700000009")


class TestAuthority:
    """Issues certificates that are valid from ten years before a moment to ten years after it."""

    __test__ = False  # its name begins as a test's does

    def __init__(self, crypto: Crypto, key: _NewKey, now: datetime, subject: bytes = _AUTHORITY) -> None:
        self._crypto: Crypto = crypto
        self._key = key
        self._now = now
        self._provider = make_provider(key.provider, key.pkcs8)
        self._subject = subject
        self.certificate_pem = armour(self._certificate(self._subject, key.spki, _CA_USES), "CERTIFICATE")

    @property
    def certificate(self) -> Certificate:
        """Its own certificate, read."""
        return read_certificate(self.certificate_pem)

    @classmethod
    def create(cls, crypto: Crypto, now: datetime, *, bits: Literal[256, 512] = 256) -> TestAuthority:
        """Make an authority with a new key.

        Args:
            crypto: `gost` or `rsa` (RSA-2048).
            now: Aware moment around which everything it issues is valid.
            bits: Length of its GOST key.
        """
        return cls(crypto, _new_key(crypto, bits), now)

    @classmethod
    def self_signed(cls, crypto: Crypto, name: str, ogrn: str, inn: str, now: datetime) -> KeyPair:
        """Make a certificate that nobody but its owner vouches for."""
        key = _new_key(crypto, 256)
        owner = cls(crypto, key, now, _name(name, ogrn, inn))
        return owner._pair(key, _name(name, ogrn, inn), _MEMBER_USES)

    def issue(
        self,
        name: str,
        ogrn: str | None,
        inn: str,
        *,
        bits: Literal[256, 512] = 256,
        uses: Collection[str] = _MEMBER_USES,
    ) -> KeyPair:
        """Issue a key and a certificate.

        Args:
            name: The organization's name, cut to 64 characters.
            ogrn: Its ОГРН; None for a certificate that needs a power of attorney.
            inn: Its ИНН.
            bits: Length of a GOST key.
            uses: What the key is for, by default signing and encryption; names as in `Certificate.key_usage`.
        """
        return self._pair(_new_key(self._crypto, bits), _name(name, ogrn, inn), uses)

    def _pair(self, key: _NewKey, subject: bytes, uses: Collection[str]) -> KeyPair:
        certificate = self._certificate(subject, key.spki, uses)
        return KeyPair(armour(key.pkcs8, "PRIVATE KEY"), armour(certificate, "CERTIFICATE"))

    def _certificate(self, subject: bytes, spki: bytes, uses: Collection[str]) -> bytes:
        """RFC 5280 section 4.1, signed as RFC 9215 section 2 says."""
        algorithm = self._key.signature_algorithm
        valid = der.encode(der.SEQUENCE, _time(_shifted(self._now, -_YEARS)), _time(_shifted(self._now, _YEARS)))
        content = der.encode(
            der.SEQUENCE,
            der.encode(der.CONTEXT_0, der.encode_integer(2)),
            der.encode_integer(secrets.randbits(127) + 1),
            algorithm,
            self._subject,
            valid,
            subject,
            spki,
            _extensions(spki, self._key.spki, uses, authority="key_cert_sign" in uses),
        )
        signature = self._provider.sign_digest(self._provider.digest(content, self._key.digest_size))
        return der.encode(der.SEQUENCE, content, algorithm, der.encode_bits(signature))
