"""The border behind which all cryptography lies: no XML, no HTTP and no files inside.

The interface is at the level of a message, because in a certified CSP the session key never leaves it. A provider of
another make must pass the contract suite `tests/unit/crypto/test_provider_contract.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class CryptoError(Exception):
    """A key, a certificate or a call that cannot be used; the text, which reaches the operator, says what to do."""


class UnavailableError(CryptoError):
    """The provider cannot work on this machine, whatever the key."""


class DecryptionError(CryptoError):
    """The message cannot be decrypted.

    One text for every cause: XML Encryption has no MAC, and a cause would be an oracle.
    """

    def __init__(self) -> None:
        super().__init__("the message cannot be decrypted")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted message: the wrapped session key (DER) and IV followed by the ciphertext."""

    key_transport: bytes
    content: bytes


class CryptoProvider(Protocol):
    """One signer's key and the arithmetic around it. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """`engine`, `pure` or `rsa`."""
        ...

    @property
    def certified(self) -> bool:
        """Whether this is a certified СКЗИ."""
        ...

    @property
    def public_key(self) -> bytes:
        """The own public key as a SubjectPublicKeyInfo in DER."""
        ...

    @property
    def digest_size(self) -> int:
        """Bytes of the digest that goes with the own key: 32, or 64 for a 512-bit GOST key (RSA: 32)."""
        ...

    def owns(self, spki_der: bytes) -> bool:
        """Tell whether the key of a SubjectPublicKeyInfo is the public half of the own one, however it is encoded."""
        ...

    def digest(self, data: bytes, size: int | None = None) -> bytes:
        """Hash the bytes: `size` of 32 or 64 bytes, by default what goes with the own key (RSA: SHA-256 alone).

        The size is named where another's signature is checked, whose key may be of the other length.
        """
        ...

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign with the own key; GOST: s then r, each big-endian. Raise CryptoError for a digest of another length."""
        ...

    def verify_digest(self, spki_der: bytes, digest: bytes, signature: bytes) -> bool:
        """Check a signature by the key of a SubjectPublicKeyInfo; a malformed key or signature is False."""
        ...

    def encrypt(self, plain: bytes, recipient_spki: bytes) -> Sealed:
        """Encrypt for the key of a SubjectPublicKeyInfo. Raise CryptoError if it is no key of this provider's kind."""
        ...

    def decrypt(self, sealed: Sealed) -> bytes:
        """Decrypt with the own key. Raise DecryptionError, whatever the cause."""
        ...

    def self_test(self) -> None:
        """Check known answers; raise CryptoError if one differs."""
        ...
