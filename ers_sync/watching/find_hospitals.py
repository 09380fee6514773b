"""What is wrong with single hospitals: deadlines, contracts, keys, brakes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.domain import identifiers
from ers_sync.domain.contracts import Contract
from ers_sync.fss.profile import Role
from ers_sync.ledger import contracts
from ers_sync.ledger.contracts import KEY
from ers_sync.ledger.database import rows
from ers_sync.watching.incident import Code, Incident

NEAR = timedelta(hours=4)
STEPS = (30, 14, 7)  # days left at which an end is announced, and announced again
REFUSED_KEY = "Фонд не принимает подпись МО: проверьте сертификат и его регистрацию в Фонде"


def of(context: Context, connection: Connection) -> Iterator[Incident]:
    """Yield what is wrong with hospitals of ours."""
    called = names(context, connection)
    now = context.clock()
    if context.config.mode == "live":
        yield from _deadlines(context, connection, called, now)
    refused = {(row.organization_id, row.what) for row in rows(connection, "watch", "refusals")}
    yield from _held(connection, called, refused)
    yield from _contracts(context, contracts.of_hospitals(connection), called, now)
    yield from _keys(context, connection, called, refused, now)
    for row in rows(connection, "watch", "brakes_on"):
        text = f"{called.get(row.organization_id, row.organization_id)}: {row.kind}, событий {row.counted}"
        yield Incident(Code.BRAKE, f"brake:{row.organization_id}:{row.kind}", text, row.organization_id)


def names(context: Context, connection: Connection) -> Mapping[int, str]:
    """Return how to call each hospital of ours: its name and its number in РАМ."""
    known = {row.id: row.name for row in rows(connection, "senders", "organizations")}
    return {id_: f"{known[id_]} (МО {id_})" if id_ in known else f"МО {id_}" for id_ in context.rules.hospitals}


def days_left(ends: datetime, now: datetime) -> int | None:
    """Return the narrowest of STEPS that the rest of a span fits in, None if it is longer than all."""
    return min((step for step in STEPS if ends - now <= timedelta(days=step)), default=None)


def _deadlines(
    context: Context, connection: Connection, called: Mapping[int, str], now: datetime
) -> Iterator[Incident]:
    for row in rows(connection, "watch", "deadlines", until=now + NEAR):
        hospital = context.rules.hospitals.get(row.organization_id)
        if hospital is None:
            continue
        day = row.deadline.astimezone(hospital.zone).date()
        missed = row.deadline < now
        cards = f", ждут исправления карточки: {row.in_cards}" if row.in_cards else ""
        word = "пропущен" if missed else "истекает"
        text = f"{called[row.organization_id]}: срок {day:%d.%m.%Y} {word}, запросов: {row.many}{cards}"
        key = f"deadline:{row.organization_id}:{day}"
        yield Incident(Code.DEADLINE, key, text, row.organization_id, level=int(missed))


def _held(connection: Connection, called: Mapping[int, str], refused: set[tuple[int, str]]) -> Iterator[Incident]:
    for id_, what in sorted(refused):
        if id_ in called and what != KEY:
            kind = "любой" if what == contracts.ANY else what
            yield Incident(
                Code.CONTRACT_REFUSED, f"contract_refused:{id_}:{what}", f"{called[id_]}: вид услуг {kind}", id_
            )
    for row in rows(connection, "watch", "held_hospitals"):
        id_ = row.organization_id
        by_fund = any(who == id_ and what != KEY for who, what in refused)
        if row.reason == "no_contract" and id_ in called and not by_fund:
            yield Incident(Code.NO_CONTRACT, f"no_contract:{id_}", f"{called[id_]}: отложено запросов {row.many}", id_)


def _contracts(
    context: Context, known: Mapping[int, Sequence[Contract]], called: Mapping[int, str], now: datetime
) -> Iterator[Incident]:
    for id_, hospital in context.rules.hospitals.items():
        today = hospital.today(now)
        by_kind: dict[str, list[Contract]] = defaultdict(list)
        for contract in known.get(id_, ()):
            by_kind[contract.kind].append(contract)
        for kind, group in sorted(by_kind.items()):
            ends = _covered_until(group, today)
            step = min((s for s in STEPS if ends and (ends - today).days <= s), default=None)
            if ends and step is not None:
                text = f"{called[id_]}: вид услуг {kind}, последний день {ends:%d.%m.%Y}"
                key = f"contract_ends:{id_}:{kind}:{ends}"
                yield Incident(Code.CONTRACT_ENDS, key, text, id_, level=STEPS.index(step))


def _covered_until(group: Sequence[Contract], today: date) -> date | None:
    """Return the last day that contracts of a kind cover without a gap from today on; None if it is open, or none is valid."""
    day = today
    while valid := [contract for contract in group if contract.valid_on(day)]:
        ends = [contract.ends for contract in valid]
        if None in ends:
            return None
        last = max(end for end in ends if end is not None)
        day = last + timedelta(days=1)
    return day - timedelta(days=1) if day > today else None


def _keys(
    context: Context, connection: Connection, called: Mapping[int, str], refused: set[tuple[int, str]], now: datetime
) -> Iterator[Incident]:
    found = rows(connection, "senders", "organizations")
    ours = {identifiers.ogrn(row.ogrn): row.id for row in found if row.id in called and row.ogrn}
    for id_, what in sorted(refused):
        if what == KEY and id_ in called:
            yield Incident(Code.NO_KEY, f"no_key:{id_}:refused", f"{called[id_]}: {REFUSED_KEY}", id_)
    keyring = context.keyring
    for problem in keyring.problems(now):
        code = Code.NO_KEY if problem.ogrn else Code.FUND_CERTIFICATE
        whose = ours.get(problem.ogrn) if problem.ogrn else None
        key = f"{code}:{whose or problem.ogrn or 'fund'}:{problem.role or Role.MO}"
        yield Incident(code, key, problem.text, whose)
    for level, days in enumerate(STEPS):
        for problem in keyring.expiring(now, timedelta(days=days)):
            whose = ours.get(problem.ogrn) if problem.ogrn else None
            # the text is that of the day when it will have ended
            text = f"осталось {days} дней или меньше: {problem.text.replace('истёк', 'истекает')}"
            key = f"key_ends:{whose or problem.ogrn or 'fund'}:{problem.role or Role.MO}"
            yield Incident(Code.KEY_ENDS, key, text, whose, level=level)
