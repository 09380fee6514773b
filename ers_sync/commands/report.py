"""`report`: the manual's summary report for any days, or the request log, as a workbook and in print."""

from __future__ import annotations

import argparse

from ers_sync.commands.base import CommandError, Parsers, add_common, open_recorded, parse_day
from ers_sync.commands.progress import progress
from ers_sync.reports.settings import ReportError
from jobs.report import settings


def add(commands: Parsers) -> None:
    """Add the command."""
    parser = commands.add_parser("report", help="отчёт за любые дни: книга Excel, при желании и PDF")
    parser.add_argument(
        "--from", dest="begin", type=parse_day, metavar="ДАТА", help="с какого дня, ДД.ММ.ГГГГ (с начала месяца)"
    )
    parser.add_argument("--to", dest="end", type=parse_day, metavar="ДАТА", help="по какой день, ДД.ММ.ГГГГ (сегодня)")
    parser.add_argument(
        "--by",
        default="mo",
        choices=("mo", "doctor", "patient", "log"),
        metavar="РАЗРЕЗ",
        help="mo – МО (так без этого ключа), doctor – врачи, patient – пациентки, log – реестр запросов",
    )
    parser.add_argument(
        "--period",
        default="month",
        choices=("day", "month", "year"),
        metavar="ПЕРИОД",
        help="day, month (так без этого ключа) или year; не для реестра",
    )
    parser.add_argument(
        "--subject",
        default="sent",
        choices=("sent", "received"),
        metavar="ПРЕДМЕТ",
        help="sent – запросы для ФСС (так без этого ключа), received – данные с ФСС; не для реестра",
    )
    parser.add_argument("--hospital", type=int, metavar="МО", help="только эта МО: organization.id в РАМ")
    parser.add_argument("--pdf", action="store_true", help="и напечатать в PDF (нужен LibreOffice)")
    add_common(parser, at=True)
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    from ers_sync.reports.on_demand import Order, write_on_demand  # noqa: PLC0415 - the daemon has the commands, but not pandas

    context = open_recorded(arguments)
    now = context.clock()
    end = arguments.end or now.astimezone(context.config.timezone).date()
    try:
        order = Order(
            begin=arguments.begin or end.replace(day=1),
            end=end,
            by=arguments.by,
            period=arguments.period,
            subject=arguments.subject,
            organization_id=arguments.hospital,
            pdf=arguments.pdf,
        )
    except ReportError as error:
        raise CommandError(str(error), usage=True) from error
    with progress("отчёт"):
        made = write_on_demand(context.ledger, settings(context), now, order)
    for path in made:
        print(path)
    return 0
