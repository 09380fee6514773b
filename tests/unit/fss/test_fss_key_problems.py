"""What an operator reads of every key that cannot be used: the exact texts, which name the file and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ers_sync.fss.crypto import registry
from ers_sync.fss.keyfiles import KeyFiles, KeySource, load_keyring
from ers_sync.fss.keyring import KeyProblem, Keyring
from ers_sync.fss.profile import GOST, RSA, Role
from ers_sync.stand.pki import KeyPair, TestAuthority

OGRN, OTHER, INN = "1026602336727", "1036602336728", "6658021402"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MO = f"МО с ОГРН {OGRN}, подпись МО: "


@dataclass(frozen=True)
class World:
    """Key pairs of every kind, made once."""

    authority: TestAuthority
    another: TestAuthority
    right: KeyPair
    strangers: KeyPair
    expired: KeyPair
    early: KeyPair
    nameless: KeyPair
    for_signing: KeyPair
    for_encryption: KeyPair
    self_signed: KeyPair


@pytest.fixture(scope="module")
def world() -> World:
    authority = TestAuthority.create("rsa", NOW)
    past = TestAuthority.create("rsa", NOW - timedelta(days=5000))
    future = TestAuthority.create("rsa", NOW + timedelta(days=5000))
    return World(
        authority,
        past,
        authority.issue("ЦГБ", OGRN, INN),
        authority.issue("Роддом", OTHER, INN),
        past.issue("ЦГБ", OGRN, INN),
        future.issue("ЦГБ", OGRN, INN),
        authority.issue("Иванов", None, INN),
        authority.issue("ЦГБ", OGRN, INN, uses={"digital_signature"}),
        authority.issue("ЦГБ", OGRN, INN, uses={"key_agreement"}),
        TestAuthority.self_signed("rsa", "ЦГБ", OGRN, INN, NOW),
    )


def locked(pair: KeyPair) -> bytes:
    key = load_pem_private_key(pair.private_key_pem, None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def problem(folder: Path, key: bytes | None, certificate: bytes | None, issuers: tuple[bytes, ...] = ()) -> str:
    """The text that the only hospital's files end in, with their folder left out."""
    for name, data in (("mo.key", key), ("mo.pem", certificate), *((f"{n}.ca", d) for n, d in enumerate(issuers))):
        if data is not None:
            (folder / name).write_bytes(data)
    source = KeySource(OGRN, folder / "mo.key", folder / "mo.pem")
    files = KeyFiles((source,), (), tuple(folder / f"{n}.ca" for n in range(len(issuers))))
    keyring = load_keyring(files, crypto="rsa", profile=RSA)
    with pytest.raises(KeyProblem) as caught:
        keyring.signing(OGRN, Role.MO, NOW)
    assert (caught.value.ogrn, caught.value.role) == (OGRN, Role.MO)
    assert caught.value.text in {found.text for found in keyring.problems(NOW)}
    return caught.value.text.replace(f"{folder}/", "")


PKCS8 = "нужен незашифрованный PKCS#8 в формате PEM"
TEXTS = {
    "expired": "срок действия сертификата истёк 23.06.2022; получите новый и укажите его в конфигурации",
    "not yet valid": "сертификат начнёт действовать 09.11.2029; до этого дня нужен прежний",
    "another's ОГРН": f"сертификат mo.pem выдан организации с ОГРН {OTHER}; укажите сертификат этой МО",
    "no ОГРН": "в сертификате mo.pem нет ОГРН; укажите номер машиночитаемой доверенности (power_of_attorney) или другой сертификат",
    "not for signing": "сертификат mo.pem не предназначен для подписи; получите сертификат с назначением «Цифровая подпись»",
    "not for encryption": (
        "сертификат mo.pem не предназначен для шифрования; получите сертификат с назначением «Согласование ключей»"
    ),
    "self-signed": (
        "сертификат mo.pem самоподписанный, Фонд его не примет; получите сертификат в аккредитованном удостоверяющем центре"
    ),
    "wrong chain": (
        "сертификат mo.pem выдан удостоверяющим центром, которого нет в fss.issuer_certificates; "
        "получите сертификат у одного из них или добавьте сертификат этого центра"
    ),
    "key of another pair": "ключ mo.key не подходит к сертификату mo.pem; укажите файлы одной пары",
    "encrypted key": (
        "ключ mo.key не читается: закрытый ключ зашифрован паролем: снимите пароль (openssl pkcs8) "
        f"и ограничьте права на файл; {PKCS8}"
    ),
    "certificate instead of a key": f"ключ mo.key не читается: в файле PEM нет блока «PRIVATE KEY»; {PKCS8}",
    "broken key": f"ключ mo.key не читается: это не закрытый ключ RSA в виде PKCS#8 (PEM или DER); {PKCS8}",
    "no key": "файл mo.key не открывается (No such file or directory); проверьте путь и права доступа",
    "broken certificate": "файл mo.pem не читается как сертификат; нужен сертификат X.509 в формате PEM или DER",
    "no certificate": "файл mo.pem не открывается (No such file or directory); проверьте путь и права доступа",
}


