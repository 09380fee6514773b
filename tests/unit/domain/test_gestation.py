"""Gestation in words."""

from __future__ import annotations

import pytest

from ers_sync.domain.gestation import in_words, plural, weeks


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 недель"),
        (1, "0 недель 1 день"),
        (7, "1 неделя"),
        (14, "2 недели"),
        (4 * 7 + 3, "4 недели 3 дня"),
        (5 * 7, "5 недель"),
        (8 * 7, "8 недель"),
        (11 * 7 + 1, "11 недель 1 день"),
        (12 * 7 + 2, "12 недель 2 дня"),
        (14 * 7 + 5, "14 недель 5 дней"),
        (21 * 7 + 4, "21 неделя 4 дня"),
        (22 * 7, "22 недели"),
        (25 * 7, "25 недель"),
        (30 * 7 + 2, "30 недель 2 дня"),
        (38 * 7 + 4, "38 недель 4 дня"),
        (41 * 7 + 2, "41 неделя 2 дня"),
        (42 * 7 + 6, "42 недели 6 дней"),
    ],
)
def test_words(days: int, words: str) -> None:
    assert in_words(days) == words


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (1, "день"),
        (2, "дня"),
        (5, "дней"),
        (11, "дней"),
        (12, "дней"),
        (14, "дней"),
        (21, "день"),
        (101, "день"),
        (111, "дней"),
        (112, "дней"),
        (122, "дня"),
    ],
)
def test_plural(number: int, form: str) -> None:
    assert plural(number, "день", "дня", "дней") == form


@pytest.mark.parametrize(("days", "whole"), [(0, 0), (6, 0), (7, 1), (209, 29), (210, 30)])
def test_whole_weeks(days: int, whole: int) -> None:
    assert weeks(days) == whole
