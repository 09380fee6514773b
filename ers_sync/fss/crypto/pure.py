"""Provider `pure`: GOST by the standard library alone. Not certified and not constant-time: not for keys of value."""

from __future__ import annotations

import secrets

from ers_sync.fss.crypto import keytransport, known_answers
from ers_sync.fss.crypto.gost28147 import BLOCK, TC26_Z, cbc_decrypt, cbc_encrypt
from ers_sync.fss.crypto.keys import PublicKey, read_private_key, read_public_key, write_public_key
from ers_sync.fss.crypto.padding import pad, unpad
from ers_sync.fss.crypto.provider import CryptoError, DecryptionError, Sealed
from ers_sync.fss.crypto.signature import sign, verify
from ers_sync.fss.crypto.streebog import streebog


class PureProvider:
    """One private key and the arithmetic around it; nothing in it changes, so threads may share it.

    Args:
        private_key: PKCS#8, PEM or DER.
        s_box: OID of the S-box that outgoing messages are encrypted with; incoming ones name theirs.
        meshing: Whether key and IV change every 1024 bytes of content, both ways.

    Raises:
        CryptoError: The key cannot be used.
    """

    name = "pure"
    certified = False

    def __init__(self, private_key: bytes, *, s_box: str = TC26_Z, meshing: bool = True) -> None:
        self._key = read_private_key(private_key)
        self._public = self._key.public
        self._s_box = s_box
        self._meshing = meshing
        self.digest_size = self._key.curve.size
        self.public_key = write_public_key(self._public)

    def owns(self, spki_der: bytes) -> bool:
        """See `CryptoProvider`."""
        key = _public_key(spki_der)
        return key is not None and key.curve is self._public.curve and key.point == self._public.point

    def digest(self, data: bytes, size: int | None = None) -> bytes:
        """See `CryptoProvider`."""
        return streebog(data, self.digest_size if size is None else size)

    def sign_digest(self, digest: bytes) -> bytes:
        """See `CryptoProvider`."""
        if len(digest) != self.digest_size:
            raise CryptoError("длина хэша не соответствует ключу подписи")
        return sign(self._key.curve, self._key.d, digest)

    def verify_digest(self, spki_der: bytes, digest: bytes, signature: bytes) -> bool:
        """See `CryptoProvider`."""
        key = _public_key(spki_der)
        return key is not None and verify(key.curve, key.point, digest, signature)

    def encrypt(self, plain: bytes, recipient_spki: bytes) -> Sealed:
        """See `CryptoProvider`."""
        key, iv = secrets.token_bytes(32), secrets.token_bytes(BLOCK)
        transport = keytransport.wrap(key, recipient_spki, self._s_box)
        return Sealed(transport, iv + cbc_encrypt(key, iv, pad(plain), s_box=self._s_box, meshing=self._meshing))

    def decrypt(self, sealed: Sealed) -> bytes:
        """See `CryptoProvider`."""
        try:
            transport = keytransport.read(sealed.key_transport)
            if transport.ephemeral.curve is not self._key.curve:
                raise DecryptionError
            key = keytransport.unwrap(self._key, transport)
            iv, content = sealed.content[:BLOCK], sealed.content[BLOCK:]
            return unpad(cbc_decrypt(key, iv, content, s_box=transport.s_box, meshing=self._meshing))
        except (ValueError, CryptoError):
            raise DecryptionError from None

    def self_test(self) -> None:
        """See `CryptoProvider`."""
        known_answers.check(self, PureProvider(known_answers.PRIVATE_KEY), cbc_encrypt)


def _public_key(spki_der: bytes) -> PublicKey | None:
    try:
        return read_public_key(spki_der)
    except ValueError:
        return None
