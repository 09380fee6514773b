"""Where the program can be made to die, for tests alone.

"Nothing lost, nothing twice" has to hold whatever moment the process is killed at. The moments that matter are those between two things
that outlive it: a commit here, bytes on a socket there. Each of them passes through `reached`; a test that sets ERS_SYNC_DIE_AT=NAME or
NAME:N has the process kill itself, as kill -9 would, when it gets to that place for the first, or N-th, time. Unset, as on every
site, `reached` does nothing.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "ERS_SYNC_DIE_AT"

POINTS = (
    "claimed",  # requests are leased
    "attempt.signed",  # nothing is on record yet
    "attempt.recorded",  # SENDING is committed, no socket is open
    "socket.opened",  # connected, nothing sent
    "socket.written",  # the Fund may have it all
    "socket.closed",  # the answer is in memory only
    "answer.recorded",  # the exchange is committed, the request has not moved
    "concluded",  # the request has moved after its exchange
    "result.known",  # the Fund's final word is committed with its exchange only
    "settled",  # DONE, REJECTED … is committed
    "orphans.found",  # those of dead senders are UNKNOWN
    "freed",  # UNKNOWN went back to READY
    "probe.taken",  # an outage's probe is this worker's
    "hospitals.written",  # the first half of a scan
    "scanned",  # requests and mark are committed
    "run.begun",  # a job is on record
    "run.ended",  # and its end
)

_left: dict[str, int] = {}


def arm(text: str) -> None:
    """Have the process die at `NAME` or `NAME:N`; an empty text means never. Raise ValueError for another name."""
    _left.clear()
    name, _, number = text.partition(":")
    if name and name not in POINTS:
        raise ValueError(f"no such checkpoint: {name}")
    if name:
        _left[name] = int(number or 1)


def reached(point: str) -> None:
    """Say that the program got to one of POINTS."""
    if point in _left:
        _left[point] -= 1
        if _left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get(VARIABLE, ""))
