"""Builders of РАМ's rows: everything is complete and valid unless a test says otherwise.

The moment of most tests is `NOW`, noon of Monday 2026-03-02 in Yekaterinburg. The pregnancy began on `LMP`, so that `at(210)` is the day
of 30 weeks 0 days.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ers_sync.domain.called import CalledFor
from ers_sync.domain.content import Kind
from ers_sync.domain.contracts import ALL_KINDS, Contract
from ers_sync.domain.eligibility import called_for
from ers_sync.domain.facts import Site
from ers_sync.domain.matching import Certificate, CertificateStatus, TicketSeen, VisitSeen
from ers_sync.domain.model import Case, Child, Doctor, Exam, Newborn, Organization, Outcome, Patient, Pregnancy
from ers_sync.domain.request import Request
from ers_sync.domain.rules import Hospital, Rules
from ers_sync.domain.states import State

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=ZONE)
LMP = date(2025, 5, 5)
START = date(2025, 1, 1)
PREGNANCY = 7
CLINIC, MATERNITY, CHILDREN, STRANGER = 1, 2, 3, 9  # the last is not in the configuration

_REQUISITES = {
    CLINIC: ("6658021402", "1026602336727"),
    MATERNITY: ("7707083893", "1027700132195"),
    CHILDREN: ("7736050003", "1027739642281"),
    STRANGER: ("7702070139", "1027739609391"),
}


def at(days: int, clock: str = "10:00") -> datetime:
    """Return the wall-clock moment at so many days of gestation."""
    return datetime.combine(LMP + timedelta(days=days), time.fromisoformat(clock))


def organization(id_: int = CLINIC, **values: Any) -> Organization:
    inn, ogrn = _REQUISITES[id_]
    row = Organization(id_, f"МО {id_}", f"Медицинская организация № {id_}", inn, ogrn, "665801001", is_active=True)
    return replace(row, **values)


def patient(**values: Any) -> Patient:
    row = Patient(
        id=70,
        last_name="Ёлкина-Петрова",
        first_name="Анна",
        patronymic="Ильинична",
        birth_date=date(1994, 5, 6),
        snils="112-233-445 95",
        snils_absence_reason=None,
        oms_policy_kind="Полис единого образца",
        oms_policy_number="6651234567890123",
        oms_policy_begin_date=date(2015, 1, 1),
        oms_absence_reason=None,
        id_doc_kind="Паспорт гражданина РФ",
        id_doc_series="6514",
        id_doc_number="123456",
        id_doc_issue_date=date(2014, 6, 1),
        id_doc_issuer="ОВД города",
        id_doc_absence_reason=None,
        address="г. Екатеринбург, ул. Мира, 1",
        address_absence_reason=None,
    )
    return replace(row, **values)


def pregnancy(**values: Any) -> Pregnancy:
    row = Pregnancy(
        id=PREGNANCY,
        patient_id=70,
        organization_id=CLINIC,
        registered_on=None,
        fetus_count=1,
        exchange_card_number=None,
        exchange_card_date=None,
        sick_leave_number=None,
        closed_on=None,
    )
    return replace(row, **values)


def exam(id_: int, days: int, **values: Any) -> Exam:
    """Return a repeat exam of the clinic at so many days of gestation."""
    row = Exam(
        id=id_,
        pregnancy_id=PREGNANCY,
        organization_id=CLINIC,
        doctor_id=None,
        kind="repeat",
        examined_at=at(days),
        gestation_days=days,
        note="Беременность развивается",
        deleted=False,
    )
    return replace(row, **values)


def primary(id_: int = 10, days: int = 60, **values: Any) -> Exam:
    return exam(id_, days, **{"kind": "primary"} | values)


def newborn(id_: int = 80, **values: Any) -> Newborn:
    row = Newborn(id_, outcome_id=50, ordinal=1, sex="female", height_cm=52, weight_g=3400, death_reason=None)
    return replace(row, **values)


def outcome(days: int | None = 280, **values: Any) -> Outcome:
    """Return a delivery at the maternity hospital at so many days of gestation."""
    row = Outcome(
        id=50,
        pregnancy_id=PREGNANCY,
        organization_id=MATERNITY,
        doctor_id=None,
        kind="delivery",
        admitted_on=None if days is None else at(days).date(),
        occurred_at=None if days is None else at(days),
        gestation_days=days,
        icd10="O80.0",
        mother_death_reason=None,
        children_total=2,
        deleted=False,
        newborns=(newborn(),),
    )
    return replace(row, **values)


def child(id_: int = 90, half_year: int | None = 1, watch_end: date | None = date(2026, 3, 2), **values: Any) -> Child:
    row = Child(
        id=id_,
        pregnancy_id=PREGNANCY,
        organization_id=CHILDREN,
        doctor_id=None,
        last_name="Ёлкина",
        first_name="Вера",
        patronymic=None,
        birth_date=date(2025, 9, 2),
        oms_policy_number=None,
        registered_on=date(2025, 9, 5),
        half_year=half_year,
        watch_begin=date(2025, 9, 5),
        watch_end=watch_end,
        deleted=False,
    )
    return replace(row, **values)


def doctor(id_: int = 30, **values: Any) -> Doctor:
    return replace(Doctor(id_, CLINIC, "Иванова", "Мария", None, "112-233-445 95", "Акушер-гинеколог"), **values)


def case(*rows: Exam | Outcome | Child, **values: Any) -> Case:
    """Return a pregnancy with the given rows; `values` are of the pregnancy, but for patient, organizations and doctors."""
    own = {key: values.pop(key) for key in ("patient", "organizations", "doctors") if key in values}
    return Case(
        pregnancy=pregnancy(**values),
        patient=own.get("patient", patient()),
        exams=tuple(row for row in rows if isinstance(row, Exam)),
        outcomes=tuple(row for row in rows if isinstance(row, Outcome)),
        children=tuple(row for row in rows if isinstance(row, Child)),
        organizations=own.get("organizations", {id_: organization(id_) for id_ in _REQUISITES}),
        doctors=own.get("doctors", {30: doctor()}),
    )


def hospital(id_: int = CLINIC, **values: Any) -> Hospital:
    return replace(Hospital(id_, START, ZONE), **values)


def rules(*changed: Hospital, **values: Any) -> Rules:
    """Return the rules of a site with three hospitals; `changed` replace theirs."""
    hospitals = {id_: hospital(id_) for id_ in (CLINIC, MATERNITY, CHILDREN)}
    return Rules(hospitals | {one.id: one for one in changed}, **values)


def contract(organization_id: int = CLINIC, kind: str = "1", **values: Any) -> Contract:
    return replace(Contract(organization_id, kind, "14", date(2020, 1, 1), None), **values)


def site(**values: Any) -> Site:
    contracts = {id_: tuple(contract(id_, kind) for kind in ALL_KINDS) for id_ in (CLINIC, MATERNITY, CHILDREN)}
    return replace(Site(rules=rules(), now=NOW, contracts=contracts), **values)


def certificate(number: str = "8000010452", days: int = 60, **values: Any) -> Certificate:
    """Return an open certificate formed at so many days of gestation."""
    row = Certificate(number, LMP + timedelta(days=days), CertificateStatus.OPEN, _REQUISITES[CLINIC][1])
    return replace(row, **values)


def ticket_seen(kind: str, organization_id: int = CLINIC) -> TicketSeen:
    return TicketSeen(kind, date(2026, 2, 1), "PROCESSED", _REQUISITES[organization_id][1])


def visit_seen(day: date, visit_id: str = "by-hand", organization_id: int = CLINIC) -> VisitSeen:
    return VisitSeen(visit_id, day, _REQUISITES[organization_id][1])


def called(of: Case, at_rules: Rules | None = None, now: datetime = NOW) -> dict[str, list[CalledFor]]:
    """Return what a pregnancy calls for, by kind."""
    found: dict[str, list[CalledFor]] = {}
    for one in called_for(of, at_rules or rules(), now):
        found.setdefault(one.kind.value, []).append(one)
    return found


def sources(of: Case, at_rules: Rules | None = None, now: datetime = NOW) -> dict[str, list[str]]:
    """Return the rows from which each kind is called for."""
    return {kind: [one.source for one in ones] for kind, ones in called(of, at_rules, now).items()}


def request(kind: Kind, subject: str, state: State = State.DONE, **values: Any) -> Request:
    row = Request(
        id=100,
        kind=kind,
        subject=subject,
        revision=1,
        source=subject,
        organization_id=CLINIC,
        pregnancy_id=PREGNANCY,
        state=state,
        reason=None,
        details=(),
        content_hash=None,
        identity={},
        event_on=None,
        deadline=None,
        doctor_id=None,
        half_year=None,
        ers_number=None,
        visit_id=None,
        taken_back=None,
        annuls_id=None,
        ambiguous=False,
        operator_hold=False,
    )
    return replace(row, **values)
