"""The disk of the reports is full: nothing half-written is seen, what is there stays, the run counts as failed."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ers_sync.stand.line import Line
from tests.faults.conftest import OpenLine
from tests.faults.support import NOW

KIB = 64  # a workbook takes more while it is being written
EARLIER = b"an earlier workbook" * 1000

# A file system of the reports' own, in which there is an earlier workbook already.
SMALL_DISK = """
set -e
mount -t tmpfs -o size={kib}k none {reports}
mkdir -p {reports}/2026/03/15 && cp {earlier} {reports}/2026/03/15/earlier.xlsx
set +e
{python} -m ers_sync.cli job report --config {config} --at {at}
echo "exit $?"
cmp {earlier} {reports}/2026/03/15/earlier.xlsx && echo kept
find {reports} -mindepth 1 -printf 'left %y %P\\n'
"""


def run_on_a_small_disk(line: Line, earlier: Path, with_own_mounts: list[str]) -> subprocess.CompletedProcess[str]:
    folder = line.context.config.reports.dir
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "reports": folder,
        "earlier": earlier,
        "python": sys.executable,
        "config": line.config,
        "at": NOW.isoformat(),
    }
    script = SMALL_DISK.format(kib=KIB, **{name: shlex.quote(str(value)) for name, value in values.items()})
    return subprocess.run([*with_own_mounts, script], capture_output=True, encoding="utf-8", check=False)


@pytest.mark.system
@pytest.mark.usefixtures("reports_here")
def test_no_room_for_the_reports(open_a_line: OpenLine, tmp_path: Path, with_own_mounts: list[str]) -> None:
    line = open_a_line()
    (tmp_path / "earlier.xlsx").write_bytes(EARLIER)

    ended = run_on_a_small_disk(line, tmp_path / "earlier.xlsx", with_own_mounts)

    lines = ended.stdout.splitlines()
    assert "exit 1" in lines, ended
    assert "kept" in lines
    assert [one for one in lines if one.startswith("left f")] == ["left f 2026/03/15/earlier.xlsx"]
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
    [last] = line.ledger("select succeeded, summary from ers.job_run order by id desc limit 1")
    assert last == {"succeeded": False, "summary": {"error": "ReportError"}}
