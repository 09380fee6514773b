"""The Fund's memory: contracts and certificates, and the one place where processed requests change them.

A change is a plain dictionary (`{"do": "form", …}`): the journal keeps it with the result, so that a restart repeats the decision that was
taken and does not take it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ers_sync.stand.fund.model import CLOSED, OPEN, SERVICE, Certificate, Contract, Person, Ticket, Visit

_FIRST_NUMBER = 7_000_000_001


class Registry:
    """Contracts by ОГРН, certificates by number, visits by (ОГРН, visitId). Not safe for threads: its owner locks."""

    def __init__(self) -> None:
        self.contracts: dict[str, list[Contract]] = {}
        self.names: dict[str, str] = {}
        self.certificates: dict[str, Certificate] = {}
        self.visits: dict[tuple[str, str], tuple[Certificate, Visit]] = {}
        self._by_snils: dict[str, list[Certificate]] = {}
        self._by_name: dict[tuple[str, ...], list[Certificate]] = {}
        self._next = _FIRST_NUMBER

    def add(self, certificate: Certificate) -> None:
        """Take in a certificate, or put it in the place of the one with its number."""
        self._forget(certificate.number)
        self.certificates[certificate.number] = certificate
        self._index(certificate)
        for visit in certificate.visits:
            self.visits[visit.ogrn, visit.visit_id] = certificate, visit

    def of_woman(self, person: Person) -> list[Certificate]:
        """All her certificates: by СНИЛС, and by name and birth date where one side has no СНИЛС."""
        same_name = self._by_name.get(name_key(person), [])
        if not person.snils:
            return list(same_name)
        return self._by_snils.get(person.snils, []) + [c for c in same_name if not c.owner.snils]

    def by_identifier(self, identifier: str) -> list[Certificate]:
        """Certificates by number, else by СНИЛС (with or without dashes), the earliest first."""
        if identifier in self.certificates:
            return [self.certificates[identifier]]
        digits = "".join(filter(str.isdigit, identifier))
        return sorted(self._by_snils.get(digits, []), key=lambda c: (c.create_date, c.number))

    def free_number(self) -> str:
        """The next number of ten digits that no certificate has."""
        while str(self._next) in self.certificates:
            self._next += 1
        return str(self._next)

    def apply(self, changes: Iterable[Mapping[str, Any]]) -> None:
        """Carry out the changes of one processed request."""
        for change in changes:
            certificate = self.certificates.get(change["number"])
            if change["do"] == "form":
                owner = Person(**change["owner"])
                self.add(Certificate(change["number"], change["create_date"], change["ogrn"], owner))
            elif certificate is None:
                raise ValueError(f"a change of an unknown certificate: {change['do']}")
            else:
                self._change(certificate, change)

    def _change(self, certificate: Certificate, change: Mapping[str, Any]) -> None:
        match change["do"]:
            case "ticket":
                certificate.tickets.append(Ticket(change["type"], change["create_date"], change["ogrn"]))
                certificate.status = SERVICE if certificate.status == OPEN else certificate.status
            case "visit":
                visit = Visit(change["visit_id"], change["visit_date"], change["ogrn"])
                certificate.visits.append(visit)
                self.visits[visit.ogrn, visit.visit_id] = certificate, visit
            case "annul":
                self.visits[change["ogrn"], change["visit_id"]][1].annulled = True
            case "close":
                certificate.status = CLOSED
            case "owner":
                self._unindex(certificate)
                certificate.owner = Person(**change["owner"])
                self._index(certificate)
            case other:
                raise ValueError(f"an unknown change: {other}")

    def _index(self, certificate: Certificate) -> None:
        if certificate.owner.snils:
            self._by_snils.setdefault(certificate.owner.snils, []).append(certificate)
        if any(name_key(certificate.owner)):
            self._by_name.setdefault(name_key(certificate.owner), []).append(certificate)

    def _unindex(self, certificate: Certificate) -> None:
        for index in (self._by_snils.get(certificate.owner.snils), self._by_name.get(name_key(certificate.owner))):
            if index and certificate in index:
                index.remove(certificate)

    def _forget(self, number: str) -> None:
        old = self.certificates.pop(number, None)
        if old is not None:
            self._unindex(old)
            for visit in old.visits:
                del self.visits[visit.ogrn, visit.visit_id]


def name_key(person: Person) -> tuple[str, ...]:
    """What identifies a woman without СНИЛС: surname, first name, patronymic, birth date; case, blanks and «ё» do not matter."""
    words = (person.last_name, person.first_name, person.patronymic)
    return (*(" ".join(word.casefold().replace("ё", "е").split()) for word in words), person.birth_date)


def form(number: str, create_date: str, ogrn: str, owner: Person) -> dict[str, Any]:
    """The change that forms a new certificate."""
    return {"do": "form", "number": number, "create_date": create_date, "ogrn": ogrn, "owner": asdict(owner)}


def new_owner(number: str, owner: Person) -> dict[str, Any]:
    """The change that notes what has become known of a certificate's owner."""
    return {"do": "owner", "number": number, "owner": asdict(owner)}
