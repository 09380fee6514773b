"""What `ers-sync check` asks about РАМ: do the queries return what was promised, and may we only read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ers_sync.domain.model import Child, Doctor, Exam, Newborn, Organization, Outcome, Patient, Pregnancy
from ers_sync.ram.errors import in_words
from ers_sync.ram.queries import CHANGED
from ers_sync.ram.rows import columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ers_sync.ram.reader import Ram

_MODELS: Mapping[str, type[Any]] = {
    "pregnancies": Pregnancy,
    "patients": Patient,
    "exams": Exam,
    "outcomes": Outcome,
    "newborns": Newborn,
    "children": Child,
    "doctors": Doctor,
    "organizations": Organization,
}
# PostgreSQL's type ids that arrive as the Python type: (int8, int2, int4), (text, name, bpchar, varchar) …
_TYPES: Mapping[type, frozenset[int]] = {
    int: frozenset({20, 21, 23}),
    str: frozenset({25, 19, 1042, 1043}),
    bool: frozenset({16}),
    date: frozenset({1082}),
    datetime: frozenset({1114}),
}
_WORDS = {int: "целое число", str: "текст", bool: "boolean", date: "date", datetime: "timestamp (без часового пояса)"}
_SHOWN = 5
_DESCRIBE = "select * from ({query}) as described limit 0"


def check_columns(ram: Ram, mode: Literal["changes", "full"]) -> list[str]:
    """Return what is wrong with the queries, in words for the operator; nothing is read from the tables.

    In mode `full` the queries for changes are not used, and not checked.
    """
    promised = {
        name: {name_: column.kind for name_, column in columns(model).items()} for name, model in _MODELS.items()
    }
    promised["all_pregnancy_ids"] = {"id": int}
    promised["pregnancy_of_exam"] = {"pregnancy_id": int}
    statements = dict(ram.queries.pregnancies)
    if mode == "changes":
        promised |= {name: {"row_xid": int, "pregnancy_id": int} for name in CHANGED}
        statements |= ram.queries.changes
    return [problem for name in promised for problem in _check_query(ram, name, statements[name], promised[name])]


def read_only_problems(ram: Ram) -> list[str]:
    """Return why our role could do more than read, by its rights alone: nothing is tried."""
    if ram.select(ram.queries.server["is_superuser"])[0]["rolsuper"]:
        return ["роль в РАМ — суперпользователь; нужна роль, у которой есть только SELECT"]
    relations = [row["relation"] for row in ram.select(ram.queries.server["writable_relations"])]
    if not relations:
        return []
    more = f" и ещё {len(relations) - _SHOWN}" if len(relations) > _SHOWN else ""
    return [
        f"роль в РАМ может изменять {', '.join(relations[:_SHOWN])}{more}; нужна роль, у которой есть только SELECT"
    ]


def _check_query(ram: Ram, name: str, statement: str, promised: Mapping[str, type]) -> list[str]:
    try:
        given = _describe(ram, statement)
    except DBAPIError as error:
        return [f"запрос {name}: {in_words(error)}"]
    problems = [f"запрос {name}: нет столбца {column}" for column in promised if column not in given]
    for column, kind in promised.items():
        if column in given and given[column] not in _TYPES[kind]:
            problems.append(f"запрос {name}: столбец {column} должен быть: {_WORDS[kind]}")
    return problems


def _describe(ram: Ram, statement: str) -> dict[str, int]:
    """Return the columns of a query with PostgreSQL's type ids."""
    values = {"ids": [], "exam_id": 0, "window_begin": datetime.now(UTC)}
    clause = text(_DESCRIBE.format(query=statement))
    wanted = {name: value for name, value in values.items() if name in clause.compile().params}
    with ram.connection.begin_nested():
        result = ram.connection.execute(clause, wanted)
        description = result.cursor.description if result.cursor else None
        # PEP 249 calls the second item a type object; psycopg2 gives the server's type id.
        return {column[0]: cast("int", column[1]) for column in description or ()}


def tables_without_index(ram: Ram) -> list[str]:
    """Return the larger tables that are asked by `updated_at` and have no index for it."""
    return [row["relation"] for row in ram.select(ram.queries.server["without_index"])]
