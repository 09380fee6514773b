"""Funds in processes of their own: one for every test by itself, in a folder with the keys made once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ers_sync.stand.fund.keys import make_keys
from ers_sync.stand.fund.process import FundProcess
from ers_sync.stand.fund.settings import Settings
from ers_sync.stand.pki import TestAuthority

from .fund_support import MOMENT, NAMES, OGRN, OTHER, SEED, Hospital

MakeHospital = Callable[..., Hospital]


@pytest.fixture(scope="session")
def rsa_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TestAuthority]:
    folder = tmp_path_factory.mktemp("rsa") / "keys"
    return folder, make_keys(folder, "rsa", {OGRN: "ЦГБ", OTHER: "Роддом"}, MOMENT)


@pytest.fixture(scope="session")
def gost_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TestAuthority]:
    folder = tmp_path_factory.mktemp("gost") / "keys"
    return folder, make_keys(folder, "gost", {OGRN: "ЦГБ", OTHER: "Роддом"}, MOMENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write_knowledge(tmp_path)
    return tmp_path


def _write_knowledge(folder: Path) -> None:
    (folder / "seed.json").write_text(json.dumps(SEED))
    (folder / "names.json").write_text(json.dumps(NAMES))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(folder: Path, stack: ExitStack, rsa_keys: tuple[Path, TestAuthority]) -> Callable[..., FundProcess]:
    """Start a Fund with RSA keys unless others are given."""

    def make(keys: Path | None = None, **settings: Any) -> FundProcess:
        shutil.copytree(keys or rsa_keys[0], folder / "keys")
        wanted: dict[str, Any] = {"delay": 0.0, "crypto": "rsa", "at": MOMENT} | settings
        return stack.enter_context(
            FundProcess(Settings(folder, seed=folder / "seed.json", names=folder / "names.json", **wanted))
        )

    return make


@pytest.fixture
def hospital_of(folder: Path, stack: ExitStack) -> MakeHospital:
    def make(fund: FundProcess, crypto: str = "rsa", **changed: Any) -> Hospital:
        hospital = Hospital(fund, **{"folder": folder, "crypto": crypto, **changed})
        stack.callback(hospital.close)
        return hospital

    return make


@pytest.fixture
def fund(start: Callable[..., FundProcess]) -> FundProcess:
    return start()


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, rsa_keys: tuple[Path, TestAuthority]
) -> Iterator[tuple[FundProcess, Path]]:
    """A Fund for all tests of a module that can live with each other's puts."""
    folder = tmp_path_factory.mktemp("fund")
    shutil.copytree(rsa_keys[0], folder / "keys")
    _write_knowledge(folder)
    with FundProcess(
        Settings(folder, seed=folder / "seed.json", names=folder / "names.json", delay=0.0, crypto="rsa", at=MOMENT)
    ) as fund:
        yield fund, folder


@pytest.fixture
def tenant(shared: tuple[FundProcess, Path]) -> Iterator[Hospital]:
    """A hospital at the shared Fund, which behaves well again afterwards."""
    hospital = Hospital(*shared, crypto="rsa")
    yield hospital
    hospital.fund.behave()
    hospital.close()


@pytest.fixture
def hospital(fund: FundProcess, hospital_of: MakeHospital) -> Hospital:
    return hospital_of(fund)
