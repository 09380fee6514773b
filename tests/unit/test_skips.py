"""A skipped test is said aloud, and in CI it is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("ci", "workers", "status"), [("true", "1", 1), ("", "0", 0)])
def test_a_skip_is_named_and_fails_in_ci(tmp_path: Path, ci: str, workers: str, status: int) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish, pytest_terminal_summary\n")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\ndef test_well():\n    pass\n\n"
        "@pytest.mark.skip(reason='no engine here')\ndef test_left_out():\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CI": ci},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert "1 TESTS DID NOT RUN" in done.stdout
    assert "no engine here" in done.stdout
