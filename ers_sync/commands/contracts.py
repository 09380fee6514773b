"""`contracts`: the contracts of the hospitals with the Fund."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from ers_sync import contract_sheet
from ers_sync.commands.base import (
    CommandError,
    Parsers,
    add_common,
    open_context,
    open_recorded,
    operator,
    parse_day,
    show_json,
    show_table,
)
from ers_sync.commands.progress import progress
from ers_sync.domain.contracts import ALL_KINDS, Contract
from ers_sync.ledger import contracts
from ers_sync.ledger.database import rows


def add(commands: Parsers) -> None:
    """Add the commands."""
    group = commands.add_parser("contracts", help="договоры МО с Фондом")
    actions = group.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    listed = actions.add_parser("list", help="список договоров")
    listed.add_argument("--json", action="store_true", help="для программ")
    add_common(listed)
    listed.set_defaults(run=_list)
    put = actions.add_parser("set", help="внести договор или изменить дату его окончания")
    put.add_argument("--hospital", type=int, required=True, metavar="МО", help="organization.id в РАМ")
    put.add_argument(
        "--kind", required=True, choices=ALL_KINDS, metavar="ВИД", help="вид услуг: " + ", ".join(ALL_KINDS)
    )
    put.add_argument("--number", required=True, metavar="НОМЕР", help="номер договора")
    put.add_argument(
        "--from", dest="begins", required=True, type=parse_day, metavar="ДАТА", help="дата договора ДД.ММ.ГГГГ"
    )
    put.add_argument(
        "--to", dest="ends", type=parse_day, metavar="ДАТА", help="дата окончания ДД.ММ.ГГГГ; без неё – бессрочный"
    )
    add_common(put)
    put.set_defaults(run=_set)
    taken = actions.add_parser("import", help="взять договоры из книги Excel")
    taken.add_argument("file", type=Path, metavar="ФАЙЛ", help=f"столбцы: {', '.join(contract_sheet.COLUMNS)}")
    add_common(taken)
    taken.set_defaults(run=_import)


def _list(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    with context.ledger.connect() as connection:
        names = {row.id: row.name for row in rows(connection, "senders", "organizations")}
        known = [c for group in contracts.of_hospitals(connection).values() for c in group]
    if arguments.json:
        show_json(
            [
                {"hospital": c.organization_id, "kind": c.kind, "number": c.number, "from": c.begins, "to": c.ends}
                for c in known
            ]
        )
        return 0
    now = context.clock().date()
    lines = [
        (
            names.get(c.organization_id, c.organization_id),
            c.kind,
            c.number,
            f"{c.begins:%d.%m.%Y}",
            f"{c.ends:%d.%m.%Y}" if c.ends else "бессрочно",
            "" if c.valid_on(now) else "не действует",
        )
        for c in known
    ]
    show_table(["МО", "Вид услуг", "Номер", "С", "По", ""], lines)
    return 0


def _set(arguments: argparse.Namespace) -> int:
    context = open_recorded(arguments)
    if arguments.hospital not in context.rules.hospitals:
        raise CommandError(f"МО {arguments.hospital} нет в настройках", usage=True)
    if arguments.ends and arguments.ends < arguments.begins:
        raise CommandError("Дата окончания раньше даты договора", usage=True)
    number = arguments.number.strip()
    contract = Contract(arguments.hospital, arguments.kind, number, arguments.begins, arguments.ends)
    with context.ledger.begin() as connection:
        contracts.put(connection, contract, operator())
    print(f"Договор {number} внесён; подействует при следующем просмотре РАМ")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    context = open_recorded(arguments)
    with context.ledger.connect() as connection:
        found = rows(connection, "senders", "organizations")
    ours: dict[str, list[int]] = defaultdict(list)
    for row in found:
        if row.ogrn and row.id in context.rules.hospitals:
            ours[row.ogrn].append(row.id)
    try:
        with progress("чтение книги"):
            listed = contract_sheet.read(arguments.file, ours)
    except contract_sheet.SheetError as error:
        raise CommandError(f"Ни один договор не взят, исправьте:\n{error}") from error
    with context.ledger.begin() as connection:
        for contract in listed:
            contracts.put(connection, contract, operator())
    print(f"Внесено договоров: {len(listed)}")
    return 0
