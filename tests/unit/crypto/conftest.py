"""What the tests of cryptography share: providers by name, and no engine missing unnoticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import pytest

from ers_sync.fss.crypto import libcrypto
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.stand.pki import KeyPair, TestAuthority

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def _missing() -> str | None:
    """Why the engine is not there; that it is there and answers wrongly is no reason to skip anything."""
    try:
        libcrypto.engine()
    except CryptoError as error:
        return str(error)
    return None


@pytest.fixture(scope="session")
def require_engine() -> Callable[[], None]:
    """Call it where the engine is needed: skips where it is not installed, fails in CI, where it has to be."""

    def require() -> None:
        missing = _missing()
        if missing is None:
            return
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has to have the GOST engine: {missing}")
        pytest.skip(f"GOST engine: {missing}")

    return require


@pytest.fixture(scope="session")
def engine(require_engine: Callable[[], None]) -> None:
    require_engine()


def _hospital(authority: TestAuthority, bits: Literal[256, 512] = 256) -> KeyPair:
    return authority.issue("ГБУЗ Роддом", "1027700132195", "7707083893", bits=bits)


@pytest.fixture(scope="session")
def gost_authority() -> TestAuthority:
    return TestAuthority.create("gost", NOW)


@pytest.fixture(scope="session")
def rsa_authority() -> TestAuthority:
    return TestAuthority.create("rsa", NOW)


@pytest.fixture(scope="session")
def hospital(gost_authority: TestAuthority) -> KeyPair:
    return _hospital(gost_authority)


@pytest.fixture(scope="session")
def fund(gost_authority: TestAuthority) -> KeyPair:
    return _hospital(gost_authority)


@pytest.fixture(scope="session")
def fund_512(gost_authority: TestAuthority) -> KeyPair:
    return _hospital(gost_authority, 512)


@pytest.fixture(scope="session")
def hospital_512(gost_authority: TestAuthority) -> KeyPair:
    return _hospital(gost_authority, 512)


@pytest.fixture(scope="session")
def rsa_members(rsa_authority: TestAuthority) -> tuple[KeyPair, KeyPair]:
    return _hospital(rsa_authority), _hospital(rsa_authority)


@pytest.fixture(scope="session")
def members(
    hospital: KeyPair, fund: KeyPair, hospital_512: KeyPair, fund_512: KeyPair, rsa_members: tuple[KeyPair, KeyPair]
) -> dict[str, tuple[KeyPair, KeyPair]]:
    """Two who exchange messages, by the kind of their keys."""
    return {"gost-256": (hospital, fund), "gost-512": (hospital_512, fund_512), "rsa": rsa_members}
