"""Drains a queue of requests with several threads. A request that raises is put off and counted, and never stops the others."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

from ers_sync.checkpoint import reached
from ers_sync.context import CLAIMED_AT_ONCE, Context
from ers_sync.domain.states import State
from ers_sync.exchange.posting import TapClosed, pause
from ers_sync.ledger import requests
from ers_sync.ledger.requests import Claimed
from ers_sync.ops.logging_setup import event

FIRST_PAUSE = 300.0  # for a request that raised
LONGEST_PAUSE = 6 * 3600.0
DRAIN_SECONDS = (
    300.0  # after which a run ends although more is due, so that one that hangs is told from one that has much to do
)

THREADS = 2  # for each request that may be at the Fund: while it is there, the next one is signed and put on record

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker has claimed, and how it deals with each: it returns a word for what came of it."""

    requests: Sequence[Claimed]
    deal_with: Callable[[Claimed], str]


def drain(context: Context, claim: Callable[[int], Batch], state: State) -> Mapping[str, object]:
    """Claim and deal with requests until none is due, the tap is closed, or the program is told to stop; count the outcomes."""
    done: Counter[str] = Counter()
    lock, tap_closed = threading.Lock(), threading.Event()
    ends = monotonic() + DRAIN_SECONDS

    def work() -> None:
        while not context.stopping.is_set() and not tap_closed.is_set() and monotonic() < ends:
            batch = claim(CLAIMED_AT_ONCE)
            if not batch.requests:
                return
            reached("claimed")
            for request in batch.requests:
                if context.stopping.is_set() or tap_closed.is_set():
                    _let_go(context, request)
                    continue
                try:
                    word = batch.deal_with(request)
                except TapClosed:
                    tap_closed.set()
                    _let_go(context, request)
                    continue
                except Exception as error:  # noqa: BLE001 - one request never stops the others; it is put off, and said aloud
                    word = "failed"
                    _put_off(context, request, error)
                with lock:
                    done[word] += 1

    threads = THREADS * context.config.schedule.submit_workers
    with ThreadPoolExecutor(threads, f"{state.lower()}-worker") as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
    return {**done, **({"tap_closed": True} if tap_closed.is_set() else {})}


def _put_off(context: Context, request: Claimed, error: Exception) -> None:
    event(log, logging.ERROR, "request.put_off", exc_info=error, request=request.id)
    with context.ledger.begin() as connection:
        requests.put_off(connection, request, pause(request.failures, FIRST_PAUSE, LONGEST_PAUSE), failed=True)


def _let_go(context: Context, request: Claimed) -> None:
    with context.single.connect() as connection:
        requests.put_off(connection, request, 0)
