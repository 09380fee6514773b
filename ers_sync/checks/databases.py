"""РАМ and the ledger. What may be done in РАМ is seen by rights and ownership alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg2
from psycopg2.extensions import parse_dsn
from sqlalchemy.exc import DBAPIError

from ers_sync.checks.machine import drift
from ers_sync.checks.result import Check
from ers_sync.context import Context
from ers_sync.domain import identifiers
from ers_sync.files import QueryFileError
from ers_sync.ledger import database, evidence
from ers_sync.ledger.database import LedgerError, rows
from ers_sync.ledger.sealing import SealError
from ers_sync.ram.check import check_columns, read_only_problems, tables_without_index
from ers_sync.ram.errors import RamError
from ers_sync.ram.reader import Ram, open_ram

MALFORMED = "строка подключения не разбирается"
DSN = "запишите её как postgresql://пользователь:пароль@узел/база"
REACH = "проверьте строку подключения, сеть, pg_hba.conf и работает ли PostgreSQL"


def ram(context: Context) -> Iterator[Check]:
    """Yield how РАМ is: reachable, its columns, our rights, its clock, our hospitals in it."""
    settings = context.config.ram
    try:
        parse_dsn(context.ram_dsn)
    except psycopg2.Error:
        # the driver's text quotes it, the password included
        yield Check("РАМ: связь", ok=False, found=MALFORMED, to_do=DSN)
        return
    try:
        with open_ram(context.ram_dsn, settings.queries_dir) as opened:
            yield Check("РАМ: связь", ok=True, found="есть")
            yield from _ram(context, opened)
    except QueryFileError as error:
        yield Check("РАМ: запросы", ok=False, found=str(error), to_do="исправьте файл в ram.queries_dir")
    except (RamError, DBAPIError) as error:
        found = str(error) if isinstance(error, RamError) else "запрос не выполнен"
        yield Check("РАМ: связь", ok=False, found=found, to_do=REACH)


def _ram(context: Context, opened: Ram) -> Iterator[Check]:
    mode = context.config.ram.scan
    wrong = check_columns(opened, mode)
    fix = "исправьте запросы в ram.queries_dir (образец sql/ram/) или дайте роли SELECT"
    yield from _list("РАМ: столбцы", wrong, "как обещано", fix)
    fix = "заведите роль по sql/roles.sql: только SELECT"
    yield from _list("РАМ: только чтение", read_only_problems(opened), "по правам и владению", fix)
    if wrong:
        return
    if mode == "changes":
        lacking = [f"{table}: нет индекса по updated_at" for table in tables_without_index(opened)]
        fix = "попросите администратора РАМ: create index concurrently on ТАБЛИЦА (updated_at)"
        yield from _list("РАМ: индекс updated_at", lacking, "есть или не нужен", fix)
    yield drift("РАМ", (opened.mark().taken_at - datetime.now(UTC)).total_seconds())
    yield from _list(
        "МО в РАМ", _hospitals(context, opened), "все на месте", "исправьте карточку МО в РАМ или настройки"
    )


def _hospitals(context: Context, opened: Ram) -> list[str]:
    known = opened.organizations()
    wrong = []
    for id_ in context.rules.hospitals:
        row = known.get(id_)
        if row is None:
            wrong.append(f"МО {id_}: в РАМ нет такой organization")
        elif not identifiers.ogrn(row.ogrn) or not identifiers.inn(row.inn):
            wrong.append(f"МО {id_}: ОГРН или ИНН пуст или неверен")
        elif row.is_active is False:
            wrong.append(f"МО {id_}: в РАМ отмечена как неработающая")
    return wrong


@contextmanager
def _told(name: str, found: list[Check]) -> Iterator[None]:
    """Note a failure of the ledger as a check of its own."""
    try:
        yield
    except LedgerError as error:
        found.append(Check(name, ok=False, found=str(error), to_do="выполните ers-sync migrate"))
    except DBAPIError:
        # the driver's text may show address and user
        found.append(Check(name, ok=False, found="база программы недоступна", to_do=REACH))


def ledger(context: Context) -> list[Check]:
    """Return how our own database is: reachable, of this program's schema, its clock."""
    found: list[Check] = []
    with _told("база программы: связь", found), context.ledger.connect() as connection:
        taken = rows(connection, "watch", "clock")[0].now
        found += [
            Check("база программы: связь", ok=True, found="есть"),
            drift("база программы", (taken - datetime.now(UTC)).total_seconds()),
        ]
    if found and found[0].ok:
        with _told("база программы: схема", found):
            database.require_schema(context.ledger)
            found.append(Check("база программы: схема", ok=True, found=f"версия {max(database.versions())}"))
    return found


def evidence_keys(context: Context) -> Iterator[Check]:
    """Yield whether the keys of the configuration open the evidence that is there."""
    name, to_do = "ключи доказательств", "верните прежний ключ в ledger.evidence_key_files, после нового"
    with context.ledger.connect() as connection:
        try:
            lost = evidence.unopened(connection, context.seal)
        except SealError as error:
            yield Check(name, ok=False, found=str(error), to_do=to_do)
            return
    if lost:
        yield Check(name, ok=False, found=f"не открываются обмены: {lost}", to_do=to_do)
    else:
        yield Check(name, ok=True, found="подходят" if context.seal.names else "не заданы: не зашифровано")


def _list(name: str, wrong: list[str], well: str, to_do: str) -> Iterator[Check]:
    if not wrong:
        yield Check(name, ok=True, found=well)
    for text in wrong:
        yield Check(name, ok=False, found=text, to_do=to_do)
