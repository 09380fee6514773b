"""A backlog that has come up since the statistics were taken is claimed along the index that is made for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from ers_sync.files import data_text, named_queries
from tests.conftest import MakeDatabase

# statistics are taken while everything is finished; then an outage makes a backlog
OUTAGE = """
alter table ers.request set (autovacuum_enabled = off);
insert into ers.pregnancy (id, is_open) values (1, false);
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, content)
select 'put_visit', 'exam:' || n, 'exam:' || n, 1 + n %% 20, 1, 'DONE', '{}' from generate_series(1, 2000) n;
analyze ers.request;
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, content)
select 'put_visit', 'exam:' || n, 'exam:' || n, 1 + n %% 20, 1, (array['READY', 'REGISTERED', 'UNKNOWN'])[1 + n %% 3], '{}'
from generate_series(2001, 5000) n;
"""
VALUES = {"hospitals": "'{1,2}'", "each": "1", "many": "4", "lease_seconds": "60", "token": f"'{'0' * 32}'"}


@pytest.fixture
def backlog(make_database: MakeDatabase) -> Iterator[psycopg2.extensions.connection]:
    with closing(psycopg2.connect(make_database())) as connection, connection.cursor() as cursor:
        cursor.execute(data_text("sql/schema.sql"))
        cursor.execute(OUTAGE, ())
        yield connection


@pytest.mark.parametrize(
    ("name", "state", "index"),
    [
        ("hospitals_ready", "", "request_ready"),
        ("claim_ready", "", "request_ready"),
        ("claim_waiting", "REGISTERED", "request_registered"),
        ("claim_waiting", "UNKNOWN", "request_unknown"),
    ],
)
def test_claims_take_their_own_index(
    backlog: psycopg2.extensions.connection, name: str, state: str, index: str
) -> None:
    query = named_queries("sql/queries/requests.sql")[name]
    for bind, value in {**VALUES, "state": f"'{state}'"}.items():
        query = query.replace(f":{bind}", value)
    with backlog.cursor() as cursor:
        cursor.execute("explain " + query)
        plan = [line for (line,) in cursor.fetchall() if " on request" in line and "request_pkey" not in line]
    read = [line for line in plan if "Scan" in line]
    assert read
    assert all(index in line for line in read), "\n".join(plan)
