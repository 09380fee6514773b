"""Keys and certificates: who signs for a hospital, who opens its answers, and whose signature is the Fund's.

A hospital may have several keys of a role: the newest valid one signs, the others still open late answers. A key that cannot be used holds
that hospital's requests and nobody else's; the texts of the problems are read by operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import Profile, Role
from ers_sync.fss.signature import Signer

_ROLES = {Role.MO: "МО", Role.HEAD: "руководителя"}
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
    """Where a key and its certificate are (PEM, the key as unencrypted PKCS#8), whose they are, and the number of a МЧД if any."""

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


class Keyring:
    """All keys of our hospitals and the certificates of the Fund, the present one first. Read only, so safe to share between threads."""

    def __init__(self, keys: Iterable[Key], fund: Iterable[Certificate], broken: Iterable[KeyProblem] = ()) -> None:
        self.fund: tuple[Certificate, ...] = tuple(fund)
        self.broken: tuple[KeyProblem, ...] = tuple(broken)
        self._keys: dict[tuple[str, Role], list[Key]] = {}
        for key in sorted(keys, key=lambda key: key.certificate.not_before, reverse=True):
            self._keys.setdefault((key.ogrn, key.role), []).append(key)

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
        """Return the hospital's own keys, newest first, expired ones too: answers are encrypted for one of them."""
        return self._keys.get((ogrn, Role.MO), ())

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


def load_keyring(sources: Iterable[KeySource], fund_files: Iterable[Path], *, crypto: str, profile: Profile) -> Keyring:
    """Read all files. What cannot be used becomes a problem of the keyring; it does not stop the other hospitals."""
    keys, fund, broken = [], [], []
    for source in sources:
        try:
            keys.append(_load_key(source, crypto, profile))
        except KeyProblem as problem:
            broken.append(problem)
    for path in fund_files:
        try:
            fund.append(_certificate(path, "сертификат Фонда", None, None))
        except KeyProblem as problem:
            broken.append(problem)
    return Keyring(keys, fund, broken)


def _load_key(source: KeySource, crypto: str, profile: Profile) -> Key:
    whose = f"МО с ОГРН {source.ogrn}, подпись {_ROLES[source.role]}"
    certificate = _certificate(source.certificate_file, whose, source.ogrn, source.role)
    problem = _misfit(certificate, source)
    if problem:
        raise KeyProblem(f"{whose}: {problem}", source.ogrn, source.role)
    pem = _read(source.key_file, whose, source.ogrn, source.role)
    try:
        provider = make_provider(crypto, pem, s_box=profile.parameter_set, meshing=profile.meshing)
        matches = provider.owns(certificate.spki_der)
    except CryptoError as error:
        text = f"{whose}: ключ {source.key_file} не читается ({error}); нужен незашифрованный PKCS#8 в формате PEM"
        raise KeyProblem(text, source.ogrn, source.role) from error
    if not matches:
        text = (
            f"{whose}: ключ {source.key_file} не подходит к сертификату {source.certificate_file}; "
            "укажите файлы одной пары"
        )
        raise KeyProblem(text, source.ogrn, source.role)
    return Key(source.ogrn, source.role, certificate, provider, source.power_of_attorney)


def _misfit(certificate: Certificate, source: KeySource) -> str | None:
    """Say why a certificate does not serve its hospital, whatever the day."""
    path = source.certificate_file
    if certificate.ogrn is None and source.power_of_attorney is None:
        return f"в сертификате {path} нет ОГРН; укажите номер машиночитаемой доверенности (МЧД) или другой сертификат"
    if certificate.ogrn not in {None, source.ogrn}:
        return f"сертификат {path} выдан организации с ОГРН {certificate.ogrn}; укажите сертификат этой МО"
    if not certificate.allows(*_SIGNING):
        return f"сертификат {path} не предназначен для подписи; получите сертификат с назначением «Цифровая подпись»"
    if source.role is Role.MO and not certificate.allows(*_OPENING):
        return (
            f"сертификат {path} не предназначен для шифрования; получите сертификат с назначением «Согласование ключей»"
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
