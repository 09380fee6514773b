"""`check` and `diagnose`: is everything as it has to be, and what support needs to know."""

from __future__ import annotations

import argparse
from pathlib import Path

from ers_sync.checks import diagnosis, result
from ers_sync.checks.run import run
from ers_sync.commands.base import CommandError, Parsers, add_common
from ers_sync.commands.progress import progress

NAGIOS_CRITICAL = 2


def add(commands: Parsers) -> None:
    """Add the commands."""
    check = commands.add_parser(
        "check",
        help="проверить настройки, базы, ключи, связь и работу; ничего не меняет",
        epilog="Код выхода: 0 – всё хорошо, 1 – что-то плохо; с --nagios – 0 и 2, как ждёт Nagios.",
    )
    form = check.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="для программ")
    form.add_argument("--nagios", action="store_true", help="для Nagios, Icinga, Zabbix: первая строка – итог")
    add_common(check)
    check.set_defaults(run=_check)
    diagnose = commands.add_parser("diagnose", help="собрать в один файл всё для поддержки, без персональных данных")
    diagnose.add_argument("file", type=Path, metavar="ФАЙЛ", help="куда записать (JSON)")
    add_common(diagnose)
    diagnose.set_defaults(run=_diagnose)


def _check(arguments: argparse.Namespace) -> int:
    with progress("проверка"):
        checks = run(arguments.config)
    bad = not all(check.ok for check in checks)
    if arguments.nagios:
        print(result.as_nagios(checks))
        return NAGIOS_CRITICAL if bad else 0
    print(result.as_json(checks) if arguments.json else result.as_text(checks))
    return int(bad)


def _diagnose(arguments: argparse.Namespace) -> int:
    with progress("сбор сведений"):
        text = diagnosis.make(arguments.config)
    try:
        arguments.file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"Файл {arguments.file} не записать: проверьте папку и права") from error
    print(f"Записано: {arguments.file}. Персональных данных в файле нет, посмотрите его перед отправкой.")
    return 0
