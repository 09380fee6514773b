"""The command line: `ers-sync COMMAND …`. What it prints is for operators, in Russian.

Exit codes: 0 well, 1 found trouble, 2 wrong usage or configuration, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from ers_sync.commands import COMMANDS, parser
from ers_sync.commands.base import CommandError
from ers_sync.config import ConfigError, SecretError
from ers_sync.files import QueryFileError
from ers_sync.ledger.database import LedgerError
from ers_sync.ops.logging_setup import event, setup_logging
from ers_sync.ram.errors import RamError
from ers_sync.reports.settings import ReportError

OK, TROUBLE, USAGE, INTERRUPTED = 0, 1, 2, 130

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; whatever goes wrong is said in a line, without a stack trace."""
    chosen = parser.build(COMMANDS).parse_args(arguments)
    setup_logging()
    try:
        code = int(chosen.run(chosen))
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever reads has gone (`| head`): the interpreter's own last flush must not stumble over it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place where anything can be said of it
        print(_explained(error), file=sys.stderr)
        return _code(error)
    return code


def _explained(error: BaseException) -> str:
    """Return what went wrong and what to do, in Russian.

    What nobody foresaw goes to the log by type and place: its text could quote a patient.
    """
    match error:
        case KeyboardInterrupt():
            text = "Прервано. Начатое не потеряно: что успело уйти, о том спросит служба."
        case (
            CommandError()
            | ConfigError()
            | SecretError()
            | LedgerError()
            | RamError()
            | ReportError()
            | QueryFileError()
        ):
            text = str(error)
        case OperationalError() | ArgumentError():
            # the driver's text may show the address; which database it was is said by `ers-sync check`
            text = "База данных недоступна: проверьте строки подключения и работает ли PostgreSQL (ers-sync check)"
        case OSError():
            text = f"{error.filename}: {_reason(error)}" if error.filename else _reason(error)
        case DBAPIError():
            event(log, logging.ERROR, "command.failed", exc_info=error)
            text = "База данных отказала в запросе: проверьте права роли (sql/roles.sql) и ers-sync check"
        case _:
            event(log, logging.ERROR, "command.failed", exc_info=error)
            text = "Ошибка программы. Строку выше и файл от ers-sync diagnose передайте разработчику"
    return text


def _code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return USAGE if isinstance(error, ConfigError) or getattr(error, "usage", False) else TROUBLE


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "нет прав. Выполните от имени службы: sudo -u ers-sync ers-sync …"
    if isinstance(error, FileNotFoundError):
        return "нет такого файла или папки"
    return f"не удаётся ({os.strerror(error.errno) if error.errno else type(error).__name__})"


if __name__ == "__main__":
    sys.exit(main())
