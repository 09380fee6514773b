"""`requests`: what is in the ledger, and what a person decides about it."""

from __future__ import annotations

import argparse
from datetime import date

from ers_sync.commands.base import CommandError, Parsers, add_common, open_context, parse_moment, show_json, show_table
from ers_sync.commands.decisions import add_to_requests as add_decisions
from ers_sync.domain import identifiers
from ers_sync.domain.states import State
from ers_sync.ledger.database import rows


def add(commands: Parsers) -> None:
    """Add the commands."""
    group = commands.add_parser("requests", help="запросы: список, подробности, решения человека")
    actions = group.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    listed = actions.add_parser("list", help="список запросов")
    listed.add_argument("--state", choices=[str(state) for state in State], help="только в этом состоянии")
    listed.add_argument("--hospital", type=int, metavar="ID", help="только этой МО")
    listed.add_argument("--snils", help="только этой женщины")
    listed.add_argument("--since", type=_day, help="только события с этого дня (ГГГГ-ММ-ДД)")
    listed.add_argument("--until", type=_day, help="только события по этот день (ГГГГ-ММ-ДД)")
    listed.add_argument("--limit", type=int, default=50, help="не больше стольких строк (50)")
    listed.add_argument("--json", action="store_true", help="для программ")
    add_common(listed)
    listed.set_defaults(run=_list)
    add_decisions(actions)
    shown = actions.add_parser("show", help="один запрос со всеми обменами")
    shown.add_argument("id", type=int)
    shown.add_argument("--json", action="store_true", help="для программ")
    add_common(shown)
    shown.set_defaults(run=_show)


def _list(arguments: argparse.Namespace) -> int:
    with open_context(arguments).ledger.connect() as connection:
        found = rows(
            connection,
            "requests",
            "listed",
            state=arguments.state,
            organization_id=arguments.hospital,
            snils=identifiers.snils(arguments.snils) if arguments.snils else None,
            since=arguments.since,
            until=arguments.until,
            many=arguments.limit,
        )
    if arguments.json:
        show_json([dict(row._mapping) for row in found])  # noqa: SLF001 - SQLAlchemy's public name
        return 0
    headers = ["№", "Запрос", "Источник", "МО", "Состояние", "Причина", "Срок"]
    lines = [
        (r.id, r.kind, r.source, r.organization_id, r.state, r.reason, f"{r.deadline:%d.%m.%Y}" if r.deadline else "")
        for r in found
    ]
    show_table(headers, lines)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    with open_context(arguments).ledger.connect() as connection:
        found = rows(connection, "requests", "shown", id=arguments.id)
        exchanges = rows(connection, "requests", "exchanges_of", id=arguments.id)
    if not found:
        raise CommandError(f"Запроса {arguments.id} нет")
    request = dict(found[0]._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    if arguments.json:
        show_json(request | {"exchanges": [dict(row._mapping) for row in exchanges]})  # noqa: SLF001 - SQLAlchemy's public name
        return 0
    for name, value in request.items():
        if value not in (None, "", []):
            print(f"{name}: {value}")
    print()
    headers = ["Когда", "Узел", "Операция", "Исход", "Статус", "Сведения"]
    show_table(
        headers,
        [
            (f"{e.started_at:%d.%m.%Y %H:%M:%S}", e.host, e.operation, e.outcome, e.status, e.information)
            for e in exchanges
        ],
    )
    return 0


def _day(text: str) -> date:
    return parse_moment(text).date()
