"""A ledger made at once and one that went through every migration are the same."""

from __future__ import annotations

import re

from psycopg2 import connect

from ers_sync.files import data_path, data_text
from tests.conftest import MakeDatabase

SCHEMA = "ers"
CATALOG = {
    "columns": """
        select table_name, column_name, data_type, udt_name, is_nullable, column_default, is_identity, identity_generation,
               is_generated, generation_expression, numeric_precision, numeric_scale, character_maximum_length
        from information_schema.columns where table_schema = %(schema)s order by 1, 2""",
    # the names of constraints count as well: an error names them
    "constraints": """
        select conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = %(schema)s::regnamespace order by 1, 2""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = %(schema)s order by 1, 2",
    "relations": """
        select relname, relkind::text, relpersistence::text, reloptions::text, pg_get_partkeydef(oid), relrowsecurity
        from pg_class where relnamespace = %(schema)s::regnamespace and relkind <> 'i' order by 1""",
    "partitions": """
        select relname, pg_get_expr(relpartbound, oid)
        from pg_class where relnamespace = %(schema)s::regnamespace and relispartition order by 1""",
    "views": "select viewname, definition from pg_views where schemaname = %(schema)s order by 1",
    "functions": """
        select proname, pg_get_function_identity_arguments(oid), pg_get_functiondef(oid)
        from pg_proc where pronamespace = %(schema)s::regnamespace and prokind in ('f', 'p') order by 1, 2""",
    "triggers": """
        select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger
        where not tgisinternal order by 1, 2""",
    "types": """
        select t.typname, e.enumlabel from pg_type t left join pg_enum e on e.enumtypid = t.oid
        where t.typnamespace = %(schema)s::regnamespace and t.typtype in ('e', 'd') order by 1, e.enumsortorder""",
    "comments": """
        select c.relname, d.objsubid, d.description from pg_description d join pg_class c on c.oid = d.objoid
        where c.relnamespace = %(schema)s::regnamespace order by 1, 2""",
}


def catalog(dsn: str, scripts: list[str]) -> dict[str, list[tuple[object, ...]]]:
    """Run the scripts in order and return what the database then holds."""
    connection = connect(dsn)
    try:
        with connection.cursor() as cursor:
            for script in scripts:
                cursor.execute(script)
            connection.commit()
            found = {}
            for kind, query in CATALOG.items():
                cursor.execute(query, {"schema": SCHEMA})
                found[kind] = cursor.fetchall()
            return found
    finally:
        connection.close()


def migrations() -> list[str]:
    return sorted(path.name for path in data_path("sql/migrations").glob("*.sql"))


def test_schema_and_migrations_make_the_same_database(make_database: MakeDatabase) -> None:
    at_once = catalog(make_database(), [data_text("sql/schema.sql")])
    step_by_step = catalog(make_database(), [data_text(f"sql/migrations/{name}") for name in migrations()])
    assert len(at_once["columns"]) > 50
    for kind in CATALOG:
        assert step_by_step[kind] == at_once[kind], kind


def test_migrations_are_numbered_without_a_gap() -> None:
    names = migrations()
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
