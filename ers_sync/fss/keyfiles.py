"""The files of keys and certificates, read into a keyring. What cannot be used is told in Russian: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ers_sync.fss.crypto.certificate import Certificate, read_certificate, verify_issued
from ers_sync.fss.crypto.der import DerError
from ers_sync.fss.crypto.keys import read_public_key
from ers_sync.fss.crypto.provider import CryptoError, UnavailableError
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.keyring import OPENING, ROLES, SIGNING, Key, KeyProblem, Keyring
from ers_sync.fss.profile import Profile, Role

_POWERS = {Role.MO: "power_of_attorney", Role.HEAD: "head_power_of_attorney"}


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where a key and its certificate are (PEM, the key as unencrypted PKCS#8), whose they are, and the МЧД for one without an ОГРН."""

    ogrn: str
    key_file: Path
    certificate_file: Path
    role: Role = Role.MO
    power_of_attorney: str | None = None


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Every file of a keyring. Without issuers (УЦ) a certificate may come from any of them, for the Fund to judge."""

    sources: tuple[KeySource, ...]
    fund: tuple[Path, ...]
    issuers: tuple[Path, ...] = ()

    def paths(self) -> list[Path]:
        """Return all of them."""
        own = [path for source in self.sources for path in (source.key_file, source.certificate_file)]
        return [*own, *self.fund, *self.issuers]


def load_keyring(files: KeyFiles, *, crypto: str, profile: Profile) -> Keyring:
    """Read all files. What cannot be used becomes a problem of the keyring; it does not stop the other hospitals."""
    broken: list[KeyProblem] = []
    fund = _certificates(files.fund, "сертификат Фонда", broken, lambda certificate: _fund_misfit(certificate, crypto))
    issuers = _certificates(files.issuers, "сертификат удостоверяющего центра", broken)
    keys = []
    for source in files.sources:
        try:
            key = _load_key(source, crypto, profile)
            if files.issuers:
                _check_issuer(key, source, issuers)
            keys.append(key)
        except KeyProblem as problem:
            broken.append(problem)
    return Keyring(keys, fund, broken)


def _certificates(
    files: Iterable[Path],
    whose: str,
    broken: list[KeyProblem],
    misfit: Callable[[Certificate], str | None] = lambda _: None,
) -> list[Certificate]:
    found = []
    for path in files:
        try:
            certificate = _certificate(path, whose, None, None)
        except KeyProblem as problem:
            broken.append(problem)
            continue
        wrong = misfit(certificate)
        if wrong:
            broken.append(KeyProblem(f"{whose}: файл {path}: {wrong}"))
        else:
            found.append(certificate)
    return found


def _fund_misfit(certificate: Certificate, crypto: str) -> str | None:
    """Say why nothing can be encrypted for a certificate of the Fund nor its signature checked, whatever the day."""
    try:
        usable = certificate.is_rsa if crypto == "rsa" else bool(read_public_key(certificate.spki_der))
    except DerError:
        usable = False
    if usable:
        return None
    return f"ключ не подходит криптографии {crypto}; возьмите у Фонда сертификат с ключом ГОСТ Р 34.10-2012"


def _check_issuer(key: Key, source: KeySource, issuers: Iterable[Certificate]) -> None:
    if not any(verify_issued(key.certificate, issuer, key.provider) for issuer in issuers):
        text = (
            f"{_whose(source)}: сертификат {source.certificate_file} выдан удостоверяющим центром, которого нет в "
            "fss.issuer_certificates; получите сертификат у одного из них или добавьте сертификат этого центра"
        )
        raise KeyProblem(text, source.ogrn, source.role)


def _whose(source: KeySource) -> str:
    return f"МО с ОГРН {source.ogrn}, подпись {ROLES[source.role]}"


def _load_key(source: KeySource, crypto: str, profile: Profile) -> Key:
    whose = _whose(source)
    certificate = _certificate(source.certificate_file, whose, source.ogrn, source.role)
    problem = _misfit(certificate, source)
    if problem:
        raise KeyProblem(f"{whose}: {problem}", source.ogrn, source.role)
    pem = _read(source.key_file, whose, source.ogrn, source.role)
    try:
        provider = make_provider(crypto, pem, s_box=profile.parameter_set, meshing=profile.meshing)
        matches = provider.owns(certificate.spki_der)
    except UnavailableError as error:
        raise KeyProblem(f"{whose}: криптография не работает: {error}", source.ogrn, source.role) from error
    except CryptoError as error:
        text = f"{whose}: ключ {source.key_file} не читается: {error}; нужен незашифрованный PKCS#8 в формате PEM"
        raise KeyProblem(text, source.ogrn, source.role) from error
    if not matches:
        text = (
            f"{whose}: ключ {source.key_file} не подходит к сертификату {source.certificate_file}; "
            "укажите файлы одной пары"
        )
        raise KeyProblem(text, source.ogrn, source.role)
    power = source.power_of_attorney if certificate.ogrn is None else None
    return Key(source.ogrn, source.role, certificate, provider, power)


def _misfit(certificate: Certificate, source: KeySource) -> str | None:
    """Say why a certificate does not serve its hospital, whatever the day."""
    path = source.certificate_file
    if certificate.ogrn is None and source.power_of_attorney is None:
        return (
            f"в сертификате {path} нет ОГРН; укажите номер машиночитаемой доверенности "
            f"({_POWERS[source.role]}) или другой сертификат"
        )
    if certificate.ogrn not in {None, source.ogrn}:
        return f"сертификат {path} выдан организации с ОГРН {certificate.ogrn}; укажите сертификат этой МО"
    if not certificate.allows(*SIGNING):
        return f"сертификат {path} не предназначен для подписи; получите сертификат с назначением «Цифровая подпись»"
    if source.role is Role.MO and not certificate.allows(*OPENING):
        return (
            f"сертификат {path} не предназначен для шифрования; получите сертификат с назначением «Согласование ключей»"
        )
    if certificate.is_self_issued:
        return (
            f"сертификат {path} самоподписанный, Фонд его не примет; "
            "получите сертификат в аккредитованном удостоверяющем центре"
        )
    return None


def _certificate(path: Path, whose: str, ogrn: str | None, role: Role | None) -> Certificate:
    data = _read(path, whose, ogrn, role)
    try:
        return read_certificate(data)
    except CryptoError as error:
        text = f"{whose}: файл {path} не читается как сертификат; нужен сертификат X.509 в формате PEM или DER"
        raise KeyProblem(text, ogrn, role) from error


def _read(path: Path, whose: str, ogrn: str | None, role: Role | None) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        text = f"{whose}: файл {path} не открывается ({error.strerror}); проверьте путь и права доступа"
        raise KeyProblem(text, ogrn, role) from error
