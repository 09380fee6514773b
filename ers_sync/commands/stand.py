"""`demo`, `stand`, `sample-ram`: what can be tried without РАМ and without the Fund. Only here does the program touch the stand-ins."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ers_sync.commands.base import CommandError, Parsers, parse_moment
from ers_sync.ops.logging_setup import setup_logging

ZONE = ZoneInfo("Asia/Yekaterinburg")


def add(commands: Parsers) -> None:
    """Add the commands."""
    demo = commands.add_parser("demo", help="показать всё в работе на этой машине: РАМ, Фонд, задания, отчёты")
    demo.add_argument("--dir", metavar="ПАПКА", type=Path, required=True, help="папка для всего, что получится")
    demo.add_argument("--patients", metavar="ЧИСЛО", type=int, help="сколько женщин в РАМ (300 с engine, 30 без него)")
    demo.add_argument("--seed", metavar="ЧИСЛО", type=int, default=1, help="начальное число образца РАМ")
    demo.add_argument("--ram-sql", metavar="ФАЙЛ", type=Path, help="SQL-файл с данными РАМ вместо образца")
    demo.add_argument("--fund-seed", metavar="ФАЙЛ", type=Path, help="что Фонд знает заранее (JSON)")
    demo.add_argument("--at", metavar="ВРЕМЯ", help="деловое время ГГГГ-ММ-ДД[TЧЧ:ММ]")
    demo.add_argument("--keep", action="store_true", help="не останавливаться: служба работает, пока не прервут")
    demo.set_defaults(run=_demo)
    stand = commands.add_parser("stand", help="стенд Фонда отдельным процессом")
    _add_stand_arguments(stand)
    stand.set_defaults(run=_stand)
    sample = commands.add_parser("sample-ram", help="напечатать образец РАМ как SQL")
    sample.add_argument("--patients", metavar="ЧИСЛО", type=int, default=300, help="сколько женщин (300)")
    sample.add_argument("--seed", metavar="ЧИСЛО", type=int, default=1, help="начальное число")
    sample.add_argument("--at", metavar="ВРЕМЯ", help="к какому времени подвести истории")
    sample.set_defaults(run=_sample)


def _demo(arguments: argparse.Namespace) -> int:
    from ers_sync.stand import demo  # noqa: PLC0415 - the service never loads the stand-ins

    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} с] {text}" if text.strip() else "", flush=True)

    folder = arguments.dir.absolute()
    try:
        demo.prepare_folder(folder)
    except demo.DemoError as error:
        raise CommandError(str(error), usage=True) from error
    log = folder / demo.LOG
    print(f"Журнал программы: {log}")
    options = demo.Options(
        folder=folder,
        patients=arguments.patients,
        seed=arguments.seed,
        ram_sql=arguments.ram_sql,
        fund_seed=arguments.fund_seed,
        at=_moment(arguments.at),
        keep=arguments.keep,
    )
    with log.open("a", encoding="utf-8") as stream:
        setup_logging(stream=stream)
        try:
            demo.run(options, say)
        except demo.DemoError as error:
            raise CommandError(str(error)) from error
        finally:
            setup_logging()
    return 0


def _add_stand_arguments(parser: argparse.ArgumentParser) -> None:
    from ers_sync.stand.fund.settings import add_arguments  # noqa: PLC0415 - the service never loads the stand-ins

    add_arguments(parser)


def _stand(arguments: argparse.Namespace) -> int:
    from ers_sync.stand.fund import server, settings  # noqa: PLC0415 - the service never loads the stand-ins

    server.serve(settings.from_arguments(arguments), lambda url, _: print(f"Фонд (стенд): {url}", flush=True))
    return 0


def _sample(arguments: argparse.Namespace) -> int:
    from ers_sync.stand.sample import sample  # noqa: PLC0415 - the service never loads the stand-ins

    moment = _moment(arguments.at) or datetime.now(UTC)
    sys.stdout.writelines(sample(arguments.seed, arguments.patients, moment).sql())
    return 0


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = parse_moment(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
