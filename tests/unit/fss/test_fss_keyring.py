"""Which key signs, which open, and what an operator is told about the ones that cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.keyfiles import KeyFiles, KeySource, load_keyring
from ers_sync.fss.keyring import Key, KeyProblem, Keyring
from ers_sync.fss.profile import Role
from ers_sync.stand.pki import TestAuthority

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fss.conftest import World

OGRN = "1026602336727"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def dated(certificate: Certificate, begin: int, end: int) -> Certificate:
    """The certificate with other dates, in days from NOW."""
    return replace(certificate, not_before=NOW + timedelta(days=begin), not_after=NOW + timedelta(days=end))


def ring(world: World, *periods: tuple[int, int], role: Role = Role.MO) -> Keyring:
    hospital = world.hospital
    keys = [Key(OGRN, role, dated(hospital.certificate, *period), hospital.provider) for period in periods]
    return Keyring(keys, [world.fund.certificate])


@pytest.mark.parametrize(
    ("periods", "begin"),
    [
        ([(-100, 100)], -100),
        ([(-100, 100), (-10, 300)], -10),  # rotation: the newest signs
        ([(-10, 300), (-100, 100)], -10),
        ([(-100, 100), (5, 300)], -100),  # the next one is not valid yet
        ([(-300, -1), (-10, 300)], -10),
        ([(-10, 0)], -10),  # up to and with the last moment
        ([(0, 10)], 0),
    ],
)
def test_the_newest_valid_key_signs(world: World, periods: list[tuple[int, int]], begin: int) -> None:
    key = ring(world, *periods).signing(OGRN, Role.MO, NOW)
    assert key.certificate.not_before == NOW + timedelta(days=begin)


def test_all_keys_open_the_newest_first(world: World) -> None:
    begins = [key.certificate.not_before for key in ring(world, (-300, -1), (-10, 300)).opening(OGRN)]
    assert begins == [NOW - timedelta(days=10), NOW - timedelta(days=300)]
    assert not ring(world).opening(OGRN)
    assert not ring(world, (-1, 1), role=Role.HEAD).opening(OGRN)


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        ([], "не указан в конфигурации"),
        ([(-300, -1)], "истёк 01.03.2026"),
        ([(-300, -50), (-200, -1)], "истёк 01.03.2026"),
        ([(1, 300)], "начнёт действовать 03.03.2026"),
    ],
)
def test_why_nothing_can_be_signed(world: World, periods: list[tuple[int, int]], words: str) -> None:
    keyring = ring(world, *periods)
    with pytest.raises(KeyProblem, match=words) as caught:
        keyring.signing(OGRN, Role.MO, NOW)
    assert caught.value.ogrn == OGRN
    assert OGRN in caught.value.text
    assert [problem.text for problem in keyring.problems(NOW)] == ([caught.value.text] if periods else [])


def test_the_first_valid_certificate_of_the_fund(world: World) -> None:
    old, new = dated(world.fund.certificate, -100, 5), dated(world.fund.certificate, -1, 100)
    keyring = Keyring([], [old, new])
    assert keyring.recipient(NOW) is old
    assert keyring.recipient(NOW + timedelta(days=6)) is new
    assert Keyring([], [new, old]).recipient(NOW) is new
    assert Keyring([], [new, old]).recipient(NOW - timedelta(days=2)) is old
    with pytest.raises(KeyProblem, match="сертификат Фонда: срок действия сертификата истёк"):
        keyring.recipient(NOW + timedelta(days=200))
    with pytest.raises(KeyProblem, match="Сертификат Фонда не указан"):
        Keyring([], []).recipient(NOW)


def test_what_will_expire(world: World) -> None:
    keyring = ring(world, (-100, 20))
    assert not keyring.expiring(NOW, timedelta(days=19))
    assert [problem.ogrn for problem in keyring.expiring(NOW, timedelta(days=21))] == [OGRN]
    assert not ring(world, (-100, 20), (-5, 400)).expiring(NOW, timedelta(days=30))
    assert not ring(world, (-100, -1)).expiring(NOW, timedelta(days=30))  # it has: no news


class Files:
    """A folder with the pair of one hospital, and what can be wrong with it."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world
        self.key = self.write("mo.key", world.hospital.pair.private_key_pem)
        self.certificate = self.write("mo.pem", world.hospital.pair.certificate_pem)
        self.fund = self.write("fund.pem", world.fund.pair.certificate_pem)

    def write(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def load(self, source: KeySource) -> Keyring:
        crypto = "rsa" if self.world.hospital.certificate.is_rsa else "pure"
        return load_keyring(KeyFiles((source,), (self.fund,)), crypto=crypto, profile=self.world.profile)

    def source(self, **changed: object) -> KeySource:
        return replace(KeySource(OGRN, self.key, self.certificate), **changed)  # type: ignore[arg-type] # one at a time


@pytest.fixture
def files(tmp_path: Path, world: World) -> Files:
    return Files(tmp_path, world)


def test_a_pair_from_files(files: Files) -> None:
    keyring = files.load(files.source())
    assert not keyring.problems(NOW)
    signer = keyring.signing(OGRN, Role.MO, NOW).signer("http://a")
    assert signer.actor == "http://a"
    assert keyring.fund == (files.world.fund.certificate,)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("missing key", r"missing\.key не открывается"),
        ("missing certificate", r"missing\.pem не открывается"),
        ("broken certificate", "не читается как сертификат"),
        ("broken key", "ключ .* не читается"),
        ("another's key", "не подходит к сертификату"),
        ("another's ОГРН", "выдан организации с ОГРН 1026602336727"),
    ],
)
def test_what_is_wrong_with_files(files: Files, case: str, words: str) -> None:
    source = {
        "missing key": files.source(key_file=files.folder / "missing.key"),
        "missing certificate": files.source(certificate_file=files.folder / "missing.pem"),
        "broken certificate": files.source(certificate_file=files.write("x.pem", b"x")),
        "broken key": files.source(key_file=files.write("x.key", b"x")),
        "another's key": files.source(key_file=files.write("h.key", files.world.head.pair.private_key_pem)),
        "another's ОГРН": files.source(ogrn="1027739443236"),
    }[case]
    keyring = files.load(source)
    (problem,) = keyring.problems(NOW)
    assert problem.ogrn == source.ogrn
    with pytest.raises(KeyProblem, match=words):
        keyring.signing(source.ogrn, Role.MO, NOW)


def test_a_hospital_with_a_broken_file_stops_nobody_else(files: Files) -> None:
    broken = files.source(ogrn="1027739443236")
    keyring = load_keyring(
        KeyFiles((broken, files.source()), (files.fund, files.folder / "next.pem")),
        crypto="rsa" if files.world.hospital.certificate.is_rsa else "pure",
        profile=files.world.profile,
    )
    assert keyring.signing(OGRN, Role.MO, NOW)
    assert keyring.recipient(NOW)
    assert len(keyring.problems(NOW)) == 2


def test_uses_of_a_certificate(files: Files) -> None:
    """An authority's certificate is for issuing alone."""
    authority = TestAuthority.create("rsa" if files.world.hospital.certificate.is_rsa else "gost", NOW)
    source = files.source(certificate_file=files.write("ca.pem", authority.certificate_pem), ogrn="1000000000009")
    with pytest.raises(KeyProblem, match="не предназначен для подписи"):
        files.load(source).signing(source.ogrn, Role.MO, NOW)
