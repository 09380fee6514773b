"""РАМ's rows as objects of `domain/model.py`, each value checked against the declared type."""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import psycopg2.extensions

from ers_sync.domain.identifiers import clean
from ers_sync.domain.personal import Personal, PersonalText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import RowMapping

_DATE, _TIMESTAMP = 1082, 1114
_CODES = {"kind", "sex"}  # words by which the rules decide: blanks around them mean nothing


ModelT = TypeVar("ModelT")


class Column(NamedTuple):
    """What a query must give: a Python type, may it be NULL, does it tell of a person."""

    kind: type
    optional: bool
    personal: bool


_COLUMNS: dict[type, Mapping[str, Column]] = {}


class RowError(Exception):
    """A row is not what it must be; the text names the column, never the value."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read; its pregnancy is left as it is until the row is mended. Nothing personal is in it."""

    table: str
    id: int | None
    pregnancy_id: int | None
    reason: str


def columns(model: type) -> Mapping[str, Column]:
    """Return the columns a query must give for `model`, by name."""
    if model in _COLUMNS:
        return _COLUMNS[model]
    hints = typing.get_type_hints(model, include_extras=True)
    found: dict[str, Column] = {}
    for field in dataclasses.fields(model):
        if field.default is not dataclasses.MISSING:  # what the reader itself puts in, as an outcome's newborns
            continue
        hint = hints[field.name]
        kinds = typing.get_args(hint) if typing.get_origin(hint) in {types.UnionType, typing.Union} else (hint,)
        personal = kinds[0] is PersonalText
        found[field.name] = Column(str if personal else kinds[0], types.NoneType in kinds, personal)
    return _COLUMNS.setdefault(model, types.MappingProxyType(found))


def to_model(model: type[ModelT], row: RowMapping) -> ModelT:
    """Return the row as an object of `model`; columns it does not have are passed over.

    Raises:
        RowError: a column is absent, or its value has another type or is missing where there must be one.
    """
    values = {}
    for name, (kind, optional, personal) in columns(model).items():
        try:
            value = row[name]
        except KeyError:
            raise RowError(f"{name}: нет такого столбца") from None
        if value is None:
            if not optional:
                raise RowError(f"{name}: нет значения")
        elif type(value) is not kind:  # exactly: a bool is an int to Python, and a datetime a date
            raise RowError(f"{name}: {kind.__name__} не получается")
        elif personal:
            value = Personal(value)
        values[name] = clean(value) or "" if name in _CODES and value is not None else value
    return model(**values)


def read_odd_dates_as_text(connection: psycopg2.extensions.connection) -> None:
    """Make `connection` give dates that Python cannot hold (year 20215, infinity, before Christ) as text.

    psycopg2 raises in the middle of a fetch for them, and one clerk's slip would stop a region.
    """
    for oid, name, parse in (
        (_DATE, "DATE_OR_TEXT", date.fromisoformat),
        (_TIMESTAMP, "TIMESTAMP_OR_TEXT", datetime.fromisoformat),
    ):
        kind = psycopg2.extensions.new_type((oid,), name, _lenient(parse))
        psycopg2.extensions.register_type(kind, connection)


def _lenient(parse: Callable[[str], date]) -> Callable[[str | bytes | None, Any], date | str | None]:
    def cast(value: str | bytes | None, _cursor: Any) -> date | str | None:
        if value is None:
            return None
        text = str(value)
        try:
            return parse(text)
        except ValueError:
            return text

    return cast
