"""The system's OpenSSL 3 with its GOST engine, through ctypes.

No configuration file is read and no default of the process is changed: the engine is handed to each call. Its key methods
are registered, without which OpenSSL reads no GOST key. Engines end with OpenSSL 4.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_long, c_size_t, c_uint64, c_ulong, c_void_p
from functools import lru_cache
from threading import Lock
from typing import Any

from ers_sync.fss.crypto.provider import CryptoError, UnavailableError

_LIBRARY = "libcrypto.so.3"

# OPENSSL_INIT_: NO_LOAD_CONFIG, LOAD_CRYPTO_STRINGS, ENGINE_DYNAMIC.
_INIT = 0x80 | 0x02 | 0x400

_Prototype = tuple[Any, list[Any]]
_PROTOTYPES: dict[str, _Prototype] = {
    "OPENSSL_init_crypto": (c_int, [c_uint64, c_void_p]),
    "OBJ_txt2nid": (c_int, [c_char_p]),
    "ERR_get_error": (c_ulong, []),
    "ERR_error_string_n": (None, [c_ulong, c_char_p, c_size_t]),
    "ENGINE_by_id": (c_void_p, [c_char_p]),
    "ENGINE_init": (c_int, [c_void_p]),
    "ENGINE_register_pkey_meths": (c_int, [c_void_p]),
    "ENGINE_register_pkey_asn1_meths": (c_int, [c_void_p]),
    "ENGINE_get_digest": (c_void_p, [c_void_p, c_int]),
    "ENGINE_get_cipher": (c_void_p, [c_void_p, c_int]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_DigestInit_ex": (c_int, [c_void_p, c_void_p, c_void_p]),
    "EVP_DigestUpdate": (c_int, [c_void_p, c_char_p, c_size_t]),
    "EVP_DigestFinal_ex": (c_int, [c_void_p, c_char_p, c_void_p]),
    "EVP_CIPHER_CTX_new": (c_void_p, []),
    "EVP_CIPHER_CTX_free": (None, [c_void_p]),
    "EVP_CipherInit_ex": (c_int, [c_void_p, c_void_p, c_void_p, c_char_p, c_char_p, c_int]),
    "EVP_CipherUpdate": (c_int, [c_void_p, c_char_p, POINTER(c_int), c_char_p, c_int]),
    "EVP_CIPHER_CTX_set_padding": (c_int, [c_void_p, c_int]),
    "EVP_CIPHER_CTX_ctrl": (c_int, [c_void_p, c_int, c_int, c_char_p]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_sign_init": (c_int, [c_void_p]),
    "EVP_PKEY_sign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_verify_init": (c_int, [c_void_p]),
    "EVP_PKEY_verify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_PKEY_encrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_encrypt": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_decrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_decrypt": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
}

_loading = Lock()


@lru_cache
def library() -> ctypes.CDLL:
    """The library with every function declared. Raise CryptoError if it is not there."""
    try:
        # Not CDLL: letting the interpreter's lock go and taking it back around calls of microseconds halves what several
        # threads get done; the longest call, on a message of 8 KB, holds it for a tenth of a millisecond.
        loaded = ctypes.PyDLL(_LIBRARY)
        for name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise UnavailableError(f"библиотека OpenSSL 3 ({_LIBRARY}) не загружается: {error}") from error
    return loaded


def errors() -> str:
    """Take what OpenSSL complains of out of this thread's queue."""
    texts, text = [], ctypes.create_string_buffer(256)
    while code := library().ERR_get_error():
        library().ERR_error_string_n(code, text, len(text))
        texts.append(text.value.decode("utf-8", "replace"))
    return "; ".join(texts)


def require(result: int | None, what: str) -> int:
    """Pass a handle or a positive result on. Raise CryptoError for any other, naming the call that gave it."""
    if result is None or result <= 0:
        raise CryptoError(f"OpenSSL, {what}: {errors() or 'без пояснений'}")
    return result


def engine() -> int:
    """Handle of the GOST engine, loaded once and kept. Raise CryptoError if it cannot be."""
    with _loading:
        return _load_engine()


@lru_cache
def _load_engine() -> int:
    lib = library()
    require(lib.OPENSSL_init_crypto(_INIT, None), "OPENSSL_init_crypto")
    handle = lib.ENGINE_by_id(b"gost")
    if not handle:
        raise UnavailableError(f"нет модуля ГОСТ для OpenSSL, установите пакет libengine-gost-openssl ({errors()})")
    require(lib.ENGINE_init(handle), "ENGINE_init")
    require(lib.ENGINE_register_pkey_meths(handle), "ENGINE_register_pkey_meths")
    require(lib.ENGINE_register_pkey_asn1_meths(handle), "ENGINE_register_pkey_asn1_meths")
    return int(handle)


@lru_cache
def digest_method(name: str) -> int:
    """The engine's method for a digest."""
    return require(library().ENGINE_get_digest(engine(), library().OBJ_txt2nid(name.encode())), name)


@lru_cache
def cipher_method(name: str) -> int:
    """The engine's method for a cipher."""
    return require(library().ENGINE_get_cipher(engine(), library().OBJ_txt2nid(name.encode())), name)
