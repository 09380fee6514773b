"""The SQL that reads РАМ: the site's own files where it has them, else the shipped ones of `sql/ram/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ers_sync.files import QueryFileError, named_queries, parse_queries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHANGED = tuple(
    f"changed_{table}"
    for table in ("patients", "pregnancies", "exams", "outcomes", "newborns", "children", "organizations", "doctors")
)
_READ = ("pregnancies", "patients", "exams", "outcomes", "newborns", "children", "doctors", "organizations")
_FILES = {
    "changes": CHANGED,
    "pregnancies": ("all_pregnancy_ids", "pregnancy_of_exam", *_READ),
    "server": ("snapshot", "is_superuser", "writable_relations", "without_index"),
}


@dataclass(frozen=True, slots=True)
class Queries:
    """Statements by the names of `sql/ram/`: what changed, whole pregnancies, the server itself."""

    changes: Mapping[str, str]
    pregnancies: Mapping[str, str]
    server: Mapping[str, str]


def load_queries(site: Path | None = None) -> Queries:
    """Return the queries; a file of the same name in the folder `site` takes the place of a shipped one.

    Raises:
        QueryFileError: a file is malformed, or a query that the reader needs is not in it.
    """
    return Queries(**{file: _load(f"{file}.sql", names, site) for file, names in _FILES.items()})


def _load(file: str, names: tuple[str, ...], site: Path | None) -> Mapping[str, str]:
    own = site / file if site else None
    if own and own.exists():
        origin, queries = str(own), parse_queries(own.read_text(encoding="utf-8"), str(own))
    else:
        origin, queries = file, named_queries(f"sql/ram/{file}")
    if missing := [name for name in names if name not in queries]:
        raise QueryFileError(f"{origin}: нет запросов {', '.join(missing)}")
    return queries
