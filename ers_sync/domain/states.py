"""The life of a request: its states, the transitions between them, and why it is held or cancelled.

event → HELD(reason, what to do) ⇄ READY            data mended, contract came or ended, number came, key came or went
        READY → SENDING                             the attempt is committed before the socket opens
        SENDING → REGISTERED                        the Fund gave a requestId
        SENDING → READY                             surely not accepted
        SENDING → HELD                              surely not accepted, because of the hospital's own key
        SENDING → UNKNOWN                           perhaps accepted, or its owner died
        READY → UNKNOWN                             perhaps sent by a ledger that was lost: a restore, a failover
        UNKNOWN → REGISTERED | DONE | REJECTED      the Fund was asked and knows it
        UNKNOWN → READY                             asked after the longest time the Fund may take, and not there; or a person says so
        REGISTERED → DONE | REJECTED | UNKNOWN      getResultById; UNKNOWN when the Fund does not know the id, or stays silent
        REGISTERED → HELD                           1204, or createErs gave the number of another pregnancy
        REJECTED → READY | HELD, revision + 1       the source changed, or an operator says so
        HELD, READY, REJECTED → CANCELLED           no longer called for
        DONE → ANNULLED                             a visit whose annulment (a request of its own) is DONE
        any unfinished → QUARANTINED                our own bug: put aside with its id, alerted; the others go on
        QUARANTINED → READY | CANCELLED             an operator says so

`TRANSITIONS` is the same as data; a test holds the two together, and `ledger/requests.py` makes no other.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a request stands."""

    HELD = "HELD"  # called for, something must happen first
    READY = "READY"  # may be sent
    SENDING = "SENDING"  # the attempt is on record, the socket may be open
    UNKNOWN = "UNKNOWN"  # perhaps the Fund has it
    REGISTERED = "REGISTERED"  # the Fund has it and works on it
    DONE = "DONE"  # the Fund processed it for us
    REJECTED = "REJECTED"  # the Fund refused it, on a verified signature
    CANCELLED = "CANCELLED"  # will not be sent
    ANNULLED = "ANNULLED"  # a visit that was taken back
    QUARANTINED = "QUARANTINED"  # our own bug


TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.READY, State.CANCELLED, State.QUARANTINED}),
    State.READY: frozenset({State.HELD, State.SENDING, State.UNKNOWN, State.CANCELLED, State.QUARANTINED}),
    State.SENDING: frozenset({State.REGISTERED, State.READY, State.HELD, State.UNKNOWN, State.QUARANTINED}),
    State.UNKNOWN: frozenset({State.REGISTERED, State.DONE, State.REJECTED, State.READY, State.QUARANTINED}),
    State.REGISTERED: frozenset({State.DONE, State.REJECTED, State.UNKNOWN, State.HELD, State.QUARANTINED}),
    State.REJECTED: frozenset({State.READY, State.HELD, State.CANCELLED}),
    State.DONE: frozenset({State.ANNULLED}),
    State.QUARANTINED: frozenset({State.READY, State.CANCELLED}),
    State.CANCELLED: frozenset(),
    State.ANNULLED: frozenset(),
}

UNSENT = frozenset({State.HELD, State.READY})
IN_FLIGHT = frozenset({State.SENDING, State.UNKNOWN, State.REGISTERED})
ENDED = frozenset({State.CANCELLED, State.ANNULLED})


class Hold(StrEnum):
    """Why a request is HELD; where several apply, the first in this order is the one."""

    MISSING_DATA = "missing_data"
    NO_CONTRACT = "no_contract"
    NO_SIGNING_KEY = "no_signing_key"
    CERTIFICATE_UNCLEAR = "certificate_unclear"
    NO_CERTIFICATE_NUMBER = "no_certificate_number"
    ANNUL_FIRST = "annul_first"
    BRAKE = "brake"
    OPERATOR = "operator"


class Cancel(StrEnum):
    """Why a request was CANCELLED (a visit annulled by a person is ANNULLED with `operator`)."""

    ADOPTED = "adopted"  # a foreign certificate took the place of our create
    ALREADY_THERE = "already_there"  # sent by hand before
    CERTIFICATE_CLOSED = "certificate_closed"
    GONE = "gone"  # РАМ no longer calls for it
    SUPERSEDED = "superseded"  # another request of ours took its place
    OPERATOR = "operator"


# What was cancelled for these reasons is called for again when РАМ does; the others are settled for good.
RENEWABLE = frozenset({Cancel.GONE, Cancel.SUPERSEDED})
