from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.fss.crypto.gost28147 import (
    CRYPTOPRO_A,
    TC26_Z,
    cbc_decrypt,
    cbc_encrypt,
    cfb_encrypt,
    ecb,
    imit,
    mesh,
)
from ers_sync.fss.crypto.padding import pad, unpad
from ers_sync.fss.crypto.provider import CryptoError


def _words_reversed(key: bytes) -> bytes:
    return b"".join(key[at : at + 4][::-1] for at in range(0, 32, 4))


def test_the_block_of_magma() -> None:
    """RFC 8891 appendix A: the same cipher with its octets in the other order."""
    key = _words_reversed(bytes.fromhex("ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
    plain = bytes.fromhex("fedcba9876543210")[::-1]
    encrypted = ecb(key, plain, encrypting=True, s_box=TC26_Z)
    assert encrypted[::-1].hex() == "4ee901e5c2d8ca3d"
    assert ecb(key, encrypted, encrypting=False, s_box=TC26_Z) == plain


@pytest.mark.parametrize(
    ("s_box", "meshing", "expected"),
    [
        (TC26_Z, True, "5bab6f1199a86bbc7d8abc3c"),
        (TC26_Z, False, "63bd10e89afef6a76bb77a01"),
        (CRYPTOPRO_A, True, "c6f23501dd1d1b5333080423"),
        (CRYPTOPRO_A, False, "5816d6fd6baa252c366130a0"),
    ],
)
def test_chaining_against_another_implementation(s_box: str, meshing: bool, expected: str) -> None:
    source = random.Random(1)
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(4096)
    encrypted = cbc_encrypt(key, iv, data, s_box=s_box, meshing=meshing)
    assert hashlib.sha256(encrypted).hexdigest()[:24] == expected
    assert cbc_decrypt(key, iv, encrypted, s_box=s_box, meshing=meshing) == data


@pytest.mark.parametrize("meshing", [True, False])
@pytest.mark.parametrize("size", [0, 8, 16, 1016, 1024, 1032, 2040, 2048, 2056, 5000])
def test_chaining_there_and_back(size: int, meshing: bool) -> None:
    source = random.Random(size)
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(size)
    encrypted = cbc_encrypt(key, iv, data, meshing=meshing)
    assert len(encrypted) == size
    assert cbc_decrypt(key, iv, encrypted, meshing=meshing) == data


def test_meshing_changes_key_and_iv_exactly_after_1024_bytes() -> None:
    source = random.Random(2)
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(1032)
    meshed, plain = cbc_encrypt(key, iv, data), cbc_encrypt(key, iv, data, meshing=False)
    assert meshed[:1024] == plain[:1024]
    assert meshed[1024:] != plain[1024:]
    next_key, next_iv = mesh(key, meshed[1016:1024], TC26_Z)
    assert next_iv == ecb(next_key, meshed[1016:1024], encrypting=True, s_box=TC26_Z)
    assert meshed[1024:] == cbc_encrypt(next_key, next_iv, data[1024:])


@pytest.mark.parametrize("size", [1, 7, 9, 1023])
def test_parts_of_blocks_are_refused(size: int) -> None:
    key, iv, data = bytes(32), bytes(8), bytes(size)
    with pytest.raises(ValueError, match="whole blocks"):
        cbc_encrypt(key, iv, data)
    with pytest.raises(ValueError, match="whole blocks"):
        cbc_decrypt(key, iv, data)
    with pytest.raises(ValueError, match="whole blocks"):
        cfb_encrypt(key, iv, data)


def test_the_mac_knows_its_limit() -> None:
    assert len(imit(bytes(32), bytes(8), bytes(1024))) == 4
    with pytest.raises(ValueError, match="meshing"):
        imit(bytes(32), bytes(8), bytes(1032))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        cbc_encrypt(bytes(31), bytes(8), bytes(8))


def test_an_unknown_s_box_is_refused() -> None:
    with pytest.raises(CryptoError, match=r"1\.2\.3"):
        cbc_encrypt(bytes(32), bytes(8), bytes(8), s_box="1.2.3")


@settings(max_examples=40, deadline=None)
@given(key=st.binary(min_size=32, max_size=32), iv=st.binary(min_size=8, max_size=8), data=st.binary(max_size=1200))
def test_padding_and_chaining_there_and_back(key: bytes, iv: bytes, data: bytes) -> None:
    padded = pad(data)
    assert len(data) < len(padded) <= len(data) + 8
    assert unpad(cbc_decrypt(key, iv, cbc_encrypt(key, iv, padded))) == data


def test_only_the_last_byte_of_a_padding_means_anything() -> None:
    assert unpad(b"A" + b"\x11\x22\x33\x44\x55\x66\x07") == b"A"
    assert unpad(bytes(7) + b"\x08") == b""


@pytest.mark.parametrize("last", [0, 9, 16, 255])
def test_a_padding_of_another_length_is_refused(last: int) -> None:
    with pytest.raises(ValueError, match="padding"):
        unpad(bytes(15) + bytes([last]))
