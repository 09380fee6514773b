"""What must be in the cards before anything is sent, and the words that tell a clerk what to fill in and where.

Source: the manual, table of typical errors; `docs/rules.md`, "Completeness". Of every group of the woman's card either the values or the
stated reason for their absence must be there; an invalid value counts as missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ers_sync.domain import identifiers
from ers_sync.domain.content import ChildContent, DoctorContent, Document, NewbornContent, Person
from ers_sync.domain.identifiers import clean
from ers_sync.domain.limits import Limit
from ers_sync.domain.model import Child, Doctor, Exam, Newborn, Organization, Outcome, Patient

PATIENT_CARD = "карточка пациентки"
HOSPITAL_CARD = "карточка МО"
EXAM_CARD = "осмотр"
OUTCOME_CARD = "исход"
CHILD_CARD = "карточка ребёнка"


@dataclass(frozen=True, slots=True)
class Missing:
    """A column of РАМ that must be mended, and the words for it."""

    column: str
    text: str


def person(patient: Patient | None, event_day: date | None, today: date) -> tuple[Person | None, list[Missing]]:
    """Return the woman's part of a message, or None and everything that must be mended first.

    The birth date may not be later than `event_day`, the document's date not later than `today`.
    """
    if patient is None:
        return None, [Missing("pregnancy.patient_id", f"{PATIENT_CARD}: карточки нет в РАМ")]
    gaps = _Gaps(PATIENT_CARD, "patient")
    last_name = gaps.text("last_name", patient.last_name, "фамилия", Limit.NAME)
    first_name = gaps.text("first_name", patient.first_name, "имя", Limit.NAME)
    patronymic = gaps.optional("patronymic", patient.patronymic, "отчество", Limit.NAME)
    birth_date = gaps.day("birth_date", patient.birth_date, "дата рождения", event_day or today)
    number = _snils(gaps, patient)
    policy = _policy(gaps, patient)
    document = _document(gaps, patient, today)
    address = _address(gaps, patient)
    if gaps.found:
        return None, gaps.found
    return {
        "last_name": last_name,
        "first_name": first_name,
        "patronymic": patronymic,
        "birth_date": birth_date,
        "snils": number,
        "snils_absence_reason": None if number else clean(patient.snils_absence_reason),
        "policy_kind": clean(patient.oms_policy_kind) if policy else None,
        "policy_number": policy,
        "policy_begin_date": _iso(patient.oms_policy_begin_date) if policy else None,
        "policy_absence_reason": None if policy else clean(patient.oms_absence_reason),
        "document": document,
        "document_absence_reason": None if document else clean(patient.id_doc_absence_reason),
        "address": address,
        "address_absence_reason": None if address else clean(patient.address_absence_reason),
    }, []


def hospital(organization: Organization | None) -> list[Missing]:
    """Return what must be mended in the hospital's own card: its name, ИНН and ОГРН."""
    if organization is None:
        return [Missing("organization.id", f"{HOSPITAL_CARD}: карточки нет в РАМ")]
    gaps = _Gaps(HOSPITAL_CARD, "organization")
    gaps.text("full_name", hospital_name(organization), "название", Limit.ORGANIZATION)
    if identifiers.inn(organization.inn) is None:
        gaps.add("inn", "ИНН отсутствует или неверен")
    if identifiers.ogrn(organization.ogrn) is None:
        gaps.add("ogrn", "ОГРН отсутствует или неверен")
    return gaps.found


def hospital_name(organization: Organization) -> str | None:
    """Return what a hospital is called: its full name, else its short one."""
    return clean(organization.full_name) or clean(organization.short_name)


def exam(row: Exam) -> list[Missing]:
    """Return what an exam lacks for a visit or talon 1: its time and a gestation within a pregnancy's length."""
    gaps = _Gaps(EXAM_CARD, "exam")
    if row.examined_at is None:
        gaps.add("examined_at", "не указана дата осмотра")
    gaps.number("gestation_days", row.gestation_days, "срок беременности", 0, Limit.GESTATION_DAYS)
    return gaps.found


def delivery(row: Outcome) -> tuple[list[NewbornContent], list[Missing]]:
    """Return the newborns of a delivery, and what it lacks for talon 2."""
    gaps = _Gaps(OUTCOME_CARD, "outcome")
    if row.occurred_at is None:
        gaps.add("occurred_at", "не указаны дата и время родов")
    gaps.number("gestation_days", row.gestation_days, "срок беременности", 0, Limit.GESTATION_DAYS)
    if not row.newborns:
        gaps.found.append(Missing("newborn.outcome_id", f"{OUTCOME_CARD}: не внесены новорождённые"))
    children = [_newborn(gaps, newborn) for newborn in row.newborns]
    return ([child for child in children if child is not None], gaps.found)


def observed_child(row: Child) -> tuple[ChildContent | None, list[Missing]]:
    """Return an observed child's part of talon 3, or None and what must be mended."""
    gaps = _Gaps(CHILD_CARD, "child")
    last_name = gaps.text("last_name", row.last_name, "фамилия", Limit.NAME)
    first_name = gaps.text("first_name", row.first_name, "имя", Limit.NAME)
    patronymic = gaps.optional("patronymic", row.patronymic, "отчество", Limit.NAME)
    birth_date = gaps.day("birth_date", row.birth_date, "дата рождения", row.watch_begin or row.watch_end)
    begin = gaps.day("watch_begin", row.watch_begin, "начало наблюдения", row.watch_end)
    if row.half_year not in {1, 2}:
        gaps.add("half_year", "полугодие наблюдения должно быть 1 или 2")
    if gaps.found or row.watch_end is None:
        return None, gaps.found
    return {
        "birth_date": birth_date,
        "last_name": last_name,
        "first_name": first_name,
        "patronymic": patronymic,
        "policy_number": whole(row.oms_policy_number, Limit.POLICY),
        "watch_begin": begin,
        "watch_end": row.watch_end.isoformat(),
    }, []


