"""Named queries and data files are found and checked."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ers_sync.files import QueryFileError, data_path, data_text, parse_queries

GOOD = """
-- About the file: a comment.

-- name: first
-- What it is for
-- and for whom: everybody.
select a::text, cast(:since as timestamptz)
-- an aside with :colon
from t;

-- name: second
-- Another.
select ';' as semicolon
"""


def test_statements_are_taken_without_comments_and_semicolon() -> None:
    queries = parse_queries(GOOD, "good.sql")
    assert queries == {
        "first": "select a::text, cast(:since as timestamptz)\nfrom t",
        "second": "select ';' as semicolon",
    }


def test_only_real_binds_are_seen_by_sqlalchemy() -> None:
    assert set(text(parse_queries(GOOD, "good.sql")["first"]).compile().params) == {"since"}


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("-- name: a\nselect 1", "без описания"),
        ("-- name: a\n--\nselect 1", "без описания"),
        ("-- name: a\n", "без описания"),
        ("-- name: a\n-- only words\n", "пуст"),
        ("-- name: a\n-- x\nselect 1;\n-- name: a\n-- y\nselect 2", "дважды"),
        ("-- name: a\n-- x\nselect :moment::date", "cast"),
        ("select 1", "нет ни одного запроса"),
    ],
)
def test_a_malformed_file_is_refused(source: str, complaint: str) -> None:
    with pytest.raises(QueryFileError, match=complaint):
        parse_queries(source, "bad.sql")


def test_the_project_has_its_own_files() -> None:
    assert data_path("sql").is_dir()
    assert "schema ram" in data_text("sql/ram/reference_schema.sql")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="sql/nowhere"):
        data_text("sql/nowhere.sql")
