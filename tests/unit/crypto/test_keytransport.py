from __future__ import annotations

from dataclasses import replace

import pytest

from ers_sync.fss.crypto import der, keytransport
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z
from ers_sync.fss.crypto.keys import PrivateKey, PublicKey, new_private_key, write_public_key
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.fss.crypto.signature import public_point

OID = "1.2.643.2.2.36.0"
SESSION_KEY = bytes(range(32))


@pytest.fixture(scope="module")
def own() -> PrivateKey:
    return new_private_key(OID)


@pytest.fixture(scope="module")
def transport(own: PrivateKey) -> bytes:
    return keytransport.wrap(SESSION_KEY, write_public_key(own.public), TC26_Z)


@pytest.mark.parametrize("s_box", [TC26_Z, CRYPTOPRO_A])
@pytest.mark.parametrize("oid", [OID, "1.2.643.7.1.2.1.1.1", "1.2.643.7.1.2.1.2.1", "1.2.643.7.1.2.1.2.3"])
def test_a_session_key_comes_back(oid: str, s_box: str) -> None:
    own = new_private_key(oid)
    read = keytransport.read(keytransport.wrap(SESSION_KEY, write_public_key(own.public), s_box))
    assert read.s_box == s_box
    assert keytransport.unwrap(own, read) == SESSION_KEY


def test_it_has_the_length_that_the_fund_expects(transport: bytes) -> None:
    assert len(transport) == 172


def test_every_transport_is_another(own: PrivateKey, transport: bytes) -> None:
    first, second = (
        keytransport.read(transport),
        keytransport.read(keytransport.wrap(SESSION_KEY, write_public_key(own.public), TC26_Z)),
    )
    assert first.ukm != second.ukm
    assert first.ephemeral != second.ephemeral


def test_what_was_read_is_written_alike(transport: bytes) -> None:
    assert keytransport.write(keytransport.read(transport)) == transport


def test_the_wrong_recipient_is_refused(transport: bytes) -> None:
    with pytest.raises(ValueError, match="MAC"):
        keytransport.unwrap(new_private_key(OID), keytransport.read(transport))


def _flipped(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


def test_damage_is_seen_by_the_mac(own: PrivateKey, transport: bytes) -> None:
    read = keytransport.read(transport)
    for damaged in (
        replace(read, wrapped=_flipped(read.wrapped)),
        replace(read, mac=_flipped(read.mac)),
        replace(read, ukm=_flipped(read.ukm)),
        replace(read, s_box=CRYPTOPRO_A),
    ):
        with pytest.raises(ValueError, match="MAC"):
            keytransport.unwrap(own, damaged)


def test_an_ephemeral_key_off_its_curve_is_refused(transport: bytes) -> None:
    read = keytransport.read(transport)
    x, y = read.ephemeral.point
    moved = PublicKey(read.ephemeral.curve, read.ephemeral.algorithm, (x ^ 1, y))
    with pytest.raises(der.DerError, match="off its curve"):
        keytransport.read(keytransport.write(replace(read, ephemeral=moved)))


def test_an_ephemeral_key_of_low_order_is_refused() -> None:
    """On a curve with cofactor 4 there is a point with y = 0, which any factor of ours would map to few keys."""
    own = new_private_key("1.2.643.7.1.2.1.1.1")
    curve = own.curve
    root = next(x for x in _roots_of_the_curve(curve.p, curve.a, curve.b))
    low = PublicKey(curve, own.algorithm, (root, 0))
    read = keytransport.KeyTransport(bytes(32), bytes(4), bytes(8), TC26_Z, low)
    with pytest.raises(der.DerError, match="off its curve"):
        keytransport.read(keytransport.write(read))


def _roots_of_the_curve(p: int, a: int, b: int) -> list[int]:
    """The roots of x^3 + ax + b modulo p, by x^p - x and its greatest common divisor with the cubic."""

    def multiply(left: list[int], right: list[int]) -> list[int]:
        product = [0] * 5
        for i, one in enumerate(left):
            for j, other in enumerate(right):
                product[i + j] = (product[i + j] + one * other) % p
        for degree in (4, 3):
            top, product[degree] = product[degree], 0
            product[degree - 2] = (product[degree - 2] - top * a) % p
            product[degree - 3] = (product[degree - 3] - top * b) % p
        return product[:3]

    power = [1, 0, 0]
    for bit in format(p, "b"):
        power = multiply(power, power)
        if bit == "1":
            power = multiply(power, [0, 1, 0])
    c, d, e = power[2], (power[1] - 1) % p, power[0]
    # x^p - x modulo the cubic is c x^2 + d x + e; with one root r, the cubic modulo it is linear and vanishes at r.
    assert c
    inverse = pow(c, -1, p)
    d, e = d * inverse % p, e * inverse % p
    linear = (a - e + d * d) % p
    constant = (b + d * e) % p
    root = -constant * pow(linear, -1, p) % p
    assert (root**3 + a * root + b) % p == 0
    return [root]


def test_every_truncation_is_refused(transport: bytes) -> None:
    for size in range(len(transport)):
        with pytest.raises(der.DerError):
            keytransport.read(transport[:size])
    with pytest.raises(der.DerError):
        keytransport.read(transport + b"\0")


def test_a_mask_and_a_missing_ephemeral_key_are_refused(transport: bytes) -> None:
    wrapped, parameters = der.sequence(transport)
    key, mac = der.sequence(wrapped.whole)
    mask = der.encode(0x80, bytes(32))
    with_mask = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, key.whole, mask, mac.whole), parameters.whole)
    s_box, _, ukm = der.sequence(parameters.whole, der.CONTEXT_0)
    without_key = der.encode(der.SEQUENCE, wrapped.whole, der.encode(der.CONTEXT_0, s_box.whole, ukm.whole))
    for data in (with_mask, without_key):
        with pytest.raises(der.DerError, match="without a mask"):
            keytransport.read(data)


def test_other_lengths_are_refused(transport: bytes) -> None:
    read = keytransport.read(transport)
    for other in (
        replace(read, wrapped=bytes(40)),
        replace(read, mac=bytes(8)),
        replace(read, ukm=bytes(7)),
        replace(read, ukm=bytes(16)),
    ):
        with pytest.raises(der.DerError, match="of this size"):
            keytransport.read(keytransport.write(other))


def test_a_recipient_of_another_kind_is_refused() -> None:
    with pytest.raises(CryptoError, match="ключ получателя"):
        keytransport.wrap(SESSION_KEY, b"\x30\x00", TC26_Z)


def test_public_point_needs_a_private_number(own: PrivateKey) -> None:
    with pytest.raises(ValueError, match="strictly between"):
        public_point(own.curve, 0)
