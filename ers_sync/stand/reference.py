"""The reference РАМ as a database: for the demonstration, the tests and the benchmarks."""

from __future__ import annotations

from contextlib import closing

import psycopg2

from ers_sync.files import data_text


def create_reference_schema(dsn: str) -> None:
    """Create the empty reference schema `ram` in the database at `dsn`."""
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(data_text("sql/ram/reference_schema.sql"))


def run_script(dsn: str, script: str) -> None:
    """Run a script of SQL against a РАМ, in one transaction; names without a schema are of `ram`. Raise psycopg2.Error if it is wrong."""
    with (
        closing(psycopg2.connect(dsn, options="-c search_path=ram,public")) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(script)
