"""The command line: `ers-sync COMMAND …`. What it prints is for operators, in Russian.

Exit codes: 0 well, 1 found trouble, 2 wrong usage or configuration.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from ers_sync.commands import COMMANDS
from ers_sync.commands.base import CommandError
from ers_sync.config import ConfigError, SecretError
from ers_sync.ledger.database import LedgerError
from ers_sync.ops.apart import ProcessKilledError
from ers_sync.ops.logging_setup import setup_logging
from ers_sync.reports.settings import ReportError

OK, TROUBLE, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="ers-sync", description="Отправка сведений по электронным родовым сертификатам из РАМ в Фонд."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    for command in COMMANDS:
        command.add(commands)
    chosen = parser.parse_args(arguments)
    setup_logging()
    try:
        return int(chosen.run(chosen))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return USAGE
    except (CommandError, SecretError, LedgerError, ReportError, ProcessKilledError) as error:
        print(error, file=sys.stderr)
        return USAGE if getattr(error, "usage", False) else TROUBLE
    except OperationalError:
        # the driver's text may show the address; which database it was is said by `ers-sync check`
        print(
            "База данных недоступна: проверьте строки подключения и работает ли PostgreSQL (ers-sync check)",
            file=sys.stderr,
        )
        return TROUBLE


if __name__ == "__main__":
    sys.exit(main())
