"""Which provider works with a key: by the name that the configuration gives."""

from __future__ import annotations

import logging
from functools import lru_cache

from ers_sync.fss.crypto.engine import EngineProvider, engine_problem
from ers_sync.fss.crypto.gost28147 import TC26_Z
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider, UnavailableError
from ers_sync.fss.crypto.pure import PureProvider
from ers_sync.fss.crypto.rsa import RsaProvider

NAMES = ("engine", "pure", "rsa", "auto")

_logger = logging.getLogger(__name__)


def make_provider(name: str, private_key: bytes, *, s_box: str = TC26_Z, meshing: bool = True) -> CryptoProvider:
    """Make a provider around a private key.

    Args:
        name: `engine`, `pure`, `rsa`; or `auto`: engine where it loads and passes its self-test, else pure with a warning.
            A production configuration names its provider; it is never replaced silently.
        private_key: Unencrypted PKCS#8, PEM or DER.
        s_box: OID of the S-box of outgoing GOST messages; incoming ones name theirs.
        meshing: CryptoPro key meshing of GOST content, both ways.

    Raises:
        UnavailableError: The engine is not there, or failed its self-test.
        CryptoError: There is no such provider, or the key is not for it.
    """
    if name == "auto":
        name = _best()
    if name == "engine":
        problem = engine_problem()
        if problem is not None:
            raise UnavailableError(problem)
        return EngineProvider(private_key, s_box=s_box, meshing=meshing)
    if name == "pure":
        return PureProvider(private_key, s_box=s_box, meshing=meshing)
    if name == "rsa":
        return RsaProvider(private_key)
    raise CryptoError(f"неизвестный криптопровайдер «{name}»; возможные: {', '.join(NAMES)}")


@lru_cache
def _best() -> str:
    """Decided, and warned of, once for the process."""
    problem = engine_problem()
    if problem is None:
        return "engine"
    _logger.warning("crypto.engine_unusable: %s; the slow provider 'pure' takes its place", problem)
    return "pure"
