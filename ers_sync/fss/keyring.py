"""Keys and certificates: who signs for a hospital, who opens its answers, and whose signature is the Fund's.

A hospital may have several keys of a role: the newest valid one signs, the others still open late answers, and so do those that have been
replaced since the program was started. A key that cannot be used holds that hospital's requests and nobody else's; the texts of the
problems are read by operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from ers_sync.fss.crypto.certificate import Certificate, read_certificate, verify_issued
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider, UnavailableError
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import Profile, Role
from ers_sync.fss.signature import Signer

_ROLES = {Role.MO: "МО", Role.HEAD: "руководителя"}
_POWERS = {Role.MO: "power_of_attorney", Role.HEAD: "head_power_of_attorney"}
_SIGNING = ("digital_signature", "content_commitment")
_OPENING = ("key_agreement", "key_encipherment", "data_encipherment")


class KeyProblem(Exception):
    """A key or certificate that cannot be used: the Russian text says what is wrong and what to do.

    `ogrn` is that of the hospital, None for the Fund's certificates.
    """

    def __init__(self, text: str, ogrn: str | None = None, role: Role | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.ogrn = ogrn
        self.role = role


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where a key and its certificate are (PEM, the key as unencrypted PKCS#8), whose they are, and the МЧД for one without an ОГРН."""

    ogrn: str
    key_file: Path
    certificate_file: Path
    role: Role = Role.MO
    power_of_attorney: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A usable key with its certificate."""

    ogrn: str
    role: Role
    certificate: Certificate
    provider: CryptoProvider
    power_of_attorney: str | None = None

    def signer(self, actor: str) -> Signer:
        """Return this key as the signer of a block."""
        return Signer(actor, self.certificate, self.provider, self.power_of_attorney)


class Keys(Protocol):
    """Where the keyring comes from: of files that change (`KeyStore`), or fixed."""

    def current(self) -> Keyring:
        """Return the keyring as it is now."""
        ...


class Keyring:
    """All keys of our hospitals and the certificates of the Fund, the present one first. Read only, so safe to share between threads.

    `retired` keys open answers and sign nothing.
    """

    def __init__(
        self,
        keys: Iterable[Key],
        fund: Iterable[Certificate],
        broken: Iterable[KeyProblem] = (),
        retired: Iterable[Key] = (),
    ) -> None:
        self.fund: tuple[Certificate, ...] = tuple(fund)
        self.broken: tuple[KeyProblem, ...] = tuple(broken)
        self._retired: tuple[Key, ...] = tuple(retired)
        self._keys: dict[tuple[str, Role], list[Key]] = {}
        for key in sorted(keys, key=lambda key: key.certificate.not_before, reverse=True):
            self._keys.setdefault((key.ogrn, key.role), []).append(key)

    def current(self) -> Keyring:
        """Return itself: a keyring does not change."""
        return self

    def after(self, earlier: Keyring) -> Keyring:
        """Return the same with the keys of an earlier keyring that are not in this one as retired."""
        keys = [key for group in self._keys.values() for key in group]
        known = {key.certificate.der for key in keys}
        past = [key for group in earlier._keys.values() for key in group]
        retired = {key.certificate.der: key for key in (*past, *earlier._retired) if key.certificate.der not in known}
        return Keyring(keys, self.fund, self.broken, retired.values())

    def signing(self, ogrn: str, role: Role, moment: datetime) -> Key:
        """Return the newest key that is valid at an aware moment. Raise KeyProblem if there is none."""
        keys = self._keys.get((ogrn, role), [])
        for key in keys:
            if key.certificate.is_valid_at(moment):
                return key
        if keys:
            whose = f"МО с ОГРН {ogrn}, подпись {_ROLES[role]}"
            raise KeyProblem(_why_not_valid(whose, [key.certificate for key in keys], moment), ogrn, role)
        for problem in self.broken:
            if (problem.ogrn, problem.role) == (ogrn, role):
                raise problem
        text = f"МО с ОГРН {ogrn}: ключ подписи {_ROLES[role]} не указан в конфигурации; добавьте ключ и сертификат"
        raise KeyProblem(text, ogrn, role)

    def opening(self, ogrn: str) -> Sequence[Key]:
        """Return the hospital's own keys, newest first, then expired and retired ones: answers are encrypted for one of them."""
        retired = (key for key in self._retired if (key.ogrn, key.role) == (ogrn, Role.MO))
        return (*self._keys.get((ogrn, Role.MO), ()), *retired)

    def recipient(self, moment: datetime) -> Certificate:
        """Return the Fund's certificate for which requests are encrypted: the first in the list that is valid.

        The order is the operator's, because only the Fund says from which day on it uses the next one. Raise KeyProblem if none is valid.
        """
        for certificate in self.fund:
            if certificate.is_valid_at(moment):
                return certificate
        if not self.fund:
            raise KeyProblem("Сертификат Фонда не указан или не читается; укажите его файл в конфигурации")
        raise KeyProblem(_why_not_valid("сертификат Фонда", self.fund, moment))

    def problems(self, moment: datetime) -> list[KeyProblem]:
        """Return everything that an operator should mend: broken files, and who cannot sign at this moment."""
        found = list(self.broken)
        for ogrn, role in self._keys:
            try:
                self.signing(ogrn, role, moment)
            except KeyProblem as problem:
                found.append(problem)
        try:
            self.recipient(moment)
        except KeyProblem as problem:
            found.append(problem)
        return found

    def expiring(self, moment: datetime, within: timedelta) -> list[KeyProblem]:
        """Return who can sign now, and cannot any more when this time has passed; the same for the Fund's certificate."""
        now = {(problem.ogrn, problem.role) for problem in self.problems(moment)}
        return [p for p in self.problems(moment + within) if (p.ogrn, p.role) not in now]


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
    fund = _certificates(files.fund, "сертификат Фонда", broken)
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


def _certificates(files: Iterable[Path], whose: str, broken: list[KeyProblem]) -> list[Certificate]:
    found = []
    for path in files:
        try:
            found.append(_certificate(path, whose, None, None))
        except KeyProblem as problem:
            broken.append(problem)
    return found


def _check_issuer(key: Key, source: KeySource, issuers: Iterable[Certificate]) -> None:
    if not any(verify_issued(key.certificate, issuer, key.provider) for issuer in issuers):
        text = (
            f"{_whose(source)}: сертификат {source.certificate_file} выдан удостоверяющим центром, которого нет в "
            "fss.issuer_certificates; получите сертификат у одного из них или добавьте сертификат этого центра"
        )
        raise KeyProblem(text, source.ogrn, source.role)


def _whose(source: KeySource) -> str:
    return f"МО с ОГРН {source.ogrn}, подпись {_ROLES[source.role]}"


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
    if not certificate.allows(*_SIGNING):
        return f"сертификат {path} не предназначен для подписи; получите сертификат с назначением «Цифровая подпись»"
    if source.role is Role.MO and not certificate.allows(*_OPENING):
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


def _why_not_valid(whose: str, certificates: Sequence[Certificate], moment: datetime) -> str:
    last = max(certificates, key=lambda certificate: certificate.not_after)
    if last.not_before > moment:
        return f"{whose}: сертификат начнёт действовать {last.not_before:%d.%m.%Y}; до этого дня нужен прежний"
    return f"{whose}: срок действия сертификата истёк {last.not_after:%d.%m.%Y}; получите новый и укажите его в конфигурации"
