"""GostR3410-KeyTransport (RFC 4490 section 4.2): a session key wrapped for a recipient by an ephemeral key."""

from __future__ import annotations

from dataclasses import dataclass

from ers_sync.fss.crypto import der
from ers_sync.fss.crypto.keys import PublicKey, parse_public_key, write_public_key

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
