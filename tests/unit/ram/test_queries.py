"""A site's own queries take the place of the shipped ones, and are checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ers_sync.files import QueryFileError, data_text
from ers_sync.ram.queries import CHANGED, load_queries

if TYPE_CHECKING:
    from pathlib import Path


def test_the_shipped_queries_only_select() -> None:
    queries = load_queries()
    for statement in (*queries.changes.values(), *queries.pregnancies.values(), *queries.server.values()):
        assert statement.startswith("select")
        assert not re.search(
            r"\b(insert|update|delete|create|lock|for share)\b(?!,| or|')", statement.split("has_table")[0]
        )


def test_every_table_of_the_reference_schema_is_scanned() -> None:
    tables = set(re.findall(r"create table ram\.(\w+)", data_text("sql/ram/reference_schema.sql")))
    scanned = {re.search(r"from ram\.(\w+) t\b", load_queries().changes[name]) for name in CHANGED}
    assert {match and match.group(1) for match in scanned} == tables


def test_a_file_of_the_site_wins(tmp_path: Path) -> None:
    own = data_text("sql/ram/changes.sql").replace("ram.exam", "obstetrics.visit")
    (tmp_path / "changes.sql").write_text(own, encoding="utf-8")
    queries = load_queries(tmp_path)
    assert "obstetrics.visit" in queries.changes["changed_exams"]
    assert queries.pregnancies == load_queries().pregnancies


def test_a_forgotten_query_is_named(tmp_path: Path) -> None:
    own = data_text("sql/ram/changes.sql").replace("-- name: changed_newborns", "-- name: changed_babies")
    (tmp_path / "changes.sql").write_text(own, encoding="utf-8")
    with pytest.raises(QueryFileError, match="changed_newborns"):
        load_queries(tmp_path)
