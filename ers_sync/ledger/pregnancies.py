"""What the ledger keeps of РАМ's rows: enough to report and to ask the Fund without РАМ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from ers_sync.domain import chronology, completeness, identifiers
from ers_sync.domain.facts import Site
from ers_sync.domain.identifiers import clean
from ers_sync.domain.matching import AFTER_LMP
from ers_sync.domain.model import Case, Doctor, Organization
from ers_sync.domain.plan import Plan
from ers_sync.domain.scope import Scope
from ers_sync.ledger.database import run, to_json


def write(connection: Connection, cases: Sequence[Case], plans: Mapping[int, Plan], site: Site) -> None:
    """Write the women, their pregnancies, hospitals and doctors as РАМ has them now."""
    organizations = {row.id: row for case in cases for row in case.organizations.values()}
    write_organizations(connection, organizations.values())
    doctors = {row.id: row for case in cases for row in case.doctors.values()}
    run(connection, "scan", "write_doctors", rows=to_json([_doctor(row) for row in doctors.values()]))
    listed = [_pregnancy(case, plans.get(case.pregnancy.id), site) for case in cases]
    run(connection, "scan", "write_pregnancies", rows=to_json(listed))


def write_organizations(connection: Connection, organizations: Iterable[Organization]) -> None:
    """Write the hospitals as РАМ has them now."""
    run(connection, "scan", "write_organizations", rows=to_json([_organization(row) for row in organizations]))


def _organization(row: Organization) -> dict[str, object]:
    return {
        "id": row.id,
        "name": clean(row.short_name) or clean(row.full_name) or f"МО {row.id}",
        "full_name": completeness.hospital_name(row),
        "inn": identifiers.inn(row.inn),
        "ogrn": identifiers.ogrn(row.ogrn),
        "kpp": identifiers.kpp(row.kpp),
        "is_active": row.is_active,
    }


def _doctor(row: Doctor) -> dict[str, object]:
    parts = (clean(row.last_name), clean(row.first_name), clean(row.patronymic))
    name = " ".join(part for part in parts if part) or f"врач {row.id}"
    return {"id": row.id, "organization_id": row.organization_id, "name": name}


def _pregnancy(case: Case, plan: Plan | None, site: Site) -> dict[str, object]:
    row, patient, ended = case.pregnancy, case.patient, chronology.outcome(case)
    primary, start = chronology.primary_exam(case), chronology.lmp(case)
    return {
        "id": row.id,
        "patient_id": row.patient_id,
        "organization_id": row.organization_id,
        "doctor_id": primary.doctor_id if primary else None,
        "last_name": clean(patient.last_name) if patient else None,
        "first_name": clean(patient.first_name) if patient else None,
        "patronymic": clean(patient.patronymic) if patient else None,
        "birth_date": patient.birth_date if patient else None,
        "snils": identifiers.snils(patient.snils) if patient else None,
        "policy": clean(patient.oms_policy_number) if patient else None,
        "lmp": start,
        "registered_on": row.registered_on,
        "closed_on": row.closed_on,
        "outcome_kind": ended.kind if ended else None,
        "outcome_on": ended.occurred_at.date() if ended and ended.occurred_at else None,
        "outcome_days": ended.gestation_days if ended else None,
        "asker_id": _asker(case, site),
        "is_open": _is_open(case, start, site),
        "ers_number": plan.number if plan else None,
    }


def _is_open(case: Case, start: date | None, site: Site) -> bool:
    """Tell whether the pregnancy goes on: no outcome, not closed, not longer than a pregnancy can be."""
    if chronology.outcome(case) is not None or case.pregnancy.closed_on is not None:
        return False
    return start is None or site.now.date() <= start + AFTER_LMP + timedelta(days=1)


def _asker(case: Case, site: Site) -> int | None:
    """Return the hospital of ours that asks the Fund about the woman: of the primary exam, else where she is registered or was seen."""
    scope = Scope(case, site.rules, site.now)
    primary = chronology.primary_exam(case)
    exams = [exam.organization_id for exam in case.exams if not exam.deleted]
    ends = [ended.organization_id for ended in case.outcomes if not ended.deleted]
    candidates = [primary.organization_id if primary else None, case.pregnancy.organization_id, *exams, *ends]
    children = [child.organization_id for child in case.children if not child.deleted]
    ours = (scope.hospital(id_) for id_ in [*candidates, *children])
    return next((hospital.id for hospital in ours if hospital is not None), None)
