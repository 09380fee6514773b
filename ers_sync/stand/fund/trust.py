"""Whose signature the Fund takes: certificates of the test authority, valid at the business moment, not revoked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ers_sync.fss.crypto.certificate import Certificate, read_certificate, verify_issued
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider

REVOKED = "revoked.txt"
_SIGNING = ("digital_signature", "content_commitment")


class DistrustError(Exception):
    """A signature by this certificate is not taken; the text says why."""


class Trust:
    """One authority and its revocation list: `revoked.txt` in the folder, a serial number (hexadecimal) a line, read when it changes."""

    def __init__(self, authority: Certificate, provider: CryptoProvider, folder: Path) -> None:
        self._authority, self._provider = authority, provider
        self._list = folder / REVOKED
        self._seen, self._serials = (0, 0), frozenset[int]()
        self._issued = lru_cache(maxsize=1024)(self._read)

    def take(self, data: bytes) -> Certificate:
        """Return a signer's certificate (DER). Raise DistrustError; its dates are for the one who verifies the signature."""
        certificate = self._issued(data)
        if certificate.serial in self._revoked():
            raise DistrustError("the certificate is revoked")
        return certificate

    def _read(self, data: bytes) -> Certificate:
        try:
            certificate = read_certificate(data)
        except CryptoError:
            raise DistrustError("the certificate cannot be read") from None
        if not verify_issued(certificate, self._authority, self._provider):
            raise DistrustError("the certificate was issued by another authority")
        if not certificate.allows(*_SIGNING):
            raise DistrustError("the certificate is not for signing")
        return certificate

    def _revoked(self) -> frozenset[int]:
        try:
            state = self._list.stat()
        except FileNotFoundError:
            return frozenset()
        seen = (state.st_mtime_ns, state.st_size)
        if seen != self._seen:
            lines = self._list.read_text().split()
            self._seen, self._serials = seen, frozenset(int(line, 16) for line in lines)
        return self._serials
