"""Provider `rsa` for the test contour: RSA with SHA-256, content by AES-256-GCM, session key by RSA-OAEP.

In names of XML Encryption 1.1: `xmlenc11#aes256-gcm`, and `xmlenc11#rsa-oaep` with SHA-256 and MGF1 of SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from ers_sync.fss.crypto.keys import unarmour
from ers_sync.fss.crypto.provider import CryptoError, DecryptionError, Sealed

_HASH = utils.Prehashed(hashes.SHA256())
_OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_NONCE = 12
_MIN_BITS = 2048


class RsaProvider:
    """One RSA key of 2048 bits or more and the arithmetic around it.

    Args:
        private_key: PKCS#8, PEM or DER, unencrypted.

    Raises:
        CryptoError: The key cannot be used.
    """

    name = "rsa"
    certified = False
    digest_size = 32

    def __init__(self, private_key: bytes) -> None:
        try:
            # that its numbers are primes is not tried: on the test contour nobody hides anything in a key, and it takes 70 ms
            key = load_der_private_key(unarmour(private_key, "PRIVATE KEY"), None, unsafe_skip_rsa_key_validation=True)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise CryptoError("это не закрытый ключ RSA в виде PKCS#8 (PEM или DER)") from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _MIN_BITS:
            raise CryptoError("нужен закрытый ключ RSA не короче 2048 бит")
        self._key = key
        self.public_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def owns(self, spki_der: bytes) -> bool:
        """See `CryptoProvider`."""
        key = _public_key(spki_der)
        return key is not None and key.public_numbers() == self._key.public_key().public_numbers()

    def digest(self, data: bytes, size: int | None = None) -> bytes:
        """See `CryptoProvider`."""
        if size not in {None, self.digest_size}:
            raise CryptoError("профиль RSA знает только SHA-256")
        return hashlib.sha256(data).digest()

    def sign_digest(self, digest: bytes) -> bytes:
        """See `CryptoProvider`; PKCS#1 v1.5."""
        if len(digest) != self.digest_size:
            raise CryptoError("длина хэша не соответствует ключу подписи")
        return self._key.sign(digest, padding.PKCS1v15(), _HASH)

    def verify_digest(self, spki_der: bytes, digest: bytes, signature: bytes) -> bool:
        """See `CryptoProvider`."""
        key = _public_key(spki_der)
        if key is None or len(digest) != self.digest_size:
            return False
        try:
            key.verify(signature, digest, padding.PKCS1v15(), _HASH)
        except InvalidSignature:
            return False
        return True

    def encrypt(self, plain: bytes, recipient_spki: bytes) -> Sealed:
        """See `CryptoProvider`; the content is nonce (12 bytes), ciphertext, tag (16)."""
        recipient = _public_key(recipient_spki)
        if recipient is None:
            raise CryptoError("ключ получателя – не ключ RSA")
        key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE)
        return Sealed(recipient.encrypt(key, _OAEP), nonce + AESGCM(key).encrypt(nonce, plain, None))

    def decrypt(self, sealed: Sealed) -> bytes:
        """See `CryptoProvider`."""
        try:
            key = self._key.decrypt(sealed.key_transport, _OAEP)
            return AESGCM(key).decrypt(sealed.content[:_NONCE], sealed.content[_NONCE:], None)
        except (ValueError, InvalidTag):
            raise DecryptionError from None

    def self_test(self) -> None:
        """See `CryptoProvider`; there and back with the own key, the library's arithmetic being tested elsewhere."""
        digest = self.digest(b"self-test")
        if not self.verify_digest(self.public_key, digest, self.sign_digest(digest)):
            raise CryptoError("самопроверка криптографии не пройдена: подпись RSA")
        if self.decrypt(self.encrypt(b"self-test", self.public_key)) != b"self-test":
            raise CryptoError("самопроверка криптографии не пройдена: шифрование RSA")


def _public_key(spki_der: bytes) -> rsa.RSAPublicKey | None:
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_BITS else None
