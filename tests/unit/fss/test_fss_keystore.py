"""Files of keys that change while the program runs."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from ers_sync.fss.client import FundClient
from ers_sync.fss.keyfiles import KeyFiles, KeySource
from ers_sync.fss.keyring import Key, KeyProblem, Keyring
from ers_sync.fss.keystore import KeyStore
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.profile import RSA, Role
from ers_sync.fss.transport import Reply, Transport
from ers_sync.stand.pki import KeyPair, TestAuthority

from .answering import Parties

OGRN, OTHER = "1026602336727", "1036602336728"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def pairs() -> list[KeyPair]:
    authority = TestAuthority.create("rsa", NOW)
    return [authority.issue("ЦГБ", OGRN, "6658021402") for _ in range(3)]


class Site:
    """The files of one hospital and of the Fund, and a store of them."""

    def __init__(self, folder: Path, pair: KeyPair, fund: KeyPair) -> None:
        self.folder = folder
        self.put(pair)
        (folder / "fund.pem").write_bytes(fund.certificate_pem)
        self.files = KeyFiles((KeySource(OGRN, folder / "key", folder / "pem"),), (folder / "fund.pem",))
        self.store = KeyStore(lambda: self.files, crypto="rsa", profile=RSA)

    def put(self, pair: KeyPair) -> None:
        (self.folder / "key").write_bytes(pair.private_key_pem)
        (self.folder / "pem").write_bytes(pair.certificate_pem)

    def serial(self) -> int:
        return self.store.current().signing(OGRN, Role.MO, NOW).certificate.serial

    def opening(self) -> list[int]:
        return [key.certificate.serial for key in self.store.current().opening(OGRN)]


@pytest.fixture
def site(tmp_path: Path, pairs: list[KeyPair]) -> Site:
    return Site(tmp_path, pairs[0], pairs[2])


def test_a_new_pair_signs_after_the_next_look_and_the_old_one_still_opens(site: Site, pairs: list[KeyPair]) -> None:
    old, new = (pair.certificate.serial for pair in pairs[:2])
    assert site.serial() == old
    site.put(pairs[1])
    assert site.serial() == old
    site.store.look()
    assert site.serial() == new
    assert site.opening() == [new, old]


def test_back_and_forth_keeps_every_key_once(site: Site, pairs: list[KeyPair]) -> None:
    for turn in (0, 1, 0, 1, 0):
        site.put(pairs[turn])
        site.store.current()
        site.store.look()
    assert site.opening() == [pairs[0].certificate.serial, pairs[1].certificate.serial]


def test_nothing_is_read_anew_where_nothing_changed(site: Site) -> None:
    before = site.store.current()
    site.store.look()
    assert site.store.current() is before


def test_a_file_of_the_same_size_and_time_that_was_moved_into_place(site: Site, pairs: list[KeyPair]) -> None:
    before = site.store.current()
    new = site.folder / "new"
    new.write_bytes((site.folder / "pem").read_bytes())
    state = (site.folder / "pem").stat()
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    new.replace(site.folder / "pem")
    site.store.look()
    assert site.store.current() is not before


def test_half_a_rotation_signs_nothing_until_it_is_whole(site: Site, pairs: list[KeyPair]) -> None:
    site.store.current()
    (site.folder / "pem").write_bytes(pairs[1].certificate_pem)
    site.store.look()
    with pytest.raises(KeyProblem, match="не подходит к сертификату"):
        site.serial()
    assert site.opening() == [pairs[0].certificate.serial]
    (site.folder / "key").write_bytes(pairs[1].private_key_pem)
    site.store.look()
    assert site.serial() == pairs[1].certificate.serial


def test_a_file_that_went_is_told_of_and_comes_back(site: Site, pairs: list[KeyPair]) -> None:
    site.store.current()
    (site.folder / "key").unlink()
    site.store.look()
    with pytest.raises(KeyProblem, match="не открывается"):
        site.serial()
    site.put(pairs[0])
    site.store.look()
    assert site.serial() == pairs[0].certificate.serial


def test_the_next_certificate_of_the_fund(site: Site, pairs: list[KeyPair]) -> None:
    assert [certificate.serial for certificate in site.store.current().fund] == [pairs[2].certificate.serial]
    (site.folder / "fund.pem").write_bytes(pairs[1].certificate_pem)
    site.store.look()
    assert [certificate.serial for certificate in site.store.current().fund] == [pairs[1].certificate.serial]


def test_a_hospital_that_became_known(site: Site) -> None:
    site.store.current()
    site.files = replace(site.files, sources=(*site.files.sources, replace(site.files.sources[0], ogrn=OTHER)))
    site.store.look()
    assert [problem.ogrn for problem in site.store.current().broken] == [OTHER]


def test_nothing_is_read_before_it_is_wanted(site: Site) -> None:
    (site.folder / "key").unlink()
    site.store.look()
    assert site.store._keyring is None


def test_a_late_answer_is_opened_by_the_key_that_was_replaced() -> None:
    parties = Parties()
    old = Keyring([Key(OGRN, Role.MO, parties.hospital.certificate, parties.hospital.provider)], [])
    new = Keyring([Key(OGRN, Role.MO, parties.other.certificate, parties.other.provider)], [parties.fund.certificate])
    late = parties.sealed(parties.signed())
    parties.carrier.reply = Reply(200, {}, late)
    for keyring, outcome in ((new.after(old), Outcome.ANSWERED), (new, Outcome.UNVERIFIABLE)):
        client = FundClient(parties.profile, keyring, cast("Transport", parties.carrier))
        assert client.send(parties.question, endpoint="http://fund.invalid", moment=NOW).outcome is outcome
