"""Digests, ciphers and keys of the GOST engine as Python functions. All raise CryptoError when OpenSSL refuses."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import byref, c_char_p, c_int, c_size_t, create_string_buffer

from ers_sync.fss.crypto import libcrypto
from ers_sync.fss.crypto.gost28147 import BLOCK, MESH_CONSTANT, MESH_EVERY, TC26_Z

_DIGESTS = {32: "md_gost12_256", 64: "md_gost12_512"}
_SET_S_BOX = 0x1E  # the engine's own control of a cipher's context
_MAX_TRANSPORT = 512


def digest(data: bytes, size: int) -> bytes:
    """Streebog of 32 or 64 bytes."""
    lib, method, out = libcrypto.library(), libcrypto.digest_method(_DIGESTS[size]), create_string_buffer(size)
    context = libcrypto.require(lib.EVP_MD_CTX_new(), "EVP_MD_CTX_new")
    try:
        libcrypto.require(lib.EVP_DigestInit_ex(context, method, libcrypto.engine()), "EVP_DigestInit_ex")
        libcrypto.require(lib.EVP_DigestUpdate(context, data, len(data)), "EVP_DigestUpdate")
        libcrypto.require(lib.EVP_DigestFinal_ex(context, out, None), "EVP_DigestFinal_ex")
    finally:
        lib.EVP_MD_CTX_free(context)
    return out.raw


def _cbc(key: bytes, iv: bytes, data: bytes, s_box: str, *, encrypting: bool) -> bytes:
    """Whole blocks with chaining and without meshing, which the engine does not do in this mode."""
    lib, method, handle = libcrypto.library(), libcrypto.cipher_method("gost89-cbc"), libcrypto.engine()
    out, written, direction = create_string_buffer(len(data) + BLOCK), c_int(0), int(encrypting)
    context = libcrypto.require(lib.EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")
    try:
        libcrypto.require(lib.EVP_CipherInit_ex(context, method, handle, None, None, direction), "EVP_CipherInit_ex")
        libcrypto.require(lib.EVP_CIPHER_CTX_ctrl(context, _SET_S_BOX, 0, s_box.encode()), "узел замены")
        libcrypto.require(lib.EVP_CipherInit_ex(context, None, None, key, iv, direction), "EVP_CipherInit_ex")
        libcrypto.require(lib.EVP_CIPHER_CTX_set_padding(context, 0), "EVP_CIPHER_CTX_set_padding")
        libcrypto.require(lib.EVP_CipherUpdate(context, out, byref(written), data, len(data)), "EVP_CipherUpdate")
    finally:
        lib.EVP_CIPHER_CTX_free(context)
    return out.raw[: written.value]


def _mesh(key: bytes, iv: bytes, s_box: str) -> tuple[bytes, bytes]:
    """Key and IV of the next 1024 bytes (RFC 4357 section 2.3.2); single blocks are had from chaining by undoing it."""
    chained = int.from_bytes(bytes(BLOCK) + MESH_CONSTANT[:-BLOCK], "big")
    opened = int.from_bytes(_cbc(key, bytes(BLOCK), MESH_CONSTANT, s_box, encrypting=False), "big")
    meshed = (opened ^ chained).to_bytes(32, "big")
    return meshed, _cbc(meshed, bytes(BLOCK), iv, s_box, encrypting=True)


def _meshed_cbc(key: bytes, iv: bytes, data: bytes, s_box: str, *, meshing: bool, encrypting: bool) -> bytes:
    step, out = MESH_EVERY if meshing else max(len(data), 1), []
    if len(key) != 32 or len(iv) != BLOCK or len(data) % BLOCK:
        raise ValueError("a key of 32 bytes, an IV of 8 and whole blocks are expected")
    for at in range(0, len(data), step):
        if at:
            key, iv = _mesh(key, iv, s_box)
        piece = data[at : at + step]
        done = _cbc(key, iv, piece, s_box, encrypting=encrypting)
        iv = (done if encrypting else piece)[-BLOCK:]
        out.append(done)
    return b"".join(out)


def cbc_encrypt(key: bytes, iv: bytes, data: bytes, *, s_box: str = TC26_Z, meshing: bool = True) -> bytes:
    """As `gost28147.cbc_encrypt`."""
    return _meshed_cbc(key, iv, data, s_box, meshing=meshing, encrypting=True)


def cbc_decrypt(key: bytes, iv: bytes, data: bytes, *, s_box: str = TC26_Z, meshing: bool = True) -> bytes:
    """As `gost28147.cbc_decrypt`."""
    return _meshed_cbc(key, iv, data, s_box, meshing=meshing, encrypting=False)


class Key:
    """Owns an EVP_PKEY; OpenSSL counts its users, so threads may share one."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        weakref.finalize(self, libcrypto.library().EVP_PKEY_free, handle)


