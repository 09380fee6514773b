"""`requests`: what is in the ledger, and what a person decides about it."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, tzinfo
from typing import Any

from ers_sync.commands import words
from ers_sync.commands.base import (
    CommandError,
    Parsers,
    add_common,
    open_recorded,
    parse_day,
    show_json,
    show_table,
    shown_time,
)
from ers_sync.commands.decisions import add_to_requests as add_decisions
from ers_sync.domain import identifiers
from ers_sync.domain.states import State
from ers_sync.ledger.database import rows


def add(commands: Parsers) -> None:
    """Add the commands."""
    group = commands.add_parser("requests", help="запросы: список, подробности, решения человека")
    actions = group.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    listed = actions.add_parser("list", help="список запросов")
    listed.add_argument(
        "--state",
        choices=[str(state) for state in State],
        metavar="СОСТОЯНИЕ",
        help="только в этом: " + ", ".join(map(words.state, State)),
    )
    listed.add_argument("--hospital", type=int, metavar="МО", help="только этой МО: organization.id в РАМ")
    listed.add_argument(
        "--patient",
        action="store_true",
        help="только одной женщины: спросить СНИЛС или фамилию (в команде её видели бы все)",
    )
    listed.add_argument("--since", type=parse_day, metavar="ДАТА", help="только события с этого дня, ДД.ММ.ГГГГ")
    listed.add_argument("--until", type=parse_day, metavar="ДАТА", help="только события по этот день, ДД.ММ.ГГГГ")
    listed.add_argument("--limit", type=int, metavar="СТРОК", default=50, help="не больше стольких строк (50)")
    listed.add_argument("--json", action="store_true", help="для программ")
    add_common(listed)
    listed.set_defaults(run=_list)
    add_decisions(actions)
    shown = actions.add_parser("show", help="один запрос со всеми обменами")
    shown.add_argument("id", type=int, metavar="НОМЕР", help="номер запроса из списка")
    shown.add_argument("--json", action="store_true", help="для программ")
    add_common(shown)
    shown.set_defaults(run=_show)


def _list(arguments: argparse.Namespace) -> int:
    snils, last_name = _asked_for() if arguments.patient else (None, None)
    with open_recorded(arguments).ledger.connect() as connection:
        found = rows(
            connection,
            "requests",
            "listed",
            state=arguments.state,
            organization_id=arguments.hospital,
            snils=snils,
            last_name=last_name,
            since=arguments.since,
            until=arguments.until,
            many=arguments.limit,
        )
    if arguments.json:
        show_json([dict(row._mapping) for row in found])  # noqa: SLF001 - SQLAlchemy's public name
        return 0
    headers = ["№", "Запрос", "Источник", "МО", "Состояние", "Причина", "Срок"]
    lines = [
        (
            r.id,
            r.kind,
            r.source,
            r.organization_id,
            r.state,
            words.reason(r.reason),
            f"{r.deadline:%d.%m.%Y}" if r.deadline else "",
        )
        for r in found
    ]
    show_table(headers, lines)
    return 0


def _asked_for() -> tuple[str | None, str | None]:
    """Ask for a woman's СНИЛС or surname, which no command line may hold: every user of the machine sees it there."""
    typed = input("СНИЛС или фамилия: ").strip() if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not any(letter.isdigit() for letter in typed):
        if not typed:
            raise CommandError("Не указаны ни СНИЛС, ни фамилия", usage=True)
        return None, typed
    number = identifiers.snils(typed)
    if number is None:
        raise CommandError("СНИЛС неверен: проверьте все 11 цифр", usage=True)
    return number, None


def _show(arguments: argparse.Namespace) -> int:
    context = open_recorded(arguments)
    zone = context.config.timezone
    with context.ledger.connect() as connection:
        found = rows(connection, "requests", "shown", id=arguments.id)
        exchanges = rows(connection, "requests", "exchanges_of", id=arguments.id)
    if not found:
        raise CommandError(f"Запроса {arguments.id} нет")
    request = dict(found[0]._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    if arguments.json:
        show_json(request | {"exchanges": [dict(row._mapping) for row in exchanges]})  # noqa: SLF001 - SQLAlchemy's public name
        return 0
    shown = {
        words.REQUEST[name]: _shown(name, value, zone)
        for name, value in request.items()
        if value not in (None, "", [], False)
    }
    show_table(["Что", "Значение"], list(shown.items()))
    print()
    headers = ["Когда", "Узел", "Операция", "Исход", "Статус", "Сведения"]
    show_table(
        headers,
        [(shown_time(e.started_at, zone), e.host, e.operation, e.outcome, e.status, e.information) for e in exchanges],
    )
    return 0


def _shown(name: str, value: Any, zone: tzinfo) -> object:
    """Return a value of the ledger as a person reads it."""
    if name == "details":
        return "; ".join(str(one.get("text", one)) for one in value) if isinstance(value, list) else value
    if isinstance(value, datetime):
        return shown_time(value, zone)
    return {"state": words.state, "reason": words.reason}.get(name, str)(value)
