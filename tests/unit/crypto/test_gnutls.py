"""A third opinion: GnuTLS, which is on every Debian and shares no code with OpenSSL's engine or with ours."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p, create_string_buffer
from typing import Any

import pytest

from ers_sync.fss.crypto.curves import CURVES
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z, cfb_encrypt, imit, mesh
from ers_sync.fss.crypto.keys import new_private_key, write_private_key, write_public_key
from ers_sync.fss.crypto.signature import sign, verify
from ers_sync.fss.crypto.streebog import streebog
from ers_sync.stand.pki import KeyPair, TestAuthority

STREEBOG = {32: 16, 64: 17}  # gnutls_digest_algorithm_t
CFB = {TC26_Z: 24, CRYPTOPRO_A: 25}  # gnutls_cipher_algorithm_t
IMIT_TC26_Z = 208  # gnutls_mac_algorithm_t
SIGN = {32: 44, 64: 45}  # gnutls_sign_algorithm_t
DER = 0

# The curves that GnuTLS has on Debian: CryptoPro A, XchA, TC26 512 A.
OIDS = ["1.2.643.2.2.35.1", "1.2.643.2.2.36.0", "1.2.643.7.1.2.1.2.1"]
each_oid = pytest.mark.parametrize("oid", OIDS)


class Datum(ctypes.Structure):
    """gnutls_datum_t."""

    _fields_ = [("data", c_void_p), ("size", c_uint)]


def datum(octets: bytes) -> Datum:
    made = Datum(ctypes.cast(c_char_p(octets), c_void_p), len(octets))
    made.octets = octets  # the pointer lives as long as they do
    return made


PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "gnutls_hash_fast": (c_int, [c_int, c_char_p, c_size_t, c_char_p]),
    "gnutls_hmac_init": (c_int, [POINTER(c_void_p), c_int, c_char_p, c_size_t]),
    "gnutls_hmac": (c_int, [c_void_p, c_char_p, c_size_t]),
    "gnutls_hmac_deinit": (None, [c_void_p, c_char_p]),
    "gnutls_cipher_init": (c_int, [POINTER(c_void_p), c_int, POINTER(Datum), POINTER(Datum)]),
    "gnutls_cipher_encrypt2": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "gnutls_cipher_deinit": (None, [c_void_p]),
    "gnutls_pubkey_init": (c_int, [POINTER(c_void_p)]),
    "gnutls_pubkey_import": (c_int, [c_void_p, POINTER(Datum), c_int]),
    "gnutls_pubkey_verify_hash2": (c_int, [c_void_p, c_int, c_uint, POINTER(Datum), POINTER(Datum)]),
    "gnutls_pubkey_deinit": (None, [c_void_p]),
    "gnutls_privkey_init": (c_int, [POINTER(c_void_p)]),
    "gnutls_privkey_import_x509_raw": (c_int, [c_void_p, POINTER(Datum), c_int, c_char_p, c_uint]),
    "gnutls_privkey_sign_hash2": (c_int, [c_void_p, c_int, c_uint, POINTER(Datum), POINTER(Datum)]),
    "gnutls_privkey_deinit": (None, [c_void_p]),
    "gnutls_x509_crt_init": (c_int, [POINTER(c_void_p)]),
    "gnutls_x509_crt_import": (c_int, [c_void_p, POINTER(Datum), c_int]),
    "gnutls_x509_crt_verify": (c_int, [c_void_p, POINTER(c_void_p), c_uint, c_uint, POINTER(c_uint)]),
    "gnutls_x509_crt_deinit": (None, [c_void_p]),
}


@pytest.fixture(scope="module")
def gnutls() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libgnutls.so.30")
    except OSError as error:
        pytest.skip(f"GnuTLS: {error}")
    for name, (result, arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def opened(function: Callable[..., int], *arguments: object) -> c_void_p:
    handle = c_void_p()
    assert function(byref(handle), *arguments) == 0
    return handle


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("length", [0, 63, 64, 65, 1000])
def test_digests(gnutls: ctypes.CDLL, size: int, length: int) -> None:
    data, out = random.Random(length).randbytes(length), create_string_buffer(size)
    assert gnutls.gnutls_hash_fast(STREEBOG[size], data, length, out) == 0
    assert streebog(data, size) == out.raw


@pytest.mark.parametrize("s_box", [TC26_Z, CRYPTOPRO_A], ids=["z", "a"])
def test_the_cipher_and_the_meshing_of_key_and_iv(gnutls: ctypes.CDLL, s_box: str) -> None:
    """GnuTLS has no chaining with this cipher, but feedback with the same meshing."""
    source = random.Random(5)
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(3000)
    out = create_string_buffer(len(data))
    handle = opened(gnutls.gnutls_cipher_init, CFB[s_box], datum(key), datum(iv))
    assert gnutls.gnutls_cipher_encrypt2(handle, data, len(data), out, len(data)) == 0
    gnutls.gnutls_cipher_deinit(handle)
    ours = b""
    for at in range(0, len(data), 1024):
        if at:
            key, iv = mesh(key, ours[-8:], s_box)
        ours += cfb_encrypt(key, iv, data[at : at + 1024], s_box=s_box)
    assert ours == out.raw


@pytest.mark.parametrize("length", [16, 32, 1016, 1024])
def test_the_mac(gnutls: ctypes.CDLL, length: int) -> None:
    """GnuTLS begins with an IV of zeros alone; ours is added to the first block, as that of chaining is."""
    source = random.Random(length)
    key, iv, data, out = source.randbytes(32), source.randbytes(8), source.randbytes(length), create_string_buffer(4)
    handle = opened(gnutls.gnutls_hmac_init, IMIT_TC26_Z, key, len(key))
    assert gnutls.gnutls_hmac(handle, data, length) == 0
    gnutls.gnutls_hmac_deinit(handle, out)
    shifted = bytes(left ^ right for left, right in zip(data[:8], iv, strict=True)) + data[8:]
    assert imit(key, bytes(8), data) == imit(key, iv, shifted) == out.raw


@each_oid
def test_it_verifies_our_signatures(gnutls: ctypes.CDLL, oid: str) -> None:
    key = new_private_key(oid)
    digest = streebog(b"text", key.curve.size)
    signature = sign(key.curve, key.d, digest)
    handle = opened(gnutls.gnutls_pubkey_init)
    assert gnutls.gnutls_pubkey_import(handle, datum(write_public_key(key.public)), DER) == 0
    algorithm = SIGN[key.curve.size]
    accepted = gnutls.gnutls_pubkey_verify_hash2(handle, algorithm, 0, datum(digest), datum(signature))
    refused = gnutls.gnutls_pubkey_verify_hash2(handle, algorithm, 0, datum(digest[::-1]), datum(signature))
    gnutls.gnutls_pubkey_deinit(handle)
    assert accepted >= 0 > refused


@each_oid
def test_we_verify_its_signatures_by_our_key_files(gnutls: ctypes.CDLL, oid: str) -> None:
    key, signature = new_private_key(oid), Datum()
    digest = streebog(b"text", CURVES[oid].size)
    handle = opened(gnutls.gnutls_privkey_init)
    assert gnutls.gnutls_privkey_import_x509_raw(handle, datum(write_private_key(key)), DER, None, 0) == 0
    assert gnutls.gnutls_privkey_sign_hash2(handle, SIGN[key.curve.size], 0, datum(digest), signature) == 0
    gnutls.gnutls_privkey_deinit(handle)
    assert verify(key.curve, key.public.point, digest, ctypes.string_at(signature.data, signature.size))


def test_it_accepts_the_certificates_of_the_test_authority(
    gnutls: ctypes.CDLL, gost_authority: TestAuthority, hospital: KeyPair
) -> None:
    ours, issuer = (opened(gnutls.gnutls_x509_crt_init) for _ in range(2))
    assert gnutls.gnutls_x509_crt_import(ours, datum(hospital.certificate.der), DER) == 0
    assert gnutls.gnutls_x509_crt_import(issuer, datum(gost_authority.certificate.der), DER) == 0
    status = c_uint(0)
    assert gnutls.gnutls_x509_crt_verify(ours, byref(issuer), 1, 0, byref(status)) == 0
    gnutls.gnutls_x509_crt_deinit(ours)
    gnutls.gnutls_x509_crt_deinit(issuer)
    assert status.value == 0
