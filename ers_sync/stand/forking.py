"""Child processes of the stand: each an interpreter of its own, which inherits none of its parent's threads, connections and locks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.context import SpawnProcess

Process = SpawnProcess
_SPAWNING = multiprocessing.get_context("spawn")
pipe = _SPAWNING.Pipe


def preload(_module: str) -> None:
    """Name a module that the children will need; each imports it for itself."""


def start(target: Callable[..., object], *args: object) -> Process:
    """Start a process that calls `target` and dies at once when this one does, however it ends."""
    process = _SPAWNING.Process(target=_live, args=(target, args), daemon=True)
    process.start()
    return process


def warm_up() -> None:
    """Start a child once, so that the first one that matters is as quick as the others."""
    start(int).join()


def _live(target: Callable[..., object], args: tuple[object, ...]) -> None:
    threading.Thread(target=_die_with_parent, daemon=True).start()
    target(*args)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
