"""What the Fund knows about the women of the sample РАМ before the daemon's first request: a seed for the stand-in Fund."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ers_sync.domain.identifiers import snils as valid_snils
from ers_sync.stand.sample_hospitals import CHILDREN, ELSEWHERE, organizations
from ers_sync.stand.sample_stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ers_sync.stand.sample_history import History

FOREIGN_EVERY = 12
EARLIER_EVERY = 25
_LIVING = (Stage.FRESH, Stage.MIDDLE, Stage.THIRD, Stage.TWINS, Stage.DELIVERED)


def certificates(history: History, today: date) -> Iterator[dict[str, Any]]:
    """Yield the certificates that the Fund has of a woman: another hospital's, an earlier pregnancy's, a grown child's."""
    snils = valid_snils(history.patient.snils)
    if snils is None:
        return
    if history.index % EARLIER_EVERY == 6:
        yield _earlier(history, snils)
    if history.stage in {Stage.CHILD, Stage.YEAR_OLD}:
        yield _with_child(history, snils, today)
    elif history.index % FOREIGN_EVERY == 3 and history.stage in _LIVING:
        yield _of_another_hospital(history, snils)


def _of_another_hospital(history: History, snils: str) -> dict[str, Any]:
    """Open; where talon 1 is due, it has been claimed there already for every other woman."""
    hospitals = {hospital.id: str(hospital.ogrn) for hospital in organizations()}
    own = history.pregnancy.organization_id
    ogrn = ELSEWHERE if history.index % 2 else hospitals[2 if own == 1 else 1]
    created = _first_day(history) - timedelta(days=1 + history.index % 14)
    claimed = history.stage is Stage.THIRD and history.index % (2 * FOREIGN_EVERY) == 3
    tickets = [_ticket("1", _first_day(history), ogrn)] if claimed else []
    return _certificate(history.index, snils, ogrn, created, status="SERVICE" if claimed else "OPEN", tickets=tickets)


def _with_child(history: History, snils: str, today: date) -> dict[str, Any]:
    """Formed and claimed by the hospitals themselves long ago; what is left is the talon of the children's clinic."""
    hospitals = {hospital.id: str(hospital.ogrn) for hospital in organizations()}
    own, outcome = history.pregnancy.organization_id, history.outcome
    if own is None or outcome is None or outcome.organization_id is None or outcome.occurred_at is None:
        raise ValueError("a child without a delivery")
    born = outcome.occurred_at.date()
    tickets = [
        _ticket("1", history.lmp + timedelta(days=212), hospitals[own]),
        _ticket("2", born + timedelta(days=1), hospitals[outcome.organization_id]),
    ]
    # The second half-year is over: the first one's talon was claimed in its time.
    ended = sorted(child.watch_end for child in history.children if child.watch_end and child.watch_end <= today)
    tickets += [_ticket("3-1", ended[0] + timedelta(days=1), hospitals[CHILDREN])] if len(ended) > 1 else []
    return _certificate(history.index, snils, hospitals[own], _first_day(history), status="SERVICE", tickets=tickets)


def _earlier(history: History, snils: str) -> dict[str, Any]:
    """Of a pregnancy years ago: closed, and none of the present one's."""
    created = history.lmp - timedelta(days=500 + 13 * (history.index % 70))
    days = {"1": 150, "2": 215, "3-1": 400, "3-2": 490}
    tickets = [_ticket(kind, created + timedelta(days=after), ELSEWHERE) for kind, after in days.items()]
    return _certificate(history.index + 500_000_000, snils, ELSEWHERE, created, status="CLOSED", tickets=tickets)


def _certificate(
    number: int, snils: str, ogrn: str, created: date, *, status: str, tickets: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "ers_number": f"9{number:09}",
        "snils": snils,
        "ogrn": ogrn,
        "create_date": created.isoformat(),
        "status": status,
        "tickets": tickets,
        "visits": [],
    }


def _ticket(kind: str, created: date, ogrn: str) -> dict[str, str]:
    return {"type": kind, "create_date": created.isoformat(), "ogrn": ogrn}


def _first_day(history: History) -> date:
    examined_at = history.exams[0].examined_at
    if examined_at is None:
        raise ValueError("an exam without a day")
    return examined_at.date()
