"""The unit: every setting is explained, systemd itself finds it tight, and keys are given by systemd alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[3] / "systemd" / "ers-sync.service"
MOST_EXPOSED = 1.5


def test_every_setting_has_a_comment_above_it_or_above_its_group() -> None:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"[A-Z]\w+=", line)]
    assert len(settings) > 50
    bare = []
    for number in settings:
        above = number
        while re.match(r"[A-Z]\w+=", lines[above]):
            above -= 1
        if not lines[above].startswith("#"):
            bare.append(lines[number])
    assert bare == []


@pytest.mark.parametrize(
    "setting",
    [
        "Type=notify",
        "WatchdogSec=5min",
        "Restart=always",
        "LoadCredential=ram-dsn:",
        "MemoryMax=",
        "TasksMax=",
        "LimitCORE=0",
    ],
)
def test_what_the_service_rests_on(setting: str) -> None:
    assert re.search(f"^{re.escape(setting)}", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_systemd_finds_it_tight() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", ended.stdout)
    assert found, ended.stderr
    assert float(found[1]) <= MOST_EXPOSED
