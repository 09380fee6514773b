"""Real daemons as child processes of a test: started in a moment, killed at any, and armed to die at a checkpoint."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from ers_sync import checkpoint, daemon
from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import build
from ers_sync.ops.logging_setup import setup_logging
from ers_sync.stand import forking

forking.preload(__name__)


class Daemon:
    """One `ers-sync run`, in its own process, with its log in a file.

    Args:
        config: the configuration file.
        at: business time of the start; None: the real one.
        log: what it says is added to this file.
        die_at: a checkpoint, `NAME` or `NAME:N`, where it kills itself.
    """

    def __init__(self, config: Path, at: datetime | None, log: Path, die_at: str = "") -> None:
        self.die_at = die_at
        self._process = forking.start(_live, config, at, log, die_at)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.is_alive()

    @property
    def exit_code(self) -> int | None:
        """What it ended with; minus the signal's number if it was killed; None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, for so long at most, and return whether it has."""
        self._process.join(seconds)
        return not self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.join()

    def stop(self, seconds: float = 30.0) -> None:
        """SIGTERM, and after so many seconds SIGKILL."""
        self._process.terminate()
        if not self.wait(seconds):
            self.kill()


def _live(config: Path, at: datetime | None, log: Path, die_at: str) -> None:
    checkpoint.arm(die_at)
    with log.open("a", encoding="utf-8", buffering=1) as stream:
        setup_logging(stream=stream)
        try:
            daemon.run(build(load(config), Clock(at)))
        except OperationalError:
            os._exit(1)  # as the command line does without its PostgreSQL
