"""systemd hears of life only while jobs begin and end: a scheduler that is stuck is restarted."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ers_sync import daemon
from ers_sync.ops import sd_notify


@pytest.mark.parametrize("moves", [[True, True, True], [False, False, False], [True, False, True]])
def test_the_watchdog_is_fed_by_jobs_that_move(monkeypatch: pytest.MonkeyPatch, moves: list[bool]) -> None:
    stopping = threading.Event()
    fed: list[int] = []
    left = list(moves)

    def moved_since(_: float) -> bool:
        moved = left.pop(0)
        if not left:
            stopping.set()
        return moved

    monkeypatch.setattr(daemon, "TICK_SECONDS", 0.001)
    monkeypatch.setattr(daemon, "moved_since", moved_since)
    monkeypatch.setattr(sd_notify, "watchdog", lambda: fed.append(len(left)))

    daemon._wait(cast("Any", SimpleNamespace(stopping=stopping)), cast("Any", None))

    assert len(fed) == sum(moves)
