"""GOST R 34.10-2012: keys and signatures, after RFC 7091.

A digest is read as a little-endian number; a signature is s then r, each big-endian (RFC 9215 section 2). On the wire a public
key is x then y, each little-endian.
"""

from __future__ import annotations

import secrets

from ers_sync.fss.crypto.curves import Curve
from ers_sync.fss.crypto.points import Point, combine, times_generator


def random_number(curve: Curve) -> int:
    """A random private key or nonce, 0 < d < q."""
    return secrets.randbelow(curve.q - 1) + 1


def public_point(curve: Curve, private: int) -> Point:
    """The public key of a private one, 0 < private < q."""
    point = times_generator(curve, private)
    if point is None:
        raise ValueError("a private key lies strictly between 0 and q")
    return point


def _digest_number(curve: Curve, digest: bytes) -> int:
    """Section 6.1, step 2: 0 is replaced by 1."""
    return int.from_bytes(digest, "little") % curve.q or 1


def sign(curve: Curve, private: int, digest: bytes, nonce: int | None = None) -> bytes:
    """Sign a digest (section 6.1).

    Args:
        curve: Curve of the key.
        private: Private key.
        digest: As many bytes as the curve's size.
        nonce: Random number k, given by known-answer tests alone.

    Returns:
        s then r, each big-endian, of the curve's size.
    """
    e = _digest_number(curve, digest)
    while True:
        k = nonce or random_number(curve)
        r = public_point(curve, k)[0] % curve.q
        s = (r * private + k * e) % curve.q
        if r and s:
            return s.to_bytes(curve.size, "big") + r.to_bytes(curve.size, "big")


def verify(curve: Curve, public: Point, digest: bytes, signature: bytes) -> bool:
    """Check a signature of a digest (section 6.2). Anything malformed is False."""
    if len(signature) != 2 * curve.size or len(digest) != curve.size:
        return False
    s = int.from_bytes(signature[: curve.size], "big")
    r = int.from_bytes(signature[curve.size :], "big")
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    v = pow(_digest_number(curve, digest), -1, curve.q)
    point = combine(curve, s * v % curve.q, -r * v % curve.q, public)
    return point is not None and point[0] % curve.q == r


def encode_point(curve: Curve, point: Point) -> bytes:
    """The coordinates x and y in a row, each little-endian."""
    return b"".join(coordinate.to_bytes(curve.size, "little") for coordinate in point)


def decode_point(curve: Curve, octets: bytes) -> Point:
    """The inverse of `encode_point`. Raise ValueError for another length; whether it lies on the curve is not looked at."""
    if len(octets) != 2 * curve.size:
        raise ValueError("a public key of another length than the curve's")
    return int.from_bytes(octets[: curve.size], "little"), int.from_bytes(octets[curve.size :], "little")
