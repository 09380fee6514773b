"""Gestation: kept in days, said in weeks and days («30 недель 2 дня» = 212)."""

from __future__ import annotations

from datetime import date, timedelta


def weeks(days: int) -> int:
    """Whole weeks of a gestation in days."""
    return days // 7


def lmp(day: date, gestation_days: int) -> date:
    """The first day of the last menstruation: a day minus the gestation on it."""
    return day - timedelta(days=gestation_days)


def in_words(days: int) -> str:
    """Say a gestation as the manual does: «38 недель 4 дня», «8 недель», «41 неделя 2 дня»."""
    whole, rest = divmod(days, 7)
    words = f"{whole} {plural(whole, 'неделя', 'недели', 'недель')}"
    return f"{words} {rest} {plural(rest, 'день', 'дня', 'дней')}" if rest else words


def plural(number: int, one: str, few: str, many: str) -> str:
    """Choose the Russian form of a noun after a number: 1 неделя, 3 недели, 11 недель."""
    if number % 10 == 1 and number % 100 != 11:
        return one
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return few
    return many
