"""The demonstration ends well, tells how it went, and leaves what the README promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_the_demonstration_ends_well(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "ers_sync.cli", "demo", "--dir", str(folder), "--patients", "8"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "каждое ровно один раз" in ended.stdout
    for line in ended.stdout.splitlines()[-4:]:
        assert Path(line.partition(": ")[2]).exists(), line
    states = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    accepted = (folder / "fund-book.jsonl").read_text(encoding="utf-8").splitlines()
    assert 0 < len(accepted) <= len(states)
    assert len(list((folder / "sample-exchange").iterdir())) > 3
