"""Rows as SQL text: INSERT statements for a file, COPY for a database."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2's own spelling

_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\v": r"\v"})
_TO_ESCAPE = re.compile(r"[\\\t\n\r\v]")


def insert_statement(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return one INSERT of all `rows`, for a server with `standard_conforming_strings` (the default)."""
    values = ",\n".join(f"({', '.join(map(_literal, row))})" for row in rows)
    return f"insert into {table} ({', '.join(columns)}) values\n{values};\n"


def copy_rows(cursor: Cursor, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Load `rows` by COPY in its text format (https://www.postgresql.org/docs/current/sql-copy.html)."""
    text = "".join("\t".join(map(_field, row)) + "\n" for row in rows)
    cursor.copy_expert(f"copy {table} ({', '.join(columns)}) from stdin", io.StringIO(text))


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "'{}'".format(_text(value).replace("'", "''"))


def _field(value: Any) -> str:
    if value is None:
        return r"\N"
    text = _text(value)
    return text.translate(_COPY_ESCAPES) if _TO_ESCAPE.search(text) else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
