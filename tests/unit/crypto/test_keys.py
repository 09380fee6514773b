from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.fss.crypto import der, evp
from ers_sync.fss.crypto.curves import CURVES
from ers_sync.fss.crypto.keys import (
    PrivateKey,
    PublicKey,
    armour,
    new_private_key,
    parse_public_key,
    read_private_key,
    write_private_key,
    write_public_key,
)
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.fss.crypto.signature import sign, verify

XCHA, TC26_512 = "1.2.643.2.2.36.0", "1.2.643.7.1.2.1.2.1"
each_curve = pytest.mark.parametrize("oid", sorted(CURVES))


def _pkcs8(key: PrivateKey, number: bytes, *attributes: bytes) -> bytes:
    octets = der.encode(der.OCTET_STRING, number)
    return der.encode(der.SEQUENCE, der.encode_integer(0), key.algorithm, octets, *attributes)


@each_curve
def test_keys_come_back_from_files(oid: str) -> None:
    key = new_private_key(oid)
    for form in (write_private_key(key), armour(write_private_key(key), "PRIVATE KEY")):
        assert read_private_key(form).d == key.d
        assert read_private_key(form).curve is CURVES[oid]
    assert parse_public_key(write_public_key(key.public)) == key.public


@each_curve
@pytest.mark.usefixtures("engine")
def test_the_engine_reads_our_keys(oid: str) -> None:
    key, digest = new_private_key(oid), bytes(range(CURVES[oid].size))
    signature = evp.sign(evp.private_key(write_private_key(key)), digest)
    assert verify(key.curve, key.public.point, digest, signature)
    assert evp.verify(evp.public_key(write_public_key(key.public)), digest, sign(key.curve, key.d, digest))


@pytest.mark.parametrize("oid", [XCHA, TC26_512])
def test_all_forms_of_a_private_key_in_use_are_read(oid: str) -> None:
    key = new_private_key(oid)
    raw = key.d.to_bytes(key.curve.size, "little")
    attributes = der.encode(der.CONTEXT_0)
    for number in (raw, der.encode(der.OCTET_STRING, raw), der.encode_integer(key.d)):
        assert read_private_key(_pkcs8(key, number)).d == key.d
        assert read_private_key(_pkcs8(key, number, attributes)).d == key.d


def test_an_integer_with_leading_zeros_of_the_number_is_read() -> None:
    key = new_private_key(XCHA)
    assert read_private_key(_pkcs8(key, der.encode_integer(5))).d == 5


@pytest.mark.parametrize("oid", [XCHA, TC26_512])
def test_a_masked_key_is_named_as_such(oid: str) -> None:
    key = new_private_key(oid)
    masked = bytes(range(1, key.curve.size + 1)) * 2
    for number in (masked, der.encode(der.OCTET_STRING, masked)):
        with pytest.raises(CryptoError, match="без маски"):
            read_private_key(_pkcs8(key, number))


def test_a_password_is_named_as_such() -> None:
    with pytest.raises(CryptoError, match="паролем"):
        read_private_key(armour(b"\x30\x00", "ENCRYPTED PRIVATE KEY"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no key at all", id="text"),
        pytest.param(armour(b"\x30\x00", "PRIVATE KEY"), id="empty sequence"),
        pytest.param(armour(b"\x30\x00", "CERTIFICATE"), id="certificate"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nMA*=\n-----END PRIVATE KEY-----\n", id="no base64"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nMAA=\n", id="no end"),
    ],
)
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(CryptoError):
        read_private_key(data)


@pytest.mark.parametrize("number", [0, CURVES[XCHA].q, CURVES[XCHA].q + 1])
def test_a_number_out_of_bounds_is_refused(number: int) -> None:
    with pytest.raises(CryptoError, match="вне допустимых границ"):
        read_private_key(_pkcs8(new_private_key(XCHA), number.to_bytes(32, "little")))


@settings(max_examples=60)
@given(cut=st.integers(0, 200), oid=st.sampled_from([XCHA, TC26_512]))
def test_truncated_keys_are_refused(cut: int, oid: str) -> None:
    whole = write_private_key(new_private_key(oid))
    with pytest.raises(CryptoError):
        read_private_key(whole[: min(cut, len(whole) - 1)])


def test_the_key_is_not_shown() -> None:
    key = new_private_key(XCHA)
    assert str(key.d) not in repr(key)


def test_a_public_key_off_its_curve_is_refused() -> None:
    key = new_private_key(XCHA).public
    x, y = key.point
    spki = write_public_key(PublicKey(key.curve, key.algorithm, (x, y ^ 1)))
    with pytest.raises(der.DerError, match="off its curve"):
        parse_public_key(spki)


def test_a_curve_of_the_other_length_is_refused() -> None:
    """An AlgorithmIdentifier that names a 256-bit key on a 512-bit curve."""
    parameters = der.encode(der.SEQUENCE, der.encode_oid(TC26_512))
    algorithm = der.encode(der.SEQUENCE, der.encode_oid("1.2.643.7.1.1.1.1"), parameters)
    key = new_private_key(TC26_512).public
    with pytest.raises(der.DerError, match="no known curve"):
        parse_public_key(write_public_key(PublicKey(key.curve, algorithm, key.point)))


def test_the_digest_is_named_for_curves_of_cryptopro_alone() -> None:
    """RFC 9215 section 4.2."""
    streebog_256 = der.encode_oid("1.2.643.7.1.1.2.2")
    assert streebog_256 in new_private_key(XCHA).algorithm
    assert streebog_256 not in new_private_key("1.2.643.7.1.2.1.1.1").algorithm
