"""The sentence that says how things are."""

from __future__ import annotations

import pytest

from ers_sync.reports.figures import Sums
from ers_sync.reports.verdict import verdict

NOTHING = Sums(0, 0, 0)


@pytest.mark.parametrize(
    ("unsent", "in_work", "accepted", "said", "look"),
    [
        (NOTHING, 0, 0, "Отправлять пока нечего.", "good"),
        (NOTHING, 0, 7, "Всё отправлено и принято Фондом.", "good"),
        (NOTHING, 3, 7, "Всё отправлено. Фонд ещё обрабатывает: 3.", "good"),
        (Sums(5, 0, 0), 3, 7, "Отправлено не всё. Ещё не у Фонда: 5, просрочено: 0.", "warning"),
        (Sums(5, 1, 0), 0, 0, "Отправлено не всё. Ещё не у Фонда: 5, просрочено: 1.", "bad"),
        (
            Sums(1234, 56, 1_234_000),
            0,
            0,
            "Отправлено не всё. Ещё не у Фонда: 1\xa0234, просрочено: 56, талонов на 1\xa0234\xa0000 ₽.",
            "bad",
        ),
    ],
)
def test_verdict(unsent: Sums, in_work: int, accepted: int, said: str, look: str) -> None:
    assert verdict(unsent, in_work, accepted) == (said, look)
