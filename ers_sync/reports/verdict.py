"""The first thing that an administrator reads: whether everything is sent, and if not, how much is missing and what it is worth."""

from __future__ import annotations

from typing import Literal

from ers_sync.reports.figures import Sums

Look = Literal["good", "warning", "bad"]


def verdict(unsent: Sums, in_work: int, accepted: int) -> tuple[str, Look]:
    """Return a sentence and what colour it deserves.

    `unsent` is what the Fund neither has nor works on, `in_work` how many requests it works on (or may), `accepted` how many it processed.
    """
    if not unsent.number:
        if in_work:
            return f"Всё отправлено. Фонд ещё обрабатывает: {_number(in_work)}.", "good"
        return ("Всё отправлено и принято Фондом." if accepted else "Отправлять пока нечего."), "good"
    parts = [f"Ещё не у Фонда: {_number(unsent.number)}", f"просрочено: {_number(unsent.overdue)}"]
    if unsent.roubles:
        parts.append(f"талонов на {_number(unsent.roubles)} ₽")
    return f"Отправлено не всё. {', '.join(parts)}.", "bad" if unsent.overdue else "warning"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")