def _decode(function: Callable[..., int | None], der: bytes, what: str) -> Key:
    libcrypto.engine()
    return Key(libcrypto.require(function(None, byref(c_char_p(der)), len(der)), what))


def public_key(spki: bytes) -> Key:
    """Key of a SubjectPublicKeyInfo."""
    return _decode(libcrypto.library().d2i_PUBKEY, spki, "d2i_PUBKEY")


def private_key(pkcs8: bytes) -> Key:
    """Key of an unencrypted PKCS#8."""
    return _decode(libcrypto.library().d2i_AutoPrivateKey, pkcs8, "d2i_AutoPrivateKey")


@contextmanager
def _context(key: Key, init: Callable[[int], int]) -> Iterator[int]:
    lib = libcrypto.library()
    context = libcrypto.require(lib.EVP_PKEY_CTX_new(key.handle, libcrypto.engine()), "EVP_PKEY_CTX_new")
    try:
        libcrypto.require(init(context), "подготовка ключа")
        yield context
    finally:
        lib.EVP_PKEY_CTX_free(context)


def sign(key: Key, digest: bytes) -> bytes:
    """Sign a digest: s then r, each big-endian."""
    lib, out, size = libcrypto.library(), create_string_buffer(2 * len(digest)), c_size_t(2 * len(digest))
    with _context(key, lib.EVP_PKEY_sign_init) as context:
        libcrypto.require(lib.EVP_PKEY_sign(context, out, byref(size), digest, len(digest)), "EVP_PKEY_sign")
    return out.raw[: size.value]


def verify(key: Key, digest: bytes, signature: bytes) -> bool:
    """Check a signature of a digest."""
    lib = libcrypto.library()
    with _context(key, lib.EVP_PKEY_verify_init) as context:
        answer = lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest))
    if answer != 1:
        libcrypto.errors()  # a signature that does not fit must leave nothing in the queue
    return bool(answer == 1)


def wrap(key: Key, session_key: bytes) -> bytes:
    """Wrap a session key of 32 bytes into a GostR3410-KeyTransport, with S-box TC26-Z always."""
    lib, out, size = libcrypto.library(), create_string_buffer(_MAX_TRANSPORT), c_size_t(_MAX_TRANSPORT)
    with _context(key, lib.EVP_PKEY_encrypt_init) as context:
        result = lib.EVP_PKEY_encrypt(context, out, byref(size), session_key, len(session_key))
        libcrypto.require(result, "EVP_PKEY_encrypt")
    return out.raw[: size.value]


def unwrap(key: Key, transport: bytes) -> bytes:
    """Unwrap a session key of 32 bytes out of a GostR3410-KeyTransport."""
    lib, out, size = libcrypto.library(), create_string_buffer(32), c_size_t(32)
    with _context(key, lib.EVP_PKEY_decrypt_init) as context:
        result = lib.EVP_PKEY_decrypt(context, out, byref(size), transport, len(transport))
        libcrypto.require(result, "EVP_PKEY_decrypt")
    return out.raw[: size.value]
