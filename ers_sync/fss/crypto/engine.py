"""Provider `engine`: GOST by OpenSSL 3 and Debian's package libengine-gost-openssl. Not certified."""

from __future__ import annotations

import secrets
from functools import lru_cache

from ers_sync.fss.crypto import evp, keytransport, known_answers
from ers_sync.fss.crypto.gost28147 import BLOCK, TC26_Z
from ers_sync.fss.crypto.keys import (
    PublicKey,
    read_private_key,
    read_public_key,
    write_private_key,
    write_public_key,
)
from ers_sync.fss.crypto.padding import pad, unpad
from ers_sync.fss.crypto.provider import CryptoError, DecryptionError, Sealed


@lru_cache(maxsize=1024)
def _imported(spki: bytes) -> tuple[PublicKey, evp.Key]:
    """A certificate's key, read as strictly as the provider `pure` does. Raise CryptoError."""
    try:
        return read_public_key(spki), evp.public_key(spki)
    except ValueError as error:
        raise CryptoError("это не открытый ключ ГОСТ Р 34.10-2012") from error


def _wrap(session_key: bytes, recipient_spki: bytes, s_box: str) -> bytes:
    """Wrap a session key; the engine writes TC26-Z alone, so that with another S-box our own code does it."""
    _, recipient = _imported(recipient_spki)
    if s_box != TC26_Z:
        return keytransport.wrap(session_key, recipient_spki, s_box)
    return evp.wrap(recipient, session_key)


class EngineProvider:
    """One private key and the engine's arithmetic around it; threads may share it.

    Args:
        private_key: PKCS#8, PEM or DER.
        s_box: OID of the S-box that outgoing messages are encrypted with; incoming ones name theirs.
        meshing: Whether key and IV change every 1024 bytes of content, both ways.

    Raises:
        CryptoError: The engine is not there, or the key cannot be used.
    """

    name = "engine"
    certified = False

    def __init__(self, private_key: bytes, *, s_box: str = TC26_Z, meshing: bool = True) -> None:
        key = read_private_key(private_key)
        self._public = key.public
        self._key = evp.private_key(write_private_key(key))
        self._s_box = s_box
        self._meshing = meshing
        self.digest_size = key.curve.size
        self.public_key = write_public_key(self._public)

    def owns(self, spki_der: bytes) -> bool:
        """See `CryptoProvider`."""
        try:
            key, _ = _imported(spki_der)
        except CryptoError:
            return False
        return key.curve is self._public.curve and key.point == self._public.point

    def digest(self, data: bytes, size: int | None = None) -> bytes:
        """See `CryptoProvider`."""
        return evp.digest(data, self.digest_size if size is None else size)

    def sign_digest(self, digest: bytes) -> bytes:
        """See `CryptoProvider`."""
        if len(digest) != self.digest_size:
            raise CryptoError("длина хэша не соответствует ключу подписи")
        return evp.sign(self._key, digest)

    def verify_digest(self, spki_der: bytes, digest: bytes, signature: bytes) -> bool:
        """See `CryptoProvider`."""
        try:
            key, imported = _imported(spki_der)
        except CryptoError:
            return False
        if len(digest) != key.curve.size or len(signature) != 2 * key.curve.size:
            return False
        return evp.verify(imported, digest, signature)

    def encrypt(self, plain: bytes, recipient_spki: bytes) -> Sealed:
        """See `CryptoProvider`."""
        key, iv = secrets.token_bytes(32), secrets.token_bytes(BLOCK)
        transport = _wrap(key, recipient_spki, self._s_box)
        return Sealed(transport, iv + evp.cbc_encrypt(key, iv, pad(plain), s_box=self._s_box, meshing=self._meshing))

    def decrypt(self, sealed: Sealed) -> bytes:
        """See `CryptoProvider`."""
        try:
            # Read strictly first: the engine looks neither at trailing bytes nor at points of low order.
            transport = keytransport.read(sealed.key_transport)
            if transport.ephemeral.curve is not self._public.curve:
                raise DecryptionError
            key = evp.unwrap(self._key, sealed.key_transport)
            iv, content = sealed.content[:BLOCK], sealed.content[BLOCK:]
            return unpad(evp.cbc_decrypt(key, iv, content, s_box=transport.s_box, meshing=self._meshing))
        except (ValueError, CryptoError):
            raise DecryptionError from None

    def self_test(self) -> None:
        """See `CryptoProvider`."""
        known_answers.check(self, EngineProvider(known_answers.PRIVATE_KEY), evp.cbc_encrypt)


@lru_cache
def engine_problem() -> str | None:
    """Why the engine is of no use here, in words, or None: loaded and checked by known answers, once for the process."""
    try:
        EngineProvider(known_answers.PRIVATE_KEY).self_test()
    except CryptoError as error:
        return str(error)
    return None
