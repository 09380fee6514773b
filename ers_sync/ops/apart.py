"""Work in a process of its own, at low priority: the daemon's memory and attention stay its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from ers_sync.ops.logging_setup import event, setup_logging

_NICE = 10

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class ProcessKilledError(Exception):
    """The process ended without a word; the text (Russian) says what to look at."""


def apart(work: Callable[..., Result], *given: Any) -> Result:
    """Call a function of a module with what can be pickled, in another process, and return or raise what it does.

    The process writes the place of an error in the log: that does not come along. It ends by itself, also if this one is killed meanwhile.

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
    return result  # type: ignore[no-any-return]  # what a pipe brings has no type


def _work(its: Connection, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    os.nice(_NICE)
    setup_logging()
    try:
        its.send((None, work(*given)))
    except Exception as error:  # noqa: BLE001 - it is raised where the work was called for
        event(log, logging.ERROR, "apart.failed", exc_info=error, work=work.__name__)
        its.send((error, None))
