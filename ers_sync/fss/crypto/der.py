"""As much of DER (X.690) as keys, certificates and key transports need: the one definite, shortest form, nothing else."""

from __future__ import annotations

from typing import NamedTuple

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
SET = 0x31
CONTEXT_0 = 0xA0

_LONG_FORM = 0x80


class DerError(ValueError):
    """The bytes are not the DER that was expected."""


class Item(NamedTuple):
    """One value: its identifier octet, its contents and the whole encoding."""

    tag: int
    value: bytes
    whole: bytes


def encode(tag: int, *parts: bytes) -> bytes:
    """Encode a value with this identifier octet whose contents are the parts in a row."""
    value = b"".join(parts)
    size = len(value)
    if size < _LONG_FORM:
        return bytes([tag, size]) + value
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(octets)]) + octets + value


def encode_integer(value: int) -> bytes:
    """Encode a non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encode_oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER given in dotted form."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return encode(OBJECT_IDENTIFIER, bytes(out))


def encode_bits(value: bytes) -> bytes:
    """Encode a BIT STRING of whole octets."""
    return encode(BIT_STRING, b"\0", value)


def _read(data: bytes, start: int) -> Item:
    if start + 2 > len(data):
        raise DerError("truncated")
    tag, size, at = data[start], data[start + 1], start + 2
    if tag & 0x1F == 0x1F:
        raise DerError("a tag of several octets")
    if size >= _LONG_FORM:
        octets = size & 0x7F
        size = int.from_bytes(data[at : at + octets], "big")
        if not 1 <= octets <= 4 or at + octets > len(data) or size < _LONG_FORM or size >> (8 * (octets - 1)) == 0:
            raise DerError("a length that is not the shortest")
        at += octets
    end = at + size
    if end > len(data):
        raise DerError("truncated")
    return Item(tag, data[at:end], data[start:end])


def items(data: bytes) -> list[Item]:
    """Split the contents of a constructed value. Raise DerError if they do not fit exactly."""
    found, at = [], 0
    while at < len(data):
        item = _read(data, at)
        found.append(item)
        at += len(item.whole)
    return found


def single(data: bytes, tag: int) -> bytes:
    """Contents of the one value of this tag that fills the bytes. Raise DerError otherwise."""
    item = _read(data, 0)
    if item.tag != tag or len(item.whole) != len(data):
        raise DerError("another value than expected")
    return item.value


def sequence(data: bytes, tag: int = SEQUENCE) -> list[Item]:
    """Members of the one SEQUENCE (or other constructed value) that fills the bytes. Raise DerError otherwise."""
    return items(single(data, tag))


def read_oid(item: Item) -> str:
    """Dotted form of an OBJECT IDENTIFIER. Raise DerError if it is none."""
    if item.tag != OBJECT_IDENTIFIER or not item.value or item.value[-1] & 0x80:
        raise DerError("no OBJECT IDENTIFIER")
    arcs, arc = [], 0
    for octet in item.value:
        if arc == 0 and octet == 0x80:
            raise DerError("an arc that is not the shortest")
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def read_bits(item: Item) -> bytes:
    """Octets of a BIT STRING without unused bits. Raise DerError otherwise."""
    if item.tag != BIT_STRING or item.value[:1] != b"\0":
        raise DerError("no BIT STRING of whole octets")
    return item.value[1:]


def read_octets(item: Item, size: int | None = None) -> bytes:
    """Octets of an OCTET STRING, of exactly this size when one is given. Raise DerError otherwise."""
    if item.tag != OCTET_STRING or (size is not None and len(item.value) != size):
        raise DerError("no OCTET STRING of this size")
    return item.value
