"""All hospitals of РАМ: few enough to be read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ers_sync.domain.model import Organization
from ers_sync.ram.rows import RowError, to_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import RowMapping


@dataclass(frozen=True, slots=True)
class Hospitals:
    """The hospitals by id, and why the others cannot be read."""

    known: Mapping[int, Organization]
    unreadable: Mapping[int, str]


def to_hospitals(rows: Iterable[RowMapping]) -> Hospitals:
    """Return the rows of the query `organizations` as hospitals."""
    known: dict[int, Organization] = {}
    unreadable: dict[int, str] = {}
    for row in rows:
        try:
            known[row["id"]] = to_model(Organization, row)
        except RowError as error:
            unreadable[row["id"]] = str(error)
    return Hospitals(known, unreadable)
