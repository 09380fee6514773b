from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.fss.crypto.curves import CURVES, TEST_256, TEST_512, Curve
from ers_sync.fss.crypto.points import combine, is_on_curve, times, times_generator, times_known
from ers_sync.fss.crypto.signature import decode_point, encode_point, public_point, random_number, sign, verify


class Example(NamedTuple):
    """The numbers of an example, named as the standard names them."""

    curve: Curve
    d: int
    k: int
    e: int
    public: tuple[int, int]
    r: int
    s: int


# RFC 7091 section 7.2, and the second example of the standard it translates.
EXAMPLES = [
    pytest.param(
        Example(
            TEST_256,
            0x7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28,
            0x77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3,
            0x2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5,
            (
                0x7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B,
                0x26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA,
            ),
            0x41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493,
            0x01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40,
        ),
        id="256",
    ),
    pytest.param(
        Example(
            TEST_512,
            int(
                "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B10207"
                "2E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4",
                16,
            ),
            int(
                "359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F36588"
                "6748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1",
                16,
            ),
            int(
                "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591"
                "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C",
                16,
            ),
            (
                int(
                    "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD"
                    "5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1",
                    16,
                ),
                int(
                    "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61"
                    "EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC",
                    16,
                ),
            ),
            int(
                "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3"
                "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36",
                16,
            ),
            int(
                "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5"
                "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A",
                16,
            ),
        ),
        id="512",
    ),
]

DISTINCT_CURVES = sorted(set(CURVES.values()), key=lambda curve: curve.name)
each_curve = pytest.mark.parametrize("curve", DISTINCT_CURVES, ids=lambda curve: curve.name)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_of_the_standard(example: Example) -> None:
    curve = example.curve
    digest = example.e.to_bytes(curve.size, "little")
    expected = example.s.to_bytes(curve.size, "big") + example.r.to_bytes(curve.size, "big")
    assert public_point(curve, example.d) == example.public
    assert sign(curve, example.d, digest, nonce=example.k) == expected
    assert verify(curve, example.public, digest, expected)


@each_curve
def test_the_generator_has_the_order_q(curve: Curve) -> None:
    generator = (curve.x, curve.y)
    assert is_on_curve(curve, generator)
    assert times(curve, curve.q, generator) is None
    assert times(curve, curve.q - 1, generator) == (curve.x, -curve.y % curve.p)


@each_curve
def test_all_ways_of_multiplying_agree(curve: Curve) -> None:
    for factor in (1, 2, 3, 15, 16, 31, 32, 33, curve.q - 2, curve.q - 1, random_number(curve)):
        other = random_number(curve)
        point = public_point(curve, other)
        expected = times_generator(curve, factor * other % curve.q)
        assert times(curve, factor, point) == times_known(curve, factor, point) == expected
        assert combine(curve, factor, other, point) == times_generator(curve, (factor + other * other) % curve.q)


@each_curve
def test_sums_that_meet_infinity_or_double_are_right(curve: Curve) -> None:
    generator = (curve.x, curve.y)
    assert times_generator(curve, 0) is times(curve, 0, generator) is times_known(curve, 0, generator) is None
    assert combine(curve, 5, curve.q - 5, generator) is None
    assert combine(curve, 7, 7, generator) == times_generator(curve, 14)
    assert combine(curve, 0, 9, generator) == combine(curve, 9, 0, generator) == times_generator(curve, 9)


@each_curve
def test_a_point_next_to_the_curve_is_not_on_it(curve: Curve) -> None:
    x, y = public_point(curve, random_number(curve))
    assert not is_on_curve(curve, (x, y + 1))
    assert not is_on_curve(curve, (x + curve.p, y))
    assert not is_on_curve(curve, (0, 0))


