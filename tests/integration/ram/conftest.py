"""A small reference РАМ for each test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest

from ers_sync.stand.reference import create_reference_schema

if TYPE_CHECKING:
    from tests.conftest import MakeDatabase

# Two women; the first has two pregnancies (11 with everything, 12 plain), the second one (21). Hospital 3 and doctor 3 are
# named by the outcome and the child of 11 only.
ROWS = """
insert into ram.organization (id, short_name, is_active) values
    (1, 'ЖК № 1', true), (2, 'ЖК № 2', true), (3, 'Роддом', true), (4, 'Поликлиника', true);
insert into ram.doctor (id, organization_id, last_name) values
    (1, 1, 'Ёлкина'), (2, 2, 'Петрова'), (3, 3, 'Сидорова'), (4, 4, 'Кузина');
insert into ram.patient (id, last_name, birth_date) values (1, 'Иванова', '1995-05-01'), (2, 'Сёмина', '1990-01-31');
insert into ram.pregnancy (id, patient_id, organization_id) values (11, 1, 1), (12, 1, 2), (21, 2, 2);
insert into ram.exam (id, pregnancy_id, organization_id, doctor_id, kind, examined_at, gestation_days, note) values
    (111, 11, 1, 1, 'primary', '2025-10-01 09:00', 60, null), (112, 11, 1, 1, 'repeat', '2025-11-01 09:30', 91, '=1+1'),
    (121, 12, 2, 2, 'primary', '2023-02-01 10:00', 63, ''), (211, 21, 2, 2, 'primary', '2026-01-12 11:00', 56, '  ');
insert into ram.outcome (id, pregnancy_id, organization_id, doctor_id, kind, occurred_at, gestation_days) values
    (115, 11, 3, 3, 'delivery', '2026-05-01 03:15', 272);
insert into ram.newborn (id, outcome_id, ordinal, sex, height_cm, weight_g) values
    (1152, 115, 2, 'male', 50, 3300), (1151, 115, 1, 'female', 49, 3000);
insert into ram.child (id, pregnancy_id, organization_id, doctor_id, last_name, half_year, watch_begin, watch_end) values
    (116, 11, 4, 4, 'Иванова', 1, '2026-05-05', '2026-11-05');
"""


def small_ram(dsn: str) -> None:
    create_reference_schema(dsn)
    execute(dsn, ROWS)


def execute(dsn: str, statement: str) -> None:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def ram_dsn(make_database: MakeDatabase) -> str:
    return make_database(small_ram)
