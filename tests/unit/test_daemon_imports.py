"""The daemon and its process for the reports are to fit into 150 MiB each: neither imports what only the other works with."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

OF_THE_REPORTS = ("pandas", "numpy", "openpyxl", "xlsxwriter")
OF_THE_DAEMON = ("zeep", "lxml", "ers_sync.cli")


def found(script: str, names: tuple[str, ...]) -> list[str]:
    """Return which of these are imported when the script has run."""
    look = f"import sys; {script}; print(*(name for name in sys.argv[1:] if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", look, *names], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_the_daemon_imports_nothing_of_the_reports_libraries() -> None:
    assert found("import ers_sync.cli, ers_sync.daemon, jobs.report", OF_THE_REPORTS) == []


def test_the_process_of_the_reports_imports_nothing_of_the_daemons() -> None:
    """What `ers-sync` begins with is imported by multiprocessing in a new process as well."""
    (script,) = (script for script in entry_points(group="console_scripts") if script.name == "ers-sync")
    assert found(f"import {script.module}, ers_sync.ops.apart, ers_sync.reports.daily", OF_THE_DAEMON) == []