@pytest.mark.parametrize("curve", [c for c in DISTINCT_CURVES if c.cofactor > 1], ids=lambda curve: curve.name)
def test_points_of_low_order_are_refused(curve: Curve) -> None:
    found = []
    for x in range(2, 400):
        square = (x**3 + curve.a * x + curve.b) % curve.p
        y = _root(square, curve.p)
        if y is None:
            continue
        low = times(curve, curve.q, (x, y))
        if low is not None:
            found.append(low)
        if len(found) == 3:
            break
    assert found, "no point outside the subgroup was met"
    assert not any(is_on_curve(curve, low) for low in found)


def _root(square: int, p: int) -> int | None:
    """A square root modulo p, where p leaves 3 when divided by 4 or 5 when divided by 8."""
    root = pow(square, (p + 1) // 4, p) if p % 4 == 3 else pow(square, (p + 3) // 8, p)
    for candidate in (root, root * pow(2, (p - 1) // 4, p) % p):
        if candidate * candidate % p == square:
            return candidate
    return None


@pytest.mark.parametrize("curve", [CURVES["1.2.643.2.2.36.0"], CURVES["1.2.643.7.1.2.1.2.1"]], ids=["256", "512"])
def test_whatever_is_altered_is_seen(curve: Curve) -> None:
    d = random_number(curve)
    public, digest = public_point(curve, d), bytes(range(curve.size))
    signature = sign(curve, d, digest)
    swapped = signature[curve.size :] + signature[: curve.size]
    zero_s = bytes(curve.size) + signature[curve.size :]
    q = curve.q.to_bytes(curve.size, "big")
    assert verify(curve, public, digest, signature)
    assert not verify(curve, public, digest[::-1], signature)
    assert not verify(curve, public, digest, swapped)
    assert not verify(curve, public, digest, signature[::-1])
    assert not verify(curve, public, digest, zero_s)
    assert not verify(curve, public, digest, q + signature[curve.size :])
    assert not verify(curve, public, digest, signature[: curve.size] + q)
    assert not verify(curve, public, digest, signature[:-1])
    assert not verify(curve, public, digest, signature + b"\0")
    assert not verify(curve, public, digest + b"\0", signature)
    assert not verify(curve, public_point(curve, d % (curve.q - 1) + 1), digest, signature)


def test_a_signature_has_one_form_alone() -> None:
    """On a curve with q well below 2^256, s + q would fit its 32 bytes and verify as s does."""
    curve = CURVES["1.2.643.7.1.2.1.1.1"]
    d, digest = random_number(curve), bytes(range(32))
    public, signature = public_point(curve, d), sign(curve, d, digest)
    other_s = (int.from_bytes(signature[:32], "big") + curve.q).to_bytes(32, "big")
    other_r = (int.from_bytes(signature[32:], "big") + curve.q).to_bytes(32, "big")
    assert verify(curve, public, digest, signature)
    assert not verify(curve, public, digest, other_s + signature[32:])
    assert not verify(curve, public, digest, signature[:32] + other_r)


def test_a_digest_of_zero_counts_as_one() -> None:
    curve, d = TEST_256, 12345
    signature = sign(curve, d, bytes(32))
    assert verify(curve, public_point(curve, d), bytes(32), signature)
    assert verify(curve, public_point(curve, d), (1).to_bytes(32, "little"), signature)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), digest=st.binary(min_size=32, max_size=32), bit=st.integers(0, 511))
def test_every_signature_verifies_and_every_flipped_bit_spoils_it(data: st.DataObject, digest: bytes, bit: int) -> None:
    curve = CURVES["1.2.643.2.2.36.0"]
    d = data.draw(st.integers(1, curve.q - 1))
    public, signature = public_point(curve, d), sign(curve, d, digest)
    spoilt = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert verify(curve, public, digest, signature)
    assert not verify(curve, public, digest, spoilt)


def test_points_are_written_little_endian() -> None:
    octets = encode_point(TEST_256, (1, 2))
    assert octets == b"\x01" + bytes(31) + b"\x02" + bytes(31)
    assert decode_point(TEST_256, octets) == (1, 2)
    with pytest.raises(ValueError, match="length"):
        decode_point(TEST_256, octets[:-1])