@pytest.mark.parametrize("case", TEXTS)
def test_the_text_of_every_case(world: World, tmp_path: Path, case: str) -> None:
    right = world.right
    other_issuer = (world.another.certificate_pem,)
    key, certificate, issuers = {
        "expired": (world.expired.private_key_pem, world.expired.certificate_pem, ()),
        "not yet valid": (world.early.private_key_pem, world.early.certificate_pem, ()),
        "another's ОГРН": (world.strangers.private_key_pem, world.strangers.certificate_pem, ()),
        "no ОГРН": (world.nameless.private_key_pem, world.nameless.certificate_pem, ()),
        "not for signing": (world.for_encryption.private_key_pem, world.for_encryption.certificate_pem, ()),
        "not for encryption": (world.for_signing.private_key_pem, world.for_signing.certificate_pem, ()),
        "self-signed": (world.self_signed.private_key_pem, world.self_signed.certificate_pem, ()),
        "wrong chain": (right.private_key_pem, right.certificate_pem, other_issuer),
        "key of another pair": (world.strangers.private_key_pem, right.certificate_pem, ()),
        "encrypted key": (locked(right), right.certificate_pem, ()),
        "certificate instead of a key": (right.certificate_pem, right.certificate_pem, ()),
        "broken key": (b"x", right.certificate_pem, ()),
        "no key": (None, right.certificate_pem, ()),
        "broken certificate": (right.private_key_pem, b"x", ()),
        "no certificate": (right.private_key_pem, None, ()),
    }[case]
    assert problem(tmp_path, key, certificate, issuers) == MO + TEXTS[case]


def loaded(folder: Path, pair: KeyPair, *issuers: bytes, power: str | None = None) -> Keyring:
    for name, data in (("k", pair.private_key_pem), ("c", pair.certificate_pem), *(zip("ab", issuers, strict=False))):
        (folder / name).write_bytes(data)
    files = KeyFiles(
        (KeySource(OGRN, folder / "k", folder / "c", Role.MO, power),),
        (),
        tuple(folder / name for name, _ in zip("ab", issuers, strict=False)),
    )
    return load_keyring(files, crypto="rsa", profile=RSA)


def test_one_of_several_issuers_is_enough(world: World, tmp_path: Path) -> None:
    keyring = loaded(tmp_path, world.right, world.another.certificate_pem, world.authority.certificate_pem)
    assert keyring.signing(OGRN, Role.MO, NOW)


def test_an_issuer_that_cannot_be_read_is_told_of(world: World, tmp_path: Path) -> None:
    keyring = loaded(tmp_path, world.right, b"x", world.authority.certificate_pem)
    (found,) = keyring.broken
    assert found.text == (
        f"сертификат удостоверяющего центра: файл {tmp_path / 'a'} не читается как сертификат; "
        "нужен сертификат X.509 в формате PEM или DER"
    )
    assert keyring.signing(OGRN, Role.MO, NOW)


