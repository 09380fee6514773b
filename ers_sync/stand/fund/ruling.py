"""What the rules of all operations share: the form of a decision, and the checks of contract, woman and certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ers_sync.stand.fund.codes import Code
from ers_sync.stand.fund.model import CLOSED, Certificate, Person, Put
from ers_sync.stand.fund.registry import Registry, name_key

# A pregnancy, from its first day to the last on which a birth is taken for its end, in days.
PREGNANCY = timedelta(days=310)
# Somewhere in Russia it is already this late: a hospital's own day may be ahead of the Fund's, but not of this.
_EASTMOST = timezone(timedelta(hours=12))


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason not to process a request."""

    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a request: refusals, or changes; `ers_number` is the certificate it concerns, where there is one."""

    ers_number: str = ""
    refusals: tuple[Refusal, ...] = ()
    changes: tuple[dict[str, Any], ...] = ()
    formed: bool = False

    @property
    def duplicate(self) -> bool:
        """Whether the same thing had been processed before."""
        return any(refusal.code.duplicate for refusal in self.refusals)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the rules need besides the request: the registry, the business time in the Fund's zone, how certificates are dated."""

    registry: Registry
    now: datetime
    dated_by_registration: bool = True

    @property
    def today(self) -> date:
        """The Fund's day."""
        return self.now.date()

    def ahead(self, day: str | date) -> bool:
        """Whether a day has begun nowhere in the country."""
        return as_day(day) > self.now.astimezone(_EASTMOST).date()


def refuse(code: Code, **values: object) -> Refusal:
    """A refusal with its values written into the text."""
    return Refusal(code, code.text.format(**values))


def as_day(value: str | date) -> date:
    """The day of an ISO day or time."""
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def before_pregnancy(certificate: Certificate, day: str) -> bool:
    """Whether a day lies before any pregnancy for which this certificate can have been formed."""
    return as_day(day) < as_day(certificate.create_date) - PREGNANCY


def contract_refusals(put: Put, fund: Settled, kind: str | None) -> list[Refusal]:
    """Without a contract of this number, date and kind, valid on the Fund's day: 1204. A kind of None asks for any kind."""
    sender, today = put.sender, fund.today.isoformat()
    for contract in fund.registry.contracts.get(sender.ogrn, []):
        named = (contract.number, contract.begin) == (sender.contract_number, sender.contract_date)
        of_kind = contract.kind == kind if kind else sender.contract_kind in {None, contract.kind}
        if named and of_kind and contract.begin <= today and (contract.end is None or today <= contract.end):
            return []
    begin = as_day(sender.contract_date).strftime("%d.%m.%Y") if sender.contract_date else ""
    number = sender.contract_number or ""
    values = {"inn": sender.inn, "ogrn": sender.ogrn, "kpp": sender.kpp or "", "date": begin, "number": number}
    return [refuse(Code.NO_CONTRACT, **values)]


def person_refusals(put: Put, event_day: str) -> list[Refusal]:
    """СНИЛС with wrong check digits, a woman born after the event."""
    refusals = []
    if put.person and put.person.snils and not snils_is_valid(put.person.snils):
        refusals.append(refuse(Code.BAD_SNILS))
    if put.person and put.person.birth_date and as_day(put.person.birth_date) > as_day(event_day):
        refusals.append(refuse(Code.BORN_LATER))
    return refusals


def snils_is_valid(snils: str) -> bool:
    """Eleven digits whose last two are the sum weighted 9…1 mod 101 (100 is 00); numbers up to 001-001-998 have no check digits."""
    if len(snils) != 11 or not snils.isascii() or not snils.isdigit() or not int(snils):
        return False
    if int(snils[:9]) <= 1_001_998:
        return True
    weighted = sum(int(digit) * weight for digit, weight in zip(snils, range(9, 0, -1), strict=False))
    return weighted % 101 % 100 == int(snils[9:])


def certificate_refusals(put: Put, fund: Settled) -> tuple[Certificate | None, list[Refusal]]:
    """The certificate that a request names, and whether it is there, not closed and this woman's."""
    certificate = fund.registry.certificates.get(put.ers_number)
    if certificate is None:
        return None, [refuse(Code.NO_CERTIFICATE)]
    refusals = []
    if certificate.status == CLOSED:
        refusals.append(refuse(Code.CLOSED))
    if put.person is not None and not same_woman(certificate.owner, put.person):
        refusals.append(refuse(Code.FOREIGN_PERSON))
    return certificate, refusals


def same_woman(owner: Person, person: Person) -> bool:
    """By СНИЛС if both sides have one, else by name and birth date."""
    if owner.snils and person.snils:
        return owner.snils == person.snils
    return name_key(owner) == name_key(person)


def verdict(put: Put, refusals: list[Refusal], *changes: dict[str, Any]) -> Verdict:
    """Refused by any refusal, else carried out."""
    return Verdict(put.ers_number, tuple(refusals), () if refusals else changes)
