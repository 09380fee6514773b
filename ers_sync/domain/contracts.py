"""Contracts of a hospital with the Fund: which one a request names, and whether it may be sent at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ers_sync.domain.content import Kind

ALL_KINDS = ("1", "2", "3-1", "3-2")


@dataclass(frozen=True, slots=True, order=True)
class Contract:
    """A contract for one kind of service; `begins` and `ends` are inclusive local days, `ends` None is open."""

    organization_id: int
    kind: str
    number: str
    begins: date
    ends: date | None = None

    def valid_on(self, day: date) -> bool:
        """Tell whether the contract covers the day."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


def service(kind: Kind, half_year: int | None = None) -> str | None:
    """Return the kind of service a talon is paid for; None for what any contract covers."""
    return {Kind.PUT_TICKET1: "1", Kind.PUT_TICKET2: "2", Kind.PUT_TICKET3: f"3-{half_year}"}.get(kind)


def for_sending(contracts: Iterable[Contract], kind_of_service: str | None, day: date) -> Contract | None:
    """Return the valid contract that began last (a talon: of its kind), None where there is none: then nothing is sent."""
    fitting = (c for c in contracts if c.valid_on(day) and kind_of_service in {None, c.kind})
    return max(fitting, key=_began, default=None)


def for_asking(contracts: Iterable[Contract]) -> Contract | None:
    """Return the last contract known, even an expired one: questions are never held."""
    return max(contracts, key=_began, default=None)


def _began(contract: Contract) -> tuple[date, str, str]:
    return contract.begins, contract.number, contract.kind
