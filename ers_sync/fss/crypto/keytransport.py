"""GostR3410-KeyTransport (RFC 4490 section 4.2): a session key wrapped for a recipient by an ephemeral key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ers_sync.fss.crypto import der, keywrap
from ers_sync.fss.crypto.keys import PrivateKey, PublicKey, parse_public_key, read_public_key, write_public_key
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.fss.crypto.signature import random_number

_CONTEXT_0 = der.CONTEXT_0


@dataclass(frozen=True, slots=True)
class KeyTransport:
    """What the structure holds: 32 bytes of wrapped key, 4 of MAC, 8 of UKM, the S-box's OID and the ephemeral key."""

    wrapped: bytes
    mac: bytes
    ukm: bytes
    s_box: str
    ephemeral: PublicKey


def write(transport: KeyTransport) -> bytes:
    """DER."""
    wrapped = der.encode(
        der.SEQUENCE, der.encode(der.OCTET_STRING, transport.wrapped), der.encode(der.OCTET_STRING, transport.mac)
    )
    parameters = der.encode(
        _CONTEXT_0,
        der.encode_oid(transport.s_box),
        write_public_key(transport.ephemeral, _CONTEXT_0),
        der.encode(der.OCTET_STRING, transport.ukm),
    )
    return der.encode(der.SEQUENCE, wrapped, parameters)


def read(data: bytes) -> KeyTransport:
    """Read DER strictly: an ephemeral key must be there, a key mask must not.

    Raises:
        DerError: Malformed, or the ephemeral key is off its curve or of low order.
    """
    fields = der.sequence(data)
    if len(fields) != 2:
        raise der.DerError("no key transport")
    wrapped = der.sequence(fields[0].whole)
    parameters = der.sequence(fields[1].whole, _CONTEXT_0)
    if len(wrapped) != 2 or len(parameters) != 3:
        raise der.DerError("no key transport with an ephemeral key and without a mask")
    return KeyTransport(
        wrapped=der.read_octets(wrapped[0], 32),
        mac=der.read_octets(wrapped[1], 4),
        ukm=der.read_octets(parameters[2], 8),
        s_box=der.read_oid(parameters[0]),
        ephemeral=parse_public_key(parameters[1].whole, _CONTEXT_0),
    )


def wrap(key: bytes, recipient_spki: bytes, s_box: str) -> bytes:
    """Wrap a session key of 32 bytes for a recipient into a GostR3410-KeyTransport.

    Raises:
        CryptoError: The recipient's key is no key of GOST R 34.10-2012.
    """
    try:
        recipient = read_public_key(recipient_spki)
    except ValueError as error:
        raise CryptoError("ключ получателя – не ключ ГОСТ Р 34.10-2012") from error
    ephemeral = PrivateKey(recipient.curve, recipient.algorithm, random_number(recipient.curve))
    ukm = secrets.token_bytes(8)
    kek = keywrap.vko(recipient.curve, ephemeral.d, recipient.point, ukm, keep=True)
    wrapped, mac = keywrap.wrap(kek, ukm, key, s_box)
    return write(KeyTransport(wrapped, mac, ukm, s_box, ephemeral.public))


def unwrap(own: PrivateKey, transport: KeyTransport) -> bytes:
    """The session key of a transport on the own key's curve. Raise ValueError if it is for another key or damaged."""
    kek = keywrap.vko(own.curve, own.d, transport.ephemeral.point, transport.ukm)
    return keywrap.unwrap(kek, transport.ukm, transport.wrapped, transport.mac, transport.s_box)
