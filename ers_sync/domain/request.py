"""A request as the ledger remembers it, as far as working out a pregnancy needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ers_sync.domain.called import Content, Identity
from ers_sync.domain.content import Kind
from ers_sync.domain.states import ENDED, IN_FLIGHT, UNSENT, State

Details = tuple[dict[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the ledger's table `request`.

    `taken_back` says why a sent visit is being annulled (`deleted`, `edited`, `missing`, `operator`). `ambiguous` means that bytes of this
    revision may be at the Fund although the state is READY: the same bytes go out again, and РАМ's edits wait.
    """

    id: int
    kind: Kind
    subject: str
    revision: int
    source: str
    organization_id: int
    pregnancy_id: int
    state: State
    reason: str | None
    details: Details = field(repr=False)
    content_hash: str | None
    identity: Identity = field(repr=False)
    event_on: date | None
    deadline: datetime | None
    doctor_id: int | None
    half_year: int | None
    ers_number: str | None
    visit_id: str | None
    taken_back: str | None
    annuls_id: int | None
    ambiguous: bool
    operator_hold: bool

    @property
    def alive(self) -> bool:
        """Whether it is the one live request of its subject."""
        return self.state not in ENDED and self.taken_back is None

    @property
    def unsent(self) -> bool:
        """Whether the Fund surely has nothing of it."""
        return self.state in UNSENT and not self.ambiguous

    @property
    def in_flight(self) -> bool:
        """Whether the Fund may have it and its fate is not known."""
        return self.state in IN_FLIGHT or (self.state is State.READY and self.ambiguous)


@dataclass(frozen=True, slots=True)
class Desired:
    """What should become of a request now: HELD and CANCELLED carry a reason of `states.py`."""

    state: State
    reason: str | None = None
    details: Details = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that РАМ says of a request: written when it is new, and again while it is unsent."""

    kind: Kind
    subject: str
    source: str
    organization_id: int
    pregnancy_id: int
    event_on: date | None
    deadline: datetime | None
    doctor_id: int | None
    half_year: int | None
    identity: Identity = field(repr=False)
    content: Content | None = field(repr=False)
    content_hash: str | None
