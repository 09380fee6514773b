"""`job NAME`: any job of the schedule by hand."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ers_sync.commands.base import Parsers, add_common, open_recorded, show_json, summary_line
from ers_sync.commands.progress import progress
from ers_sync.ledger.database import rows
from ers_sync.running import run_job
from jobs import JOBS, scan


def add(commands: Parsers) -> None:
    """Add the command."""
    parser = commands.add_parser("job", help="выполнить одно задание сейчас")
    parser.add_argument("name", choices=sorted(JOBS), metavar="ЗАДАНИЕ", help="какое: " + ", ".join(JOBS))
    parser.add_argument("--dry-run", action="store_true", help="показать, что было бы сделано, и ничего не менять")
    parser.add_argument("--json", action="store_true", help="итог для программ; null – не выполнялось")
    add_common(parser, at=True)
    parser.set_defaults(run=_job)


def _job(arguments: argparse.Namespace) -> int:
    context = open_recorded(arguments)
    if not arguments.dry_run:
        with progress(f"задание {arguments.name}"):
            summary = run_job(context, arguments.name)
        return _say(arguments, summary)
    if arguments.name in {"scan", "sweep"}:
        with progress(f"просмотр РАМ ({arguments.name})"):
            summary = scan.run(context, full=arguments.name == "sweep", keep=False)
        return _say(arguments, summary)
    with context.ledger.connect() as connection:
        states = {row.state: row.many for row in rows(connection, "requests", "waiting")}
    return _say(arguments, {state: states.get(state, 0) for state in ("READY", "REGISTERED", "UNKNOWN")})


def _say(arguments: argparse.Namespace, summary: Mapping[str, object] | None) -> int:
    if arguments.json:
        show_json(summary)
    else:
        print(summary_line(summary))
    return 0
