"""The key that wraps a session key, and the wrapping: VKO of RFC 7836 and CryptoPro key wrap of RFC 4357."""

from __future__ import annotations

import hmac

from ers_sync.fss.crypto.curves import Curve
from ers_sync.fss.crypto.gost28147 import cfb_encrypt, ecb, imit
from ers_sync.fss.crypto.points import Point, times, times_known
from ers_sync.fss.crypto.signature import encode_point
from ers_sync.fss.crypto.streebog import streebog


def vko(curve: Curve, private: int, public: Point, ukm: bytes, *, keep: bool = False) -> bytes:
    """The common key of 32 bytes (RFC 7836 section 4.3.1, VKO_GOSTR3410_2012_256, for keys of either length).

    Args:
        curve: Curve of both keys.
        private: Own private key.
        public: The other's public key, already checked to lie on the curve.
        ukm: User keying material, a little-endian number.
        keep: Whether the other's key will come again, so that a table for it pays.

    Raises:
        ValueError: The common point is that at infinity.
    """
    factor = (int.from_bytes(ukm, "little") or 1) * private % curve.q
    point = times_known(curve, factor, public) if keep else times(curve, factor, public)
    if curve.cofactor != 1 and point is not None:
        point = times(curve, curve.cofactor, point)
    if point is None:
        raise ValueError("a public key of low order")
    return streebog(encode_point(curve, point), 32)


def _diversify(kek: bytes, ukm: bytes, s_box: str) -> bytes:
    """RFC 4357 section 6.5."""
    for octet in ukm:
        words = [int.from_bytes(kek[at : at + 4], "little") for at in range(0, 32, 4)]
        chosen = sum(word for bit, word in enumerate(words) if octet >> bit & 1)
        others = sum(words) - chosen
        iv = b"".join((half & 0xFFFFFFFF).to_bytes(4, "little") for half in (chosen, others))
        kek = cfb_encrypt(kek, iv, kek, s_box=s_box)
    return kek


def wrap(kek: bytes, ukm: bytes, key: bytes, s_box: str) -> tuple[bytes, bytes]:
    """Wrap a session key of 32 bytes (RFC 4357 section 6.3); give the wrapped key and its MAC of four bytes."""
    diversified = _diversify(kek, ukm, s_box)
    return ecb(diversified, key, encrypting=True, s_box=s_box), imit(diversified, ukm, key, s_box=s_box)


def unwrap(kek: bytes, ukm: bytes, wrapped: bytes, mac: bytes, s_box: str) -> bytes:
    """Unwrap a session key (RFC 4357 section 6.4). Raise ValueError if the MAC differs."""
    diversified = _diversify(kek, ukm, s_box)
    key = ecb(diversified, wrapped, encrypting=False, s_box=s_box)
    if not hmac.compare_digest(imit(diversified, ukm, key, s_box=s_box), mac):
        raise ValueError("the MAC of the wrapped key differs")
    return key
