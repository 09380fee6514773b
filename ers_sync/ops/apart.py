"""Work in a process of its own, at low priority: the daemon's memory and attention stay its own."""

from __future__ import annotations

import logging
import os
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pkgutil import resolve_name
from typing import Any

from ers_sync.ops.logging_setup import event, setup_logging

_NICE = 10

log = logging.getLogger(__name__)


class ProcessKilledError(Exception):
    """The process ended without a word; the text (Russian) says what to look at."""


def apart(work: str, *given: Any) -> Any:
    """Call a function («module:function») with what can be pickled, in another process, and return or raise what it does.

    It goes by name, so that this process need not import what that one works with. That one writes the place of an error in the log, which
    does not come along, and ends by itself, also if this one is killed meanwhile.

    Raises:
        ProcessKilledError: the process was killed.
    """
    spawn = get_context("spawn")
    ours, its = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(its, work, given), daemon=True)
    process.start()
    its.close()
    try:
        error, result = ours.recv()
    except EOFError:
        raise ProcessKilledError("Отдельный процесс задания убит: проверьте, хватает ли памяти") from None
    finally:
        process.join()
        ours.close()
    if error is not None:
        raise error
    return result


def _work(its: Connection, work: str, given: tuple[Any, ...]) -> None:
    os.nice(_NICE)
    setup_logging()
    try:
        its.send((None, resolve_name(work)(*given)))
    except Exception as error:  # noqa: BLE001 - it is raised where the work was called for
        event(log, logging.ERROR, "apart.failed", exc_info=error, work=work)
        its.send((error, None))
