"""What working out a pregnancy may do to the ledger.

Each change names the state it was worked out from; where that has moved on meanwhile, the change does nothing, and the pregnancy is
worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ers_sync.domain.request import Desired, Draft
from ers_sync.domain.states import Cancel as CancelReason
from ers_sync.domain.states import State


@dataclass(frozen=True, slots=True)
class Insert:
    """A request of a subject that has no live one; CANCELLED where it is settled before it was ever sent."""

    draft: Draft
    revision: int
    wanted: Desired


@dataclass(frozen=True, slots=True)
class Refresh:
    """An unsent request says something else now, or waits for something else."""

    request_id: int
    from_state: State
    draft: Draft
    wanted: Desired


@dataclass(frozen=True, slots=True)
class Resubmit:
    """A rejected request goes out again as a new revision, its source having changed."""

    request_id: int
    revision: int
    draft: Draft
    wanted: Desired


@dataclass(frozen=True, slots=True)
class Cancel:
    """A request that was never accepted will not be sent."""

    request_id: int
    reason: CancelReason


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A sent visit is annulled: `why` is deleted, edited, missing or operator; `reason` is what the Fund is told."""

    visit_id: int
    why: str
    reason: str
    wanted: Desired


@dataclass(frozen=True, slots=True)
class KeepAfterAll:
    """A visit whose annulment has not gone out stays as it was sent: the exam is again what it was."""

    visit_id: int
    annulment_id: int


@dataclass(frozen=True, slots=True)
class Rehold:
    """An unsent annulment waits for something else, or no longer."""

    request_id: int
    from_state: State
    wanted: Desired


Change = Insert | Refresh | Resubmit | Cancel | TakeBack | KeepAfterAll | Rehold
