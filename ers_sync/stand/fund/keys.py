"""The keys folder of a stand: the test authority, the Fund, the hospitals; PEM, keys as unencrypted PKCS#8.

ca.crt.pem   fund.crt.pem fund.key.pem   <ОГРН>.crt.pem <ОГРН>.key.pem
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from ers_sync.stand.pki import Crypto, KeyPair, TestAuthority

FUND_OGRN, FUND_INN = "1027739443236", "7736056647"
AUTHORITY = "ca.crt.pem"
# A certificate must name an ИНН; the Fund looks at the ОГРН only.
_NO_INN = "0000000000"


def certificate_file(folder: Path, owner: str) -> Path:
    """Where the certificate of `fund`, or of a hospital by ОГРН, lies."""
    return folder / f"{owner}.crt.pem"


def key_file(folder: Path, owner: str) -> Path:
    """Where the private key of `fund`, or of a hospital by ОГРН, lies."""
    return folder / f"{owner}.key.pem"


def make_keys(
    folder: Path,
    crypto: Crypto,
    hospitals: Mapping[str, str],
    now: datetime,
    *,
    bits: Literal[256, 512] = 256,
    named: bool = True,
) -> TestAuthority:
    """Fill a new folder with the keys of the authority, the Fund and the hospitals (ОГРН → name), valid ± ten years around `now`.

    `bits` is the length of GOST keys; with `named` off the hospitals' certificates have no ОГРН.
    """
    folder.mkdir(parents=True, mode=0o700)
    authority = TestAuthority.create(crypto, now)
    for ogrn, name in hospitals.items():
        save(folder, ogrn, authority.issue(name, ogrn if named else None, _NO_INN, bits=bits))
    fund = authority.issue("Фонд социального страхования (тестовый стенд)", FUND_OGRN, FUND_INN, bits=bits)
    save(folder, "fund", fund)
    (folder / AUTHORITY).write_bytes(authority.certificate_pem)
    return authority


def save(folder: Path, owner: str, pair: KeyPair) -> None:
    """Write one key, readable by its owner only, and its certificate."""
    key = key_file(folder, owner)
    key.touch(mode=0o600)
    key.write_bytes(pair.private_key_pem)
    certificate_file(folder, owner).write_bytes(pair.certificate_pem)
