"""Child processes that start in milliseconds, so that a test can afford hundreds: forked from a server that has imported everything.

Unlike a fork of the parent itself they inherit none of its threads, connections and locks.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

Process = ForkServerProcess
_FORKING = multiprocessing.get_context("forkserver")
_preloaded = ["holidays.countries"]  # the calendar imports it when it is first asked
pipe = _FORKING.Pipe


def preload(module: str) -> None:
    """Have the server import a module as well, if it does not run yet."""
    _preloaded.append(module)
    _FORKING.set_forkserver_preload(_preloaded)


def start(target: Callable[..., object], *args: object) -> Process:
    """Start a process that calls `target` and dies at once when this one does, however it ends."""
    process = _FORKING.Process(target=_live, args=(target, args), daemon=True)
    process.start()
    return process


def warm_up() -> None:
    """Wait until the server has imported everything, so that the first child is as quick as the others."""
    start(int).join()


def _live(target: Callable[..., object], args: tuple[object, ...]) -> None:
    gc.freeze()  # what the server imported is shared with it as long as nobody looks for garbage in it
    # the kernel's own signal would wait for the server's death, and the server lives as long as its children
    threading.Thread(target=_die_with_parent, daemon=True).start()
    target(*args)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
