"""The daemon is to fit into 150 MiB: what only reports and sheets need is not imported by it."""

from __future__ import annotations

import subprocess
import sys

APART = ("pandas", "numpy", "openpyxl", "xlsxwriter")


def test_the_daemon_imports_nothing_of_the_reports_libraries() -> None:
    script = "import sys, ers_sync.cli, ers_sync.daemon; print(*(name for name in sys.argv[1:] if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", script, *APART], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
