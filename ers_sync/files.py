"""The product's data files: SQL, migrations and the sample configuration.

In a checkout they lie at its top (`sql/`, `config.yaml`); an installed wheel carries them in `ers_sync/_data/`
(see `force-include` in pyproject.toml). Everything here is read by the path that the checkout shows.

A file of named queries looks like this::

    -- What a comment above the first name says concerns the whole file.

    -- name: visits_of_day
    -- The visits of one hospital on one day.
    select id from visit where organization_id = :organization_id and day = :day;

The description is obligatory. Binds are written `:name`, as SQLAlchemy's `text()` wants them. A cast may be written
`column::type`, but a bind is cast by `cast(:name as type)`: `text()` misreads `:name::type`, so it is refused here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)
_CAST_BIND = re.compile(r"(?<![:\w]):\w+::")


class QueryFileError(Exception):
    """A file of named queries is not written as it must be."""


def data_path(relative: str) -> Path:
    """Return where a data file or folder lies, e.g. `sql/schema.sql`; raise FileNotFoundError if it is nowhere."""
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / relative).exists():
            return root / relative
    raise FileNotFoundError(f"Файл {relative} не найден: установка повреждена")


def data_text(relative: str) -> str:
    """Return the text of a data file; raise FileNotFoundError if there is none."""
    return data_path(relative).read_text(encoding="utf-8")


@cache
def named_queries(relative: str) -> Mapping[str, str]:
    """Return the named queries of a data file, by name; raise QueryFileError if the file is malformed."""
    return parse_queries(data_text(relative), relative)


def parse_queries(text: str, origin: str) -> Mapping[str, str]:
    """Return the statements of `text` by name, without comments of a whole line and without the final semicolon.

    Raises:
        QueryFileError: a name twice, no description, no statement, a bind cast by `::`, or no query at all.
    """
    queries: dict[str, str] = {}
    pieces = _NAME.split(text)
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in queries:
            raise QueryFileError(f"{origin}: запрос {name} описан дважды")
        queries[name] = _statement(body.strip().splitlines(), f"{origin}: запрос {name}")
    if not queries:
        raise QueryFileError(f"{origin}: нет ни одного запроса («-- name: имя»)")
    return MappingProxyType(queries)


def _statement(lines: list[str], where: str) -> str:
    """Return the statement below a query's description."""
    if not lines or not lines[0].startswith("--") or not lines[0].strip("- "):
        raise QueryFileError(f"{where} без описания (строка «-- …» под именем)")
    # Comments go: text() would take a word after a colon in them for a bind.
    statement = (
        "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip().removesuffix(";").rstrip()
    )
    if not statement:
        raise QueryFileError(f"{where} пуст")
    if _CAST_BIND.search(statement):
        raise QueryFileError(f"{where}: вместо «:имя::тип» нужно cast(:имя as тип)")
    return statement
