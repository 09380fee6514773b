"""Keys and certificates: who signs for a hospital, who opens its answers, and whose signature is the Fund's.

A hospital may have several keys of a role: the newest valid one signs, the others still open late answers, and so do those that have been
replaced since the program was started. A key that cannot be used holds that hospital's requests and nobody else's; the texts of the
problems are read by operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.crypto.provider import CryptoProvider
from ers_sync.fss.profile import Role
from ers_sync.fss.signature import Signer

ROLES = {Role.MO: "МО", Role.HEAD: "руководителя"}
# uses of a certificate's key: any of them is enough
SIGNING = ("digital_signature", "content_commitment")
OPENING = ("key_agreement", "key_encipherment", "data_encipherment")


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
            whose = f"МО с ОГРН {ogrn}, подпись {ROLES[role]}"
            raise KeyProblem(_why_not_valid(whose, [key.certificate for key in keys], moment), ogrn, role)
        for problem in self.broken:
            if (problem.ogrn, problem.role) == (ogrn, role):
                raise problem
        text = f"МО с ОГРН {ogrn}: ключ подписи {ROLES[role]} не указан в конфигурации; добавьте ключ и сертификат"
        raise KeyProblem(text, ogrn, role)

    def opening(self, ogrn: str) -> Sequence[Key]:
        """Return the hospital's own keys, newest first, then expired and retired ones: answers are encrypted for one of them."""
        retired = (key for key in self._retired if (key.ogrn, key.role) == (ogrn, Role.MO))
        return (*self._keys.get((ogrn, Role.MO), ()), *retired)

    def recipient(self, moment: datetime) -> Certificate:
        """Return the Fund's certificate for which requests are encrypted: the first in the list that is valid and may be used so.

        The order is the operator's, because only the Fund says from which day on it uses the next one. Raise KeyProblem if none is valid.
        """
        able = [certificate for certificate in self.fund if certificate.allows(*OPENING)]
        for certificate in able:
            if certificate.is_valid_at(moment):
                return certificate
        if able:
            raise KeyProblem(_why_not_valid("сертификат Фонда", able, moment))
        if self.fund:
            raise KeyProblem("сертификат Фонда не предназначен для шифрования; укажите и тот, для которого шифровать")
        raise KeyProblem("Сертификат Фонда не указан или не читается; укажите его файл в конфигурации")

    @property
    def trusted(self) -> tuple[Certificate, ...]:
        """The Fund's certificates whose signature under an answer counts."""
        return tuple(certificate for certificate in self.fund if certificate.allows(*SIGNING))

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


def _why_not_valid(whose: str, certificates: Sequence[Certificate], moment: datetime) -> str:
    last = max(certificates, key=lambda certificate: certificate.not_after)
    if last.not_before > moment:
        return f"{whose}: сертификат начнёт действовать {last.not_before:%d.%m.%Y}; до этого дня нужен прежний"
    return f"{whose}: срок действия сертификата истёк {last.not_after:%d.%m.%Y}; получите новый и укажите его в конфигурации"