@pytest.mark.parametrize(("pair", "carried"), [("nameless", "12-34"), ("right", None)])
def test_a_power_of_attorney_goes_with_a_certificate_without_an_ogrn_only(
    world: World, tmp_path: Path, pair: str, carried: str | None
) -> None:
    key = loaded(tmp_path, getattr(world, pair), power="12-34").signing(OGRN, Role.MO, NOW)
    assert key.signer("http://a").power_of_attorney == carried


@pytest.mark.parametrize(
    ("uses", "trusted", "text"),
    [
        ({"digital_signature", "key_agreement"}, 1, None),
        (
            {"digital_signature"},
            1,
            "сертификат Фонда не предназначен для шифрования; укажите и тот, для которого шифровать",
        ),
        ({"key_encipherment"}, 0, None),
    ],
)
def test_uses_of_the_funds_certificate(
    world: World, tmp_path: Path, uses: set[str], trusted: int, text: str | None
) -> None:
    (tmp_path / "fund").write_bytes(world.authority.issue("Фонд", OTHER, INN, uses=uses).certificate_pem)
    keyring = load_keyring(KeyFiles((), (tmp_path / "fund",)), crypto="rsa", profile=RSA)
    assert len(keyring.trusted) == trusted
    assert [found.text for found in keyring.problems(NOW)] == ([text] if text else [])


def test_one_certificate_of_the_fund_to_sign_and_one_to_encrypt(world: World, tmp_path: Path) -> None:
    for name, use in (("a", "digital_signature"), ("b", "key_agreement")):
        (tmp_path / name).write_bytes(world.authority.issue(name, OTHER, INN, uses={use}).certificate_pem)
    keyring = load_keyring(KeyFiles((), (tmp_path / "a", tmp_path / "b")), crypto="rsa", profile=RSA)
    assert keyring.recipient(NOW).organization == "b"
    assert [certificate.organization for certificate in keyring.trusted] == ["a"]


@pytest.mark.parametrize(("crypto", "kind"), [("pure", "rsa"), ("rsa", "gost")])
def test_a_certificate_of_the_fund_with_a_key_of_another_kind(
    tmp_path: Path, crypto: str, kind: Literal["rsa", "gost"]
) -> None:
    """Nothing may be signed and put on record as sent when encryption is bound to fail."""
    made = TestAuthority.create(kind, NOW).issue("Фонд", OTHER, INN)
    (tmp_path / "fund").write_bytes(made.certificate_pem)
    keyring = load_keyring(KeyFiles((), (tmp_path / "fund",)), crypto=crypto, profile=RSA if crypto == "rsa" else GOST)
    assert keyring.fund == ()
    (found,) = keyring.broken
    assert found.text == (
        f"сертификат Фонда: файл {tmp_path / 'fund'}: ключ не подходит криптографии {crypto}; "
        "возьмите у Фонда сертификат с ключом ГОСТ Р 34.10-2012"
    )
    with pytest.raises(KeyProblem, match="Сертификат Фонда не указан или не читается"):
        keyring.recipient(NOW)


def test_a_certificate_with_its_chain(world: World, tmp_path: Path) -> None:
    """The owner's certificate comes first, as in the files that servers take."""
    chain = world.right.certificate_pem + world.authority.certificate_pem
    assert loaded(tmp_path, replace(world.right, certificate_pem=chain)).signing(OGRN, Role.MO, NOW)


def test_a_machine_without_the_engine_is_not_taken_for_a_bad_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = TestAuthority.create("gost", NOW).issue("ЦГБ", OGRN, INN)

    missing = "нет модуля ГОСТ для OpenSSL, установите пакет libengine-gost-openssl"
    monkeypatch.setattr(registry, "engine_problem", lambda: missing)
    (tmp_path / "k").write_bytes(pair.private_key_pem)
    (tmp_path / "c").write_bytes(pair.certificate_pem)
    files = KeyFiles((KeySource(OGRN, tmp_path / "k", tmp_path / "c"),), ())
    with pytest.raises(KeyProblem) as caught:
        load_keyring(files, crypto="engine", profile=GOST).signing(OGRN, Role.MO, NOW)
    assert caught.value.text == f"{MO}криптография не работает: {missing}"
