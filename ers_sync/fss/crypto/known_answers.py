"""Known answers that a GOST provider checks itself by at start."""

from __future__ import annotations

import hashlib
import random
from typing import Protocol

from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider, Sealed

# A key of no value on curve 1.2.643.2.2.36.0, with what was signed and encrypted by it once.
PRIVATE_KEY = bytes.fromhex(
    "3048020100301f06082a85030701010101301306072a85030202240006082a85030701010202042204204de98c03aa54222cb68c"
    "c0eec1bb0e0c185e7dccc3df92949cc9cadc73bfb4de"
)
_PUBLIC_KEY = bytes.fromhex(
    "3066301f06082a85030701010101301306072a85030202240006082a8503070101020203430004403e2828b984f0d7701e13dacf"
    "1e033158485811d0d73d0786787babaaa8faea03d4805d257cb0a2e0122ca90b4f09b139937eeb090122e6a420efe2515342007c"
)
_SIGNATURE = bytes.fromhex(
    "d60e5a33a25b39c601a2f6e6f636fc00be3357c28022c65d07795b223a6a4bf4558c8efe0b9781979af6b2a9db8c939c0e2ddae3"
    "ac8226492f3c4261bda97825"
)
_SEALED = Sealed(
    key_transport=bytes.fromhex(
        "3081a930280420abdd40e15e80f90b96be071fd9d6dd9a18d82695b094b1c413ecf445a22af313040404d8995fa07d06092a8503"
        "070102050101a066301f06082a85030701010101301306072a85030202240006082a85030701010202034300044084b5677c1f4e"
        "430fb5ec15b209e066f1a3b75656281ed95bc54fe84049a4f53fc9c6eb560bd97983ac811bf905603bb7c81112f50e54c801d08d"
        "68b4b0665f0d040858ea4c751a204691"
    ),
    content=bytes.fromhex("0000000000000000104b8ced4059630574296d49700b2a5f"),
)
_PLAIN = b"0123456789"

# RFC 6986 section 10.1: the message M1 and its digests.
_MESSAGE = b"012345678901234567890123456789012345678901234567890123456789012"
_DIGESTS = {
    32: bytes.fromhex("9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
    64: bytes.fromhex(
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
        "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
    ),
}

# The first 12 bytes of SHA-256 of 4096 bytes in CBC, by S-box and meshing; key, IV and data as in `_check_cbc`.
_CBC = {
    (TC26_Z, True): "5bab6f1199a86bbc7d8abc3c",
    (TC26_Z, False): "63bd10e89afef6a76bb77a01",
    (CRYPTOPRO_A, True): "c6f23501dd1d1b5333080423",
    (CRYPTOPRO_A, False): "5816d6fd6baa252c366130a0",
}


class Cbc(Protocol):
    """Encryption of whole blocks with chaining, as `gost28147.cbc_encrypt`."""

    def __call__(self, key: bytes, iv: bytes, data: bytes, *, s_box: str, meshing: bool) -> bytes:
        """Encrypt."""
        ...


def check(own: CryptoProvider, fixed: CryptoProvider, cbc: Cbc) -> None:
    """Check a provider.

    Args:
        own: The provider with the key that it will work with.
        fixed: One of the same make with `PRIVATE_KEY`.
        cbc: The cipher that it encrypts content with.

    Raises:
        CryptoError: An answer differs.
    """
    for size, expected in _DIGESTS.items():
        _require(own.digest(_MESSAGE, size) == expected, "хэш Стрибог")
    digest = _DIGESTS[32]
    _require(own.verify_digest(_PUBLIC_KEY, digest, _SIGNATURE), "проверка подписи")
    _require(not own.verify_digest(_PUBLIC_KEY, digest[::-1], _SIGNATURE), "отказ от чужой подписи")
    signed = own.digest(_MESSAGE)
    _require(own.verify_digest(own.public_key, signed, own.sign_digest(signed)), "подпись")
    _require(fixed.decrypt(_SEALED) == _PLAIN, "расшифровка")
    _require(own.decrypt(own.encrypt(_MESSAGE, own.public_key)) == _MESSAGE, "шифрование")
    _check_cbc(cbc)


def _check_cbc(cbc: Cbc) -> None:
    source = random.Random(1)  # noqa: S311 - a fixed sequence is what is wanted
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(4096)
    for (s_box, meshing), expected in _CBC.items():
        encrypted = cbc(key, iv, data, s_box=s_box, meshing=meshing)
        _require(hashlib.sha256(encrypted).hexdigest().startswith(expected), "шифр ГОСТ 28147-89")


def _require(answer: bool, what: str) -> None:  # noqa: FBT001 - an assertion that is not optimised away
    if not answer:
        raise CryptoError(f"самопроверка криптографии не пройдена: {what}")
