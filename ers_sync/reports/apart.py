"""Writing the daily workbooks in a process of its own, at low priority: the daemon's memory and attention stay its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path

from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import ReportError, ReportSettings

_NICE = 10


def write_daily_apart(
    dsn: str, settings: ReportSettings, business_now: datetime, days: Sequence[date | None] = (None,)
) -> list[Path]:
    """Write the workbooks of each day (None: today) in another process and return their paths.

    Raises:
        ReportError: as `write_daily` does, or the process was killed.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os.nice, initargs=(_NICE,)) as pool:
        written = [pool.submit(write_daily, dsn, settings, business_now, day) for day in days]
        try:
            return [path for future in written for path in future.result()]
        except BrokenProcessPool:
            raise ReportError("Процесс, писавший отчёты, убит: проверьте, хватает ли памяти") from None