def doctor(row: Doctor | None) -> DoctorContent | None:
    """Return the doctor's part of a visit; a doctor is not required, nor any of the values. A name is never cut: too long is absent."""
    if row is None:
        return None
    return {
        "last_name": whole(row.last_name, Limit.NAME),
        "first_name": whole(row.first_name, Limit.NAME),
        "patronymic": whole(row.patronymic, Limit.NAME),
        "snils": identifiers.snils(row.snils),
        "position": cut(row.position, Limit.POSITION),
    }


def whole(text: str | None, limit: int) -> str | None:
    """Return a cleaned text that fits, None for one that is too long: for what is not required and is wrong when cut."""
    cleaned = clean(text)
    return cleaned if cleaned and len(cleaned) <= limit else None


def cut(text: str | None, limit: int) -> str | None:
    """Return a cleaned text cut to the schema's length."""
    cleaned = clean(text)
    return cleaned[:limit].rstrip() if cleaned else None


def _snils(gaps: _Gaps, patient: Patient) -> str | None:
    number = identifiers.snils(patient.snils)
    if number is None and clean(patient.snils) is not None:
        gaps.add("snils", "СНИЛС неверен: проверьте все 11 цифр")
    elif number is None and not _reason(patient.snils_absence_reason):
        gaps.add("snils", "СНИЛС: укажите номер или причину отсутствия (snils_absence_reason)")
    return number


def _policy(gaps: _Gaps, patient: Patient) -> str | None:
    kind, number = clean(patient.oms_policy_kind), clean(patient.oms_policy_number)
    if kind and number and len(number) <= Limit.POLICY:
        return number
    if not _reason(patient.oms_absence_reason):
        remedy = "или причину отсутствия (oms_absence_reason)"
        if not kind:
            gaps.add("oms_policy_kind", f"тип полиса ОМС: укажите его {remedy}")
        if not number or len(number) > Limit.POLICY:
            gaps.add("oms_policy_number", f"номер полиса ОМС: укажите его {remedy}")
    return None


def _document(gaps: _Gaps, patient: Patient, today: date) -> Document | None:
    inner = _Gaps(gaps.card, gaps.table)
    kind = inner.text("id_doc_kind", patient.id_doc_kind, "вид документа, удостоверяющего личность", Limit.KIND)
    number = inner.text("id_doc_number", patient.id_doc_number, "номер документа", Limit.DOCUMENT)
    series = whole(patient.id_doc_series, Limit.DOCUMENT)
    issued = inner.day("id_doc_issue_date", patient.id_doc_issue_date, "дата выдачи документа", today)
    issuer = inner.text("id_doc_issuer", patient.id_doc_issuer, "кем выдан документ", Limit.ISSUER)
    if not inner.found:
        return {"kind": kind, "series": series, "number": number, "issue_date": issued, "issuer": issuer}
    if not _reason(patient.id_doc_absence_reason):
        gaps.found.extend(inner.found)
    return None


def _address(gaps: _Gaps, patient: Patient) -> str | None:
    address = whole(patient.address, Limit.ADDRESS)
    if address is None and not _reason(patient.address_absence_reason):
        gaps.text("address", patient.address, "адрес места жительства", Limit.ADDRESS)
    return address


def _newborn(gaps: _Gaps, row: Newborn) -> NewbornContent | None:
    inner = _Gaps(OUTCOME_CARD, "newborn")
    which = f"новорождённый {row.ordinal or row.id}"
    if row.sex not in {"male", "female"}:
        inner.add("sex", f"{which}: не указан пол")
    height = inner.number("height_cm", row.height_cm, f"{which}: рост, см", 1, Limit.HEIGHT_CM)
    weight = inner.number("weight_g", row.weight_g, f"{which}: вес, г", 1, Limit.WEIGHT_G)
    gaps.found.extend(inner.found)
    if inner.found or row.sex is None:
        return None
    return {
        "sex": row.sex,
        "height_cm": height,
        "weight_g": weight,
        "death_reason": cut(row.death_reason, Limit.REASON),
    }


class _Gaps:
    """Collects what is missing in one card; a method returns a value that is good only if nothing was found."""

    def __init__(self, card: str, table: str) -> None:
        self.card, self.table = card, table
        self.found: list[Missing] = []

    def add(self, column: str, text: str) -> None:
        self.found.append(Missing(f"{self.table}.{column}", f"{self.card}: {text}"))

    def text(self, column: str, value: str | None, name: str, limit: int) -> str:
        text = clean(value)
        if text is None:
            self.add(column, f"{name}: не указано")
        elif len(text) > limit:
            self.add(column, f"{name}: длиннее {limit} знаков")
        return text or ""

    def optional(self, column: str, value: str | None, name: str, limit: int) -> str | None:
        return self.text(column, value, name, limit) if clean(value) else None

    def day(self, column: str, value: date | None, name: str, latest: date | None) -> str:
        if value is None:
            self.add(column, f"{name}: не указано")
        elif latest is not None and value > latest:
            self.add(column, f"{name}: позже возможного")
        return _iso(value) or ""

    def number(self, column: str, value: int | None, name: str, least: int, most: int) -> int:
        if value is None:
            self.add(column, f"{name}: не указано")
        elif not least <= value <= most:
            self.add(column, f"{name}: {value} — такого не бывает")
        return value or 0


def _reason(text: str | None) -> bool:
    return whole(text, Limit.REASON) is not None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
