"""`ers-sync` that keeps nothing to itself: it logs at DEBUG, and without the mask. `python -m tests.faults.aloud COMMAND …`.

The mask is the last resort; the rule, that nothing personal is said, has to hold without it.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

from ers_sync import cli
from ers_sync.checks import diagnosis
from ers_sync.ops import logging_setup, masking, sentry


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    return cli.main(arguments)


def into(said: Path, temporary: Path, arguments: list[str]) -> None:
    """Run a command in a process that was forked for it: what it says goes into a file, its temporary files into a folder."""
    os.environ["TMPDIR"], tempfile.tempdir = str(temporary), None
    with said.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    main(arguments)


# at import: what a command begins in a process of its own imports this module as well
logging_setup.setup_logging.__defaults__ = (logging.DEBUG, None)
for _module in (diagnosis, logging_setup, masking, sentry):
    setattr(_module, "mask", str)  # noqa: B010 - mypy knows the name as a function
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
