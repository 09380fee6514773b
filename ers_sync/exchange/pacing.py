"""Keeps the backlog of an outage from falling on the Fund at once: the rate begins low and doubles, until nothing holds it back."""

from __future__ import annotations

import math
import threading

from ers_sync.context import Context
from ers_sync.ledger import outages

FIRST_RATE = 10.0  # requests a second from one daemon, when an outage has just ended
DOUBLES_SECONDS = 30.0
RECOVERY_SECONDS = 300.0  # after which there is no bound but the number of workers


class Pace:
    """Whose turn it is to send, for the workers of one run."""

    def __init__(self, context: Context) -> None:
        self._context, self._turn = context, threading.Lock()

    def wait(self, many: int) -> None:
        """Wait until `many` requests may go out; at once if no outage ended lately, or the program is told to stop."""
        with self._turn:
            with self._context.single.connect() as connection:
                rate = allowed_rate(outages.seconds_since_last(connection))
            if rate is not None:
                self._context.stopping.wait(many / rate)


def allowed_rate(since_outage: float | None) -> float | None:
    """Return the requests a second that may go out so many seconds after an outage; None: as many as the workers can."""
    if since_outage is None or since_outage >= RECOVERY_SECONDS:
        return None
    return FIRST_RATE * math.exp2(max(0.0, since_outage) / DOUBLES_SECONDS)
