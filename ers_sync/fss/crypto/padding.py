"""Padding of block ciphers in XML Encryption (section 5.2): random bytes, the last of which is their number (ISO 10126)."""

from __future__ import annotations

import secrets

from ers_sync.fss.crypto.gost28147 import BLOCK


def pad(data: bytes) -> bytes:
    """Pad to whole blocks of 8 bytes, by 1 to 8 bytes."""
    count = BLOCK - len(data) % BLOCK
    return data + secrets.token_bytes(count - 1) + bytes([count])


def unpad(data: bytes) -> bytes:
    """Take the padding off; only its last byte means anything. Raise ValueError if that is not 1 to 8."""
    if not data or not 1 <= data[-1] <= BLOCK:
        raise ValueError("no padding")
    return data[: -data[-1]]
