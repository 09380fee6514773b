#!/usr/bin/env python3
"""Writes the files made from the configuration's model and the table of log lines; `--check` only says whether they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from ers_sync.config import reference, sample
from ers_sync.ops import actions

ROOT = Path(__file__).resolve().parent.parent
GENERATED = {"config.yaml": sample, "docs/config.md": reference, "docs/log.md": actions.page}


def main() -> int:
    """Write the files, or return 1 and name those that are out of date."""
    stale = [name for name, make in GENERATED.items() if _current(name) != make()]
    for name in stale:
        if "--check" in sys.argv[1:]:
            print(f"{name} is out of date: run tools/generate.py")
        else:
            (ROOT / name).write_text(GENERATED[name](), encoding="utf-8")
    return int(bool(stale) and "--check" in sys.argv[1:])


def _current(name: str) -> str | None:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
