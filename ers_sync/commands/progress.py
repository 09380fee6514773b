"""What a person sees while a command works: after two seconds a line, then one whenever the time has doubled."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

FIRST_SECONDS = 2.0
LONGEST_PAUSE = 60.0


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on the terminal that `what` still goes on and for how long; nothing where no person looks (a pipe, a file, cron)."""
    if not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, ended), name="progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def _tell(what: str, ended: threading.Event) -> None:
    began, pause = monotonic(), FIRST_SECONDS
    while not ended.wait(pause):
        gone = monotonic() - began
        print(f"… {what}: идёт {gone:.0f} с (прервать: Ctrl-C)", file=sys.stderr, flush=True)
        pause = min(gone, LONGEST_PAUSE)
