"""Keys of GOST R 34.10-2012 as they lie in files and certificates: PKCS#8 and SubjectPublicKeyInfo (RFC 9215, RFC 5958)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from ers_sync.fss.crypto import der
from ers_sync.fss.crypto.curves import CURVES, Curve
from ers_sync.fss.crypto.points import Point, is_on_curve
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.fss.crypto.signature import decode_point, encode_point, public_point, random_number

ALGORITHMS = {32: "1.2.643.7.1.1.1.1", 64: "1.2.643.7.1.1.1.2"}
DIGESTS = {32: "1.2.643.7.1.1.2.2", 64: "1.2.643.7.1.1.2.3"}

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that lies on its curve, with the AlgorithmIdentifier (DER) it came with, repeated where it is written."""

    curve: Curve
    algorithm: bytes
    point: Point


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A private key, 0 < d < q, with the AlgorithmIdentifier (DER) it came with."""

    curve: Curve
    algorithm: bytes
    d: int

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return PublicKey(self.curve, self.algorithm, public_point(self.curve, self.d))


def unarmour(data: bytes, label: str) -> bytes:
    """DER of the first PEM block with this label (a chain begins with the owner's certificate); bytes that are no PEM pass as they are.

    Raises:
        CryptoError: The PEM holds no such block, or is damaged.
    """
    if b"-----BEGIN " not in data:
        return data
    blocks: dict[str, bytes] = {}
    for found in _PEM.finditer(data):
        blocks.setdefault(found[1].decode("ascii"), found[2])
    if label not in blocks:
        if label == "PRIVATE KEY" and "ENCRYPTED PRIVATE KEY" in blocks:
            raise CryptoError(
                "закрытый ключ зашифрован паролем: снимите пароль (openssl pkcs8) и ограничьте права на файл"
            )
        raise CryptoError(f"в файле PEM нет блока «{label}»")
    try:
        return base64.b64decode(b"".join(blocks[label].split()), validate=True)
    except binascii.Error as error:
        raise CryptoError(f"блок PEM «{label}» повреждён") from error


def armour(data: bytes, label: str) -> bytes:
    """PEM of DER."""
    text = base64.b64encode(data)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([f"-----BEGIN {label}-----".encode(), *lines, f"-----END {label}-----".encode(), b""])


def _curve(algorithm: bytes) -> Curve:
    """Curve of an AlgorithmIdentifier (RFC 9215 section 4.2). Raise DerError if it is no GOST R 34.10-2012 key."""
    oid, *rest = der.sequence(algorithm)
    parameters = der.sequence(rest[0].whole) if len(rest) == 1 else []
    oids = [der.read_oid(parameter) for parameter in parameters]
    curve = CURVES.get(oids[0]) if 1 <= len(oids) <= 3 else None
    if curve is None or der.read_oid(oid) != ALGORITHMS[curve.size]:
        raise der.DerError("no known curve for this kind of key")
    if oids[1:2] not in ([], [DIGESTS[curve.size]]):
        raise der.DerError("a digest that does not go with the key")
    return curve


def new_private_key(curve_oid: str) -> PrivateKey:
    """Make a random key on the curve of an OID; the digest is named for CryptoPro curves alone (RFC 9215 section 4.2)."""
    curve = CURVES[curve_oid]
    parameters = [der.encode_oid(curve_oid)]
    if curve_oid.startswith("1.2.643.2.2."):
        parameters.append(der.encode_oid(DIGESTS[curve.size]))
    kind = der.encode_oid(ALGORITHMS[curve.size])
    algorithm = der.encode(der.SEQUENCE, kind, der.encode(der.SEQUENCE, *parameters))
    return PrivateKey(curve, algorithm, random_number(curve))


def parse_public_key(spki: bytes, tag: int = der.SEQUENCE) -> PublicKey:
    """Read a SubjectPublicKeyInfo, under another tag where it stands as an implicit field.

    Raises:
        DerError: It is malformed, of another algorithm, or its point is off the curve or of low order.
    """
    fields = der.sequence(spki, tag)
    if len(fields) != 2:
        raise der.DerError("no SubjectPublicKeyInfo")
    curve = _curve(fields[0].whole)
    octets = der.single(der.read_bits(fields[1]), der.OCTET_STRING)
    if len(octets) != 2 * curve.size:
        raise der.DerError("a public key of another length than the curve's")
    point = decode_point(curve, octets)
    if not is_on_curve(curve, point):
        raise der.DerError("a public key that is off its curve")
    return PublicKey(curve, fields[0].whole, point)


@lru_cache(maxsize=1024)
def read_public_key(spki: bytes) -> PublicKey:
    """As `parse_public_key`, for keys that come again and again: those of certificates."""
    return parse_public_key(spki)


def write_public_key(key: PublicKey, tag: int = der.SEQUENCE) -> bytes:
    """Write a SubjectPublicKeyInfo, under another tag where it stands as an implicit field."""
    octets = der.encode(der.OCTET_STRING, encode_point(key.curve, key.point))
    return der.encode(tag, key.algorithm, der.encode_bits(octets))


def _private_number(curve: Curve, octets: bytes) -> int:
    """The number in any of the three forms in use: raw, in an OCTET STRING (both little-endian), INTEGER (big-endian)."""
    if len(octets) == curve.size:
        return int.from_bytes(octets, "little")
    if octets[:1] == bytes([der.INTEGER]):
        return int.from_bytes(der.single(octets, der.INTEGER), "big")
    inner = der.single(octets, der.OCTET_STRING) if octets[:1] == bytes([der.OCTET_STRING]) else octets
    if len(inner) > curve.size and len(inner) % curve.size == 0:
        raise CryptoError("закрытый ключ замаскирован: выгрузите его без маски")
    if len(inner) != curve.size:
        raise der.DerError("a private key of another length than the curve's")
    return int.from_bytes(inner, "little")


def read_private_key(data: bytes) -> PrivateKey:
    """Read an unencrypted PKCS#8 private key, PEM or DER (RFC 5958; RFC 9215 section 4.3 for the number).

    Raises:
        CryptoError: It is no private key of GOST R 34.10-2012, or is protected by a password or a mask.
    """
    try:
        _, algorithm, octets, *_ = der.sequence(unarmour(data, "PRIVATE KEY"))
        curve = _curve(algorithm.whole)
        number = _private_number(curve, der.read_octets(octets))
    except ValueError as error:
        raise CryptoError("это не закрытый ключ ГОСТ Р 34.10-2012 в виде PKCS#8 (PEM или DER)") from error
    if not 0 < number < curve.q:
        raise CryptoError("закрытый ключ повреждён: число вне допустимых границ")
    return PrivateKey(curve, algorithm.whole, number)


def write_private_key(key: PrivateKey) -> bytes:
    """DER of PKCS#8 with the number in an OCTET STRING, little-endian."""
    number = der.encode(der.OCTET_STRING, key.d.to_bytes(key.curve.size, "little"))
    return der.encode(der.SEQUENCE, der.encode_integer(0), key.algorithm, der.encode(der.OCTET_STRING, number))
