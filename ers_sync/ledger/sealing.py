"""The evidence at rest: AES-256-GCM under a key from a credential, bound to its row and column.

A sealed value is `ERS1`, the key's id (8 bytes), a nonce (12), and the ciphertext with its tag. What is sealed was compressed first: random
bytes do not shrink any more. A value that does not begin like that was kept by a program that had no key, and is read as it is.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"\x00ERS1"
KEY_BYTES = 32

_ID, _NONCE = 8, 12
_HEAD = len(MAGIC) + _ID
_QUICK = 1  # zlib's level: a higher one costs more time than it saves room

Column = Literal["signed_request", "wire_request", "signed_answer", "wire_answer"]


class SealError(Exception):
    """Evidence cannot be read; the text (Russian) says why and names a key at most by its id."""


class Seal:
    """Closes and opens what the ledger keeps: the first key closes, all of them open. Without keys values stay as they are."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        """Take keys of 32 bytes each, the one in force first."""
        self._keys: Mapping[bytes, AESGCM] = {_id(key): AESGCM(key) for key in keys}
        self._first = next(iter(self._keys), None)

    @property
    def head(self) -> bytes | None:
        """What everything begins with that is closed by the key in force; None without keys."""
        return None if self._first is None else MAGIC + self._first

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the keys, the one in force first; they tell nothing of the keys."""
        return tuple(id_.hex() for id_ in self._keys)

    def close(self, value: bytes | None, exchange_id: int, column: Column) -> bytes | None:
        """Return what is kept of a value in this row and column."""
        if value is None or self._first is None:
            return value
        nonce = os.urandom(_NONCE)
        packed = zlib.compress(value, _QUICK)
        head = MAGIC + self._first
        return head + nonce + self._keys[self._first].encrypt(nonce, packed, head + _place(exchange_id, column))

    def open(self, kept: bytes | memoryview | None, exchange_id: int, column: Column) -> bytes | None:
        """Return the value that was closed for this row and column.

        Raises:
            SealError: its key is not there, or it is not what was closed here.
        """
        if kept is None:
            return None
        data = bytes(kept)
        if not data.startswith(MAGIC):
            return data
        id_, nonce, rest = data[len(MAGIC) : _HEAD], data[_HEAD : _HEAD + _NONCE], data[_HEAD + _NONCE :]
        key = self._keys.get(id_)
        if key is None:
            raise SealError(
                f"Доказательства обмена {exchange_id} зашифрованы ключом {id_.hex()}: верните его в ledger.evidence_key_files"
            )
        try:
            return zlib.decompress(key.decrypt(nonce, rest, data[:_HEAD] + _place(exchange_id, column)))
        except (InvalidTag, ValueError, zlib.error):
            raise SealError(f"Доказательства обмена {exchange_id} изменены или повреждены ({column})") from None


def key_of(text: str) -> bytes | None:
    """Return the key that a file's text states (32 bytes in Base64, as `openssl rand -base64 32` writes them), None if it is none."""
    try:
        key = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"ers-sync evidence" + key).digest()[:_ID]


def _place(exchange_id: int, column: Column) -> bytes:
    return f"{exchange_id}:{column}".encode()
