"""Where `ers-sync` begins.

Nothing is imported before it is called: a process of the daemon's own (`ops/apart.py`) runs this file too, and need not hold the program.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code."""
    from ers_sync.cli import main as run  # noqa: PLC0415 - see above

    return run()


if __name__ == "__main__":
    sys.exit(main())
