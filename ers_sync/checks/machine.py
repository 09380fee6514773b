"""This machine: files, disk, clock, cryptography."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ers_sync.checks.result import Check
from ers_sync.config import Config, file_problems
from ers_sync.context import Context
from ers_sync.fss.crypto.engine import engine_problem

FREE_BYTES = 1024**3
FREE_SHARE = 0.05
SECONDS = 5.0  # of drift between two clocks


def files(config: Config) -> Iterator[Check]:
    """Yield what is wrong with the files that the configuration names; secrets must be ours alone."""
    problems = file_problems(config)
    for problem in problems:
        yield Check("файлы и их права", ok=False, found=f"{problem.key}: {problem.wrong}", to_do=problem.advice)
    if not problems:
        yield Check("файлы и их права", ok=True, found="секреты читает только владелец")


def disk(context: Context) -> Iterator[Check]:
    """Yield whether reports can be written, and how much room there is."""
    folder = context.config.reports.dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    writable = os.access(existing, os.W_OK | os.X_OK)
    yield Check(
        "папка отчётов",
        ok=writable,
        found=str(folder),
        to_do="" if writable else f"дайте пользователю службы право записи в {existing}",
    )
    yield _room(existing)


def _room(path: Path) -> Check:
    usage = shutil.disk_usage(path)
    found = f"свободно {usage.free / FREE_BYTES:.1f} ГиБ ({usage.free / usage.total:.0%})"
    enough = usage.free >= FREE_BYTES and usage.free >= FREE_SHARE * usage.total
    return Check("место на диске", ok=enough, found=found, to_do=f"освободите место там, где {path}")


def cryptography(context: Context) -> Iterator[Check]:
    """Yield whether the provider of the configuration works on this machine."""
    name = context.config.fss.provider
    problem = engine_problem() if name == "engine" else None
    yield Check(
        "криптография",
        ok=problem is None,
        found=name if problem is None else f"{name}: {problem}",
        to_do="установите пакет libengine-gost-openssl",
    )


def drift(name: str, seconds: float) -> Check:
    """Return whether a clock agrees with ours; `seconds` is how far it is ahead."""
    ok = abs(seconds) <= SECONDS
    return Check(
        f"часы: {name}",
        ok=ok,
        found=f"расхождение {seconds:+.1f} с",
        to_do="включите синхронизацию времени (chrony, NTP)",
    )
