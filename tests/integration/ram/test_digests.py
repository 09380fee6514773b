"""The digest of a pregnancy's rows changes whenever what is read of it does, and with no other pregnancy's rows."""

from __future__ import annotations

from dataclasses import fields

import psycopg2

from ers_sync.domain.model import Case, Child, Doctor, Exam, Newborn, Organization, Outcome, Patient, Pregnancy
from ers_sync.ram.digests import BY_TEXT, read_digests
from ers_sync.ram.reader import open_ram
from ers_sync.ram.rows import BadRow, columns
from tests.integration.ram.conftest import execute

IDS = [11, 12, 21]
TABLES = {
    "patient": (Patient, 1),
    "pregnancy": (Pregnancy, 11),
    "exam": (Exam, 112),
    "outcome": (Outcome, 115),
    "newborn": (Newborn, 1151),
    "child": (Child, 116),
    "doctor": (Doctor, 1),
    "organization": (Organization, 1),
}
OTHER = {"str": "'нечто'", "int": "7", "date": "'2024-02-29'", "datetime": "'2024-02-29 10:00'", "bool": "true"}
# ids that name another row that is there
NAMED = {"patient_id": "2", "pregnancy_id": "21", "organization_id": "4", "doctor_id": "4", "outcome_id": "115"}


def read(dsn: str) -> tuple[dict[int, Case | BadRow], dict[int, bytes]]:
    with open_ram(dsn) as ram:
        found = {row.pregnancy.id if isinstance(row, Case) else row.pregnancy_id or 0: row for row in ram.cases(IDS)}
        return found, dict(ram.digests([*IDS, 99]))


def differing(before: dict[int, object], after: dict[int, object]) -> set[int]:
    return {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}


def test_every_column_of_every_row_counts(ram_dsn: str) -> None:
    cases, digests = read(ram_dsn)
    assert set(digests) == set(IDS)
    touched = 0
    for table, (model, id_) in TABLES.items():
        for name, column in columns(model).items():
            if name == "id":
                continue
            value = NAMED.get(name, OTHER[column.kind.__name__])
            execute(ram_dsn, f"update ram.{table} set {name} = {value} where id = {id_}")  # noqa: S608 - names of the model
            seen, after = read(ram_dsn)
            changed = differing({**cases}, {**seen})
            assert differing({**digests}, {**after}) == changed, (table, name)
            touched += bool(changed)
            cases, digests = seen, after
    assert touched >= sum(len(fields(model)) - 1 for model, _ in TABLES.values()) - 10


def test_a_row_more_or_less_counts(ram_dsn: str) -> None:
    _, digests = read(ram_dsn)
    for statement, id_ in (
        ("delete from ram.exam where id = 112", 11),
        ("insert into ram.exam (id, pregnancy_id, organization_id, kind) values (213, 21, 2, 'repeat')", 21),
        ("delete from ram.newborn where id = 1152", 11),
        ("delete from ram.child", 11),
        ("delete from ram.outcome", 11),
        ("delete from ram.pregnancy where id = 12", 12),
    ):
        try:
            execute(ram_dsn, statement)
        except psycopg2.IntegrityError:
            execute(ram_dsn, f"set session_replication_role = replica; {statement}")
        _, after = read(ram_dsn)
        assert differing({**digests}, {**after}) == {id_}, statement
        digests = after


def test_a_hospital_counts_that_the_pregnancy_alone_names(ram_dsn: str) -> None:
    execute(ram_dsn, "update ram.pregnancy set organization_id = 4 where id = 12")
    _, before = read(ram_dsn)
    execute(ram_dsn, "update ram.organization set inn = '7' where id = 4")
    _, after = read(ram_dsn)
    assert differing({**before}, {**after}) == {11, 12}


def test_letters_count_where_the_column_takes_them_for_the_same(ram_dsn: str) -> None:
    execute(
        ram_dsn,
        "create collation of_letters (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
        "alter table ram.exam alter column note type text collate of_letters; update ram.exam set note = 'Жалоб нет' where id = 112",
    )
    _, before = read(ram_dsn)
    execute(ram_dsn, "update ram.exam set note = 'жалоб нет' where id = 112 and note = 'ЖАЛОБ НЕТ'")
    _, after = read(ram_dsn)
    assert differing({**before}, {**after}) == {11}


def test_an_older_server_makes_digests_too(ram_dsn: str) -> None:
    def by_text() -> dict[int, object]:
        with open_ram(ram_dsn) as ram:
            return {**read_digests(ram.select, ram.queries.pregnancies, IDS, hashed=BY_TEXT)}

    before = by_text()
    assert set(before) == set(IDS)
    execute(ram_dsn, "update ram.exam set note = null where id = 112")
    assert differing(before, by_text()) == {11}
    assert not differing(by_text(), by_text())
