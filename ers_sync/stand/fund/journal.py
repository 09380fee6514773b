"""The durable journal: one JSON line an event, nothing acknowledged before it is on the disk.

Events: `seed`, `clock`, `loaded` (a put and when it is due), `processed` (its result and the changes).
What the Fund knows is the sum of its journal: a restart replays it and takes no decision twice.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Journal:
    """An append-only file. `write` puts a line into it at once, `sync` returns when everything written so far is on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._write_lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._written = self._synced = 0

    def replay(self) -> Iterator[Event]:
        """Give the events of earlier runs; a last line torn by a crash was never acknowledged and is cut off."""
        whole = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield json.loads(line)
        os.ftruncate(self._file, whole)

    def write(self, event: Event) -> None:
        """Append one event. It survives a kill of the process from here on, a loss of power after `sync`."""
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._write_lock:
            write_whole(self._file, line)
            self._written += 1

    def sync(self) -> None:
        """Wait until what was written before this call is on the disk; whoever waits shares one fdatasync (group commit)."""
        wanted = self._written
        if self._synced >= wanted:
            return
        with self._sync_lock:
            if self._synced < wanted:
                reached = self._written
                os.fdatasync(self._file)
                self._synced = reached

    def close(self) -> None:
        """Close the file, everything on the disk."""
        self.sync()
        os.close(self._file)


def write_whole(file: int, data: bytes) -> None:
    """Write all of the bytes to a descriptor, however many calls that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
