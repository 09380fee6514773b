"""What the commands share: configuration, the business clock, output as text or JSON, who acts."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from ers_sync.clock import Clock
from ers_sync.commands import table, words
from ers_sync.config import Config, load
from ers_sync.context import Context, build
from ers_sync.ledger import audit, database

DEFAULT_CONFIG = Path("/etc/ers-sync/config.yaml")

GIVEN = "указано"

_NOT_ASKED = {"command", "action", "config", "run", "whole", "json", "yes"}
_OUR_WORDS = {"state", "kind", "name", "by", "period", "subject"}  # chosen from a list
Parsers = Any  # argparse has no public name for what add_subparsers returns


class CommandError(Exception):
    """A command cannot do what it was told; the text is Russian. `usage` is True when the words of the command are at fault."""

    def __init__(self, text: str, *, usage: bool = False) -> None:
        super().__init__(text)
        self.usage = usage


def add_common(parser: argparse.ArgumentParser, *, at: bool = False) -> None:
    """Add `--config`, and `--at` where a command may run at another business time."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="ФАЙЛ",
        default=DEFAULT_CONFIG,
        help=f"файл настроек (по умолчанию {DEFAULT_CONFIG})",
    )
    if at:
        parser.add_argument(
            "--at", metavar="ВРЕМЯ", help="деловое время ГГГГ-ММ-ДД[TЧЧ:ММ]; только с испытательным контуром"
        )


def open_context(arguments: argparse.Namespace) -> Context:
    """Return the working parts of the configuration that the command names.

    Raises:
        ConfigError: the configuration is wrong.
        CommandError: `--at` with an endpoint that is not a test contour.
    """
    config = load(arguments.config)
    return build(config, Clock(moment(config, getattr(arguments, "at", None))))


def open_recorded(arguments: argparse.Namespace) -> Context:
    """Do as `open_context`, for a command that shows personal data or changes something: who begins it with what is written down first.

    Raises:
        LedgerError: the ledger is not prepared.
    """
    context = open_context(arguments)
    database.require_schema(context.ledger)
    names = (getattr(arguments, "command", None), getattr(arguments, "action", None))
    with context.ledger.begin() as connection:
        command = " ".join(name for name in names if name)
        audit.record(connection, operator(), socket.gethostname(), command, _impersonal(arguments))
    return context


def _impersonal(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what may be written down of arguments: numbers, days, flags, words of ours; of others only that they were given."""
    given = {
        name: value for name, value in vars(arguments).items() if name not in _NOT_ASKED and value not in (None, False)
    }
    return {
        name: value if isinstance(value, int | date) or name in _OUR_WORDS else GIVEN for name, value in given.items()
    }


def moment(config: Config, text: str | None) -> datetime | None:
    """Return the business time of `--at`, in the region's zone unless it says otherwise. Raise CommandError."""
    if text is None:
        return None
    if not all(endpoint.test_contour for endpoint in config.fss.endpoints):
        raise CommandError("--at разрешено только с испытательным контуром (test_contour: true)", usage=True)
    return parse_moment(text).replace(tzinfo=parse_moment(text).tzinfo or config.timezone)


def parse_moment(text: str) -> datetime:
    """Return a time in ISO form, perhaps without a zone. Raise CommandError."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"«{text}» – не время: нужно ГГГГ-ММ-ДД или ГГГГ-ММ-ДДTЧЧ:ММ", usage=True) from None


def parse_day(text: str) -> date:
    """Return a day that was typed as ДД.ММ.ГГГГ or in ISO form. Raise ArgumentTypeError."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise argparse.ArgumentTypeError("нужна дата ДД.ММ.ГГГГ")


def operator() -> str:
    """Return the login name of whoever acts, also behind sudo."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def shown_time(moment: datetime, zone: tzinfo) -> str:
    """Return a time as a person reads it, in the region's zone."""
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M:%S}"


def show_json(value: object) -> None:
    """Print a value for a machine."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()


def show_table(headers: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print lines in columns under their headers, no wider than the terminal."""
    table.show(headers, lines)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person at the terminal before something that cannot be undone. Raise CommandError on anything but «да»."""
    if yes or not sys.stdin.isatty():
        return
    if input(f"{question} [да/нет] ").strip().lower() not in {"да", "д", "yes", "y"}:
        raise CommandError("Отменено.")


def summary_line(summary: Mapping[str, object] | None) -> str:
    """Return what a job did, in one line."""
    if summary is None:
        return "не выполнялось: режим dry или задание уже выполняется"
    return (
        ", ".join(f"{words.count(key)}: {_shown(value)}" for key, value in summary.items() if value) or "нечего делать"
    )


def _shown(value: object) -> object:
    return "да" if value is True else value
