"""`run`, `migrate`, `status`, `config`: the service itself."""

from __future__ import annotations

import argparse
import socket

from ers_sync import config as configuration
from ers_sync import daemon
from ers_sync.commands import words
from ers_sync.commands.base import (
    CommandError,
    Parsers,
    add_common,
    open_context,
    operator,
    show_json,
    show_table,
    shown_time,
)
from ers_sync.commands.progress import progress
from ers_sync.ledger import audit, database, job_runs, lineage
from ers_sync.ledger.database import rows
from ers_sync.ops import prometheus, sentry
from ers_sync.watching import figures


def add(commands: Parsers) -> None:
    """Add the commands of the service."""
    run = commands.add_parser("run", help="работать, пока не остановят (служба)")
    add_common(run, at=True)
    run.set_defaults(run=_run)
    migrate = commands.add_parser("migrate", help="подготовить или обновить базу программы")
    add_common(migrate)
    migrate.add_argument(
        "--restored",
        action="store_true",
        help="база восстановлена из копии: обо всём, что могло быть отправлено, сначала спросить Фонд",
    )
    migrate.set_defaults(run=_migrate)
    status = commands.add_parser("status", help="что отправлено, что ждёт, когда что выполнялось")
    add_common(status)
    status.add_argument("--json", action="store_true", help="для программ")
    status.set_defaults(run=_status)
    sample = commands.add_parser("config-sample", help="напечатать образец настроек с пояснениями")
    sample.set_defaults(run=_sample)


def _run(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    try:
        sentry.ensure(context.config.alerts.sentry_dsn_file)
    except sentry.SentryError as error:
        raise CommandError(str(error)) from error
    port = context.config.metrics.port
    if port is not None:
        try:
            prometheus.serve(port, lambda: figures.text(context))
        except OSError as error:
            raise CommandError(f"Порт {port} (metrics.port) занят: выберите другой") from error
    database.require_schema(context.ledger)
    with context.ledger.begin() as connection:
        audit.configured(connection, operator(), socket.gethostname(), context.config.model_dump(mode="json"))
    daemon.run(context)
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    with progress("изменение схемы"):
        applied = database.migrate(context.ledger)
    print(f"Применено изменений схемы: {len(applied)}" if applied else "База программы уже в порядке")
    if arguments.restored:
        today = context.clock().astimezone(context.config.timezone).date()
        with context.ledger.begin() as connection:
            doubted = lineage.look(connection, today, restored=True)
        print(
            f"Считается восстановленной из копии: Фонд будет спрошен о запросах ({doubted or 0}) и обо всех беременностях"
        )
    return 0


def _status(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    database.require_schema(context.ledger)
    with context.ledger.connect() as connection:
        states = {row.state: row.many for row in rows(connection, "requests", "waiting")}
        outages = rows(connection, "fund", "open_outages")
        runs = job_runs.last_successes(connection)
    found = {
        "mode": context.config.mode,
        "requests": states,
        "outages": [{"endpoint": row.endpoint, "since": row.began_at} for row in outages],
        "jobs": dict(runs),
    }
    if arguments.json:
        show_json(found)
        return 0
    print(f"Режим: {context.config.mode}. Фонд: {'не отвечает' if outages else 'на связи'}.")
    show_table(["Состояние", "Запросов"], [(words.state(code), many) for code, many in sorted(states.items())])
    print()
    lines = [(job, shown_time(when, context.config.timezone)) for job, when in sorted(runs.items())]
    show_table(["Задание", "Последний успех"], lines)
    return 0


def _sample(_: argparse.Namespace) -> int:
    print(configuration.sample(), end="")
    return 0
