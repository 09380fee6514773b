"""The subject of an alert says when a person is needed, before anything else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ers_sync.watching.incident import Code
from ers_sync.watching.tell import Notice, message

NOW = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("events", "subject"),
    [
        ([("opened", Code.BRAKE)], "[Регион] утром: Сработал тормоз"),
        (
            [("opened", Code.OUTAGE), ("opened", Code.DEADLINE)],
            "[Регион] сейчас: Срок отправки под угрозой или пропущен и ещё 1",
        ),
        ([("worse", Code.BRAKE), ("closed", Code.NO_KEY)], "[Регион] утром: Сработал тормоз"),
        ([("closed", Code.OUTAGE), ("closed", Code.BRAKE)], "[Регион] закончилось: Фонд не отвечает и ещё 1"),
    ],
)
def test_the_subject_says_when_a_person_is_needed(events: list[tuple[str, Code]], subject: str) -> None:
    notices = [Notice(id_, event, code, str(id_), "строка", NOW, NOW) for id_, (event, code) in enumerate(events)]
    assert message(notices, UTC, "Регион").subject == subject
