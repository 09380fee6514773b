"""`job NAME`: any job of the schedule by hand."""

from __future__ import annotations

import argparse

from ers_sync.commands.base import Parsers, add_common, open_context, summary_line
from ers_sync.ledger import database
from ers_sync.ledger.database import rows
from ers_sync.running import run_job
from jobs import JOBS, scan


def add(commands: Parsers) -> None:
    """Add the command."""
    parser = commands.add_parser("job", help="выполнить одно задание сейчас")
    parser.add_argument("name", choices=sorted(JOBS), metavar="ЗАДАНИЕ", help=", ".join(JOBS))
    parser.add_argument("--dry-run", action="store_true", help="показать, что было бы сделано, и ничего не менять")
    add_common(parser, at=True)
    parser.set_defaults(run=_job)


def _job(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    database.require_schema(context.ledger)
    if not arguments.dry_run:
        print(summary_line(run_job(context, arguments.name)))
        return 0
    if arguments.name in {"scan", "sweep"}:
        print(summary_line(scan.run(context, full=arguments.name == "sweep", keep=False)))
        return 0
    with context.ledger.connect() as connection:
        states = {row.state: row.many for row in rows(connection, "requests", "waiting")}
    print(summary_line({state: states.get(state, 0) for state in ("READY", "REGISTERED", "UNKNOWN")}))
    return 0
