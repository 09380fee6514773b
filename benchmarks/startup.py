"""From the start of a process to its first answered exchange, against a process that only imports the same libraries; CPU of each.

    .venv/bin/python -m benchmarks.startup [--quick]

Ours: Python starts, imports all that the command line imports, reads the configuration, the keys, the WSDL, and asks the Fund for a
certificate over HTTP. Bare: Python starts and imports every package of others that ours had imported by then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import psycopg2

from benchmarks.measuring import ROUNDS, Pair, arguments, tell
from ers_sync.stand.line import Line, Options, hospital, open_line, snils
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema

FIRST = """
import sys
from pathlib import Path
import ers_sync.cli, ers_sync.daemon
from ers_sync.commands.base import build, load
from ers_sync.exchange import senders
context = build(load(Path(sys.argv[1])))
with context.ledger.connect() as connection:
    sender = senders.sender(connection, 1, None)
prepared = context.client.ask(sender, ers_identifier=sys.argv[2], moment=context.clock())
exchange = context.client.send(prepared, endpoint=context.endpoints[0], moment=context.clock())
assert exchange.outcome == "ANSWERED", exchange.fault_text
if sys.argv[3:]:
    others = {name for name, module in sys.modules.items() if "site-packages" in (getattr(module, "__file__", None) or "")}
    print(*sorted(name for name in others if "." not in name and not name.startswith("_")))
"""


def cpu(*arguments: str) -> float:
    """Return the CPU seconds of a process of Python."""
    process = subprocess.Popen([sys.executable, *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"ended with {process.returncode}: {arguments[0]}")
    return usage.ru_utime + usage.ru_stime


def measure(line: Line, rounds: int) -> tuple[Pair, int]:
    first = ("-c", FIRST, str(line.config), snils(1))
    libraries = subprocess.run([sys.executable, *first, "list"], check=True, capture_output=True, text=True).stdout
    bare = ("-c", f"import {', '.join(libraries.split())}")
    timed = [(cpu(*first), cpu(*bare)) for _ in range(rounds + 1)][1:]
    return Pair([a for a, _ in timed], [b for _, b in timed]), len(libraries.split())


def main() -> None:
    options = arguments(__doc__).parse_args()
    with PrivatePostgres(durable=False) as postgres, tempfile.TemporaryDirectory() as folder:
        ram, ledger = postgres.create_database("ram"), postgres.create_database("ledger")
        create_reference_schema(ram)
        with psycopg2.connect(ram) as connection, connection.cursor() as cursor:
            cursor.execute(hospital(1))
        with open_line(Path(folder), ram, ledger, Options("engine", delay=0)) as line:
            line.run("scan")
            pair, many = measure(line, 2 if options.quick else ROUNDS)
    tell("startup", f"{many} packages, CPU, {pair}", pair.cost, "≤ 2")
    assert median(pair.bare) > 0.1


if __name__ == "__main__":
    main()
