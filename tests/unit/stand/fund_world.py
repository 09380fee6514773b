"""Requests and a registry for the tests of the Fund's rules: one hospital with all contracts, one woman with a certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from ers_sync.stand.fund.model import Person, Put, Sender
from ers_sync.stand.fund.registry import Registry
from ers_sync.stand.fund.rules import judge
from ers_sync.stand.fund.ruling import Settled, Verdict
from ers_sync.stand.fund.seed import plant, read_names, read_seed

NOW = datetime.fromisoformat("2026-06-15T12:00:00+05:00")
OGRN, OTHER = "1026602336727", "1036602336728"
NUMBER = "5500000001"
WOMAN = Person("Иванова", "Анна", "Петровна", "1990-01-01", "11223344595")
STRANGER = Person("Петрова", "Анна", "Петровна", "1990-01-01", "11223344696")
SEED = """{"organizations": [{"ogrn": "1026602336727", "contracts": [
    {"kind": "1", "number": "14", "from": "2026-01-01", "to": "2026-12-31"},
    {"kind": "2", "number": "15", "from": "2026-01-01", "to": null},
    {"kind": "3-1", "number": "16", "from": "2026-06-15", "to": "2026-06-15"},
    {"kind": "3-2", "number": "16", "from": "2026-06-15", "to": "2026-06-15"}]}],
 "certificates": [{"ers_number": "5500000001", "snils": "11223344595", "ogrn": "1026602336727", "create_date": "2026-01-20",
    "status": "OPEN", "visits": [{"visit_id": "old", "visit_date": "2026-02-01", "ogrn": "1026602336727"},
                                 {"visit_id": "theirs", "visit_date": "2026-02-01", "ogrn": "1036602336728"}]}]}"""
NAMES = """{"organizations": {"1026602336727": "ЦГБ"}, "women": {"11223344595":
    {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна", "birth_date": "1990-01-01"}}}"""

SENDER = Sender("ЦГБ", "6658021402", OGRN, None, None, "14", "2026-01-01")
DETAILS: dict[str, dict[str, Any]] = {
    "createErs": {"register_date": "2026-01-20"},
    "putVisit": {"visit_id": "7", "visit_date": "2026-06-01"},
    "annulVisit": {"visit_id": "old", "visit_date": None},
    "putTicket1": {"items": 1, "create_date": "2026-06-15", "weeks": 30, "weeks_at_registration": 8, "multiple": False},
    "putTicket2": {
        "items": 1,
        "create_date": "2026-06-15",
        "birth_at": "2026-06-14T03:10:00",
        "arrival_date": "2026-06-13",
        "newborns": 1,
    },
    "putTicket3": {
        "items": 1,
        "create_date": "2026-06-15",
        "children": [{"birth_date": "2025-12-01", "watch_begin": "2025-12-05", "watch_end": "2026-06-15"}],
    },
    "disableErs": {},
}
CONTRACTS = {"putTicket2": ("2", "15", "2026-01-01"), "putTicket3": ("3-1", "16", "2026-06-15")}
NAMELESS = {"annulVisit", "disableErs"}


def registry() -> Registry:
    """What the Fund knows before every test."""
    known = Registry()
    plant(known, read_seed(SEED), read_names(NAMES))
    return known


def put(
    operation: str, *, sender: Sender | None = None, person: Person | None = WOMAN, number: str = NUMBER, **details: Any
) -> Put:
    """A request that is right in everything but what is changed."""
    kind, contract, begin = CONTRACTS.get(operation, (None, "14", "2026-01-01"))
    sender = sender or replace(SENDER, contract_kind=kind, contract_number=contract, contract_date=begin)
    return Put(
        operation,
        sender,
        None if operation in NAMELESS else person,
        "" if operation == "createErs" else number,
        {**DETAILS[operation], **details},
    )


def decide(known: Registry, request: Put, now: datetime = NOW, *, dated_by_registration: bool = True) -> Verdict:
    """Judge a request and carry out what it changes."""
    verdict = judge(request, Settled(known, now, dated_by_registration))
    known.apply(verdict.changes)
    return verdict


def codes(verdict: Verdict) -> list[str]:
    """The numbers of the refusals."""
    return [refusal.code.number for refusal in verdict.refusals]
