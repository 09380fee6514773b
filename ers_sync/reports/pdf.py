"""Printing a workbook to PDF, where LibreOffice is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ers_sync.reports.settings import ReportError

_LONGEST_SECONDS = 900


def convert(workbook: Path) -> Path:
    """Return the PDF of a workbook, made beside it in a profile of its own.

    Raises:
        ReportError: LibreOffice is not there, fails, or takes longer than a quarter of an hour.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise ReportError(
            "Для PDF нужен LibreOffice (пакет libreoffice-calc-nogui). Книга Excel записывается и без него"
        )
    folder = workbook.parent
    command = [
        program,
        f"-env:UserInstallation={(folder / 'libreoffice').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    try:
        done = subprocess.run(
            [*command, "--outdir", str(folder), str(workbook)],
            check=False,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},  # its copies too are for us alone
        )
    except subprocess.TimeoutExpired:
        raise ReportError("LibreOffice не напечатал книгу в PDF за 15 минут: сузьте отчёт") from None
    made = workbook.with_suffix(".pdf")
    if done.returncode or not made.exists():
        raise ReportError(f"LibreOffice не напечатал книгу в PDF (код {done.returncode})")
    return made
