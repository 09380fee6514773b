"""Drains a queue of requests with several threads. A request that raises is put off and counted, and never stops the others."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.exchange.posting import TapClosed
from ers_sync.ledger import requests
from ers_sync.ledger.requests import Claimed
from ers_sync.ops.logging_setup import event

PUT_OFF_SECONDS = 300.0
AT_ONCE = 4  # requests claimed at a time by one worker: a lease covers them all

log = logging.getLogger(__name__)


def drain(
    context: Context,
    claim: Callable[[int], list[Claimed]],
    deal_with: Callable[[Context, Claimed], str],
    state: State,
) -> Mapping[str, object]:
    """Claim and deal with requests until none is due, the tap is closed, or the program is told to stop; count the outcomes."""
    done: Counter[str] = Counter()
    lock, tap_closed = threading.Lock(), threading.Event()

    def work() -> None:
        while not context.stopping.is_set() and not tap_closed.is_set():
            claimed = claim(AT_ONCE)
            if not claimed:
                return
            for request in claimed:
                if context.stopping.is_set() or tap_closed.is_set():
                    _let_go(context, request, 0)
                    continue
                try:
                    word = deal_with(context, request)
                except TapClosed:
                    tap_closed.set()
                    continue
                except Exception as error:  # noqa: BLE001 - one request never stops the others; it is put off, and said aloud
                    word = "failed"
                    _put_off(context, request, error)
                with lock:
                    done[word] += 1

    with ThreadPoolExecutor(context.config.schedule.submit_workers, f"{state.lower()}-worker") as pool:
        for future in [pool.submit(work) for _ in range(context.config.schedule.submit_workers)]:
            future.result()
    return {**done, **({"tap_closed": True} if tap_closed.is_set() else {})}


def _put_off(context: Context, request: Claimed, error: Exception) -> None:
    event(log, logging.ERROR, "request.put_off", exc_info=error, request=request.id)
    _let_go(context, request, PUT_OFF_SECONDS)


def _let_go(context: Context, request: Claimed, seconds: float) -> None:
    with context.ledger.begin() as connection:
        requests.put_off(connection, request, seconds)
