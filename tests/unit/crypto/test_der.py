from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.fss.crypto import der


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "0400"), (127, "047f"), (128, "048180"), (255, "0481ff"), (256, "04820100"), (65536, "0483010000")],
)
def test_lengths(size: int, header: str) -> None:
    encoded = der.encode(der.OCTET_STRING, bytes(size))
    assert encoded.hex().startswith(header)
    assert der.single(encoded, der.OCTET_STRING) == bytes(size)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="nothing"),
        pytest.param("04", id="no length"),
        pytest.param("0405aabb", id="too short"),
        pytest.param("0480aabb0000", id="indefinite"),
        pytest.param("048105" + "aa" * 5, id="long form of a short length"),
        pytest.param("04820080" + "aa" * 128, id="leading zero of the length"),
        pytest.param("0482", id="length cut off"),
        pytest.param("0485000000000a", id="length of five octets"),
        pytest.param("1f8101", id="tag of several octets"),
        pytest.param("0401aa00", id="something behind"),
        pytest.param("0301aa", id="another tag"),
    ],
)
def test_anything_but_the_one_right_form_is_refused(data: str) -> None:
    with pytest.raises(der.DerError):
        der.single(bytes.fromhex(data), der.OCTET_STRING)


@pytest.mark.parametrize(
    ("dotted", "encoded"),
    [("1.2.643.7.1.1.1.1", "06082a85030701010101"), ("2.5.29.15", "0603551d0f"), ("2.999.3", "0603883703")],
)
def test_object_identifiers(dotted: str, encoded: str) -> None:
    assert der.encode_oid(dotted).hex() == encoded
    assert der.read_oid(der.items(bytes.fromhex(encoded))[0]) == dotted


@pytest.mark.parametrize("encoded", ["0600", "060288", "06032a8083", "04012a", "06042a800301"])
def test_malformed_object_identifiers_are_refused(encoded: str) -> None:
    with pytest.raises(der.DerError):
        der.read_oid(der.items(bytes.fromhex(encoded))[0])


def test_bit_strings_have_whole_octets() -> None:
    assert der.read_bits(der.items(der.encode_bits(b"ab"))[0]) == b"ab"
    with pytest.raises(der.DerError):
        der.read_bits(der.items(bytes.fromhex("030201aa"))[0])
    with pytest.raises(der.DerError):
        der.read_bits(der.items(bytes.fromhex("0300"))[0])


@given(value=st.integers(0, 2**520))
def test_integers_are_shortest_and_not_negative(value: int) -> None:
    octets = der.single(der.encode_integer(value), der.INTEGER)
    assert int.from_bytes(octets, "big", signed=True) == value
    assert len(octets) == 1 or octets[0] or octets[1] & 0x80


@given(data=st.binary(max_size=60))
def test_arbitrary_bytes_either_split_exactly_or_are_refused(data: bytes) -> None:
    try:
        found = der.items(data)
    except der.DerError:
        return
    assert b"".join(der.encode(item.tag, item.value) for item in found) == data
