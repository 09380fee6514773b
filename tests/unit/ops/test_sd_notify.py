from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ers_sync.ops import sd_notify


@pytest.mark.parametrize("abstract", [False, True])
def test_the_manager_gets_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        name = f"@ers-sync-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert sd_notify.ready("работаю")
        assert sd_notify.watchdog()
        assert sd_notify.stopping()
        assert [manager.recv(1000).decode() for _ in range(3)] == [
            "READY=1\nSTATUS=работаю",
            "WATCHDOG=1",
            "STOPPING=1",
        ]


def test_outside_of_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not sd_notify.ready()


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [(None, None, None), ("30000000", None, 30.0), ("30000000", "own", 30.0), ("30000000", "1", None)],
)
def test_how_long_the_manager_waits(
    monkeypatch: pytest.MonkeyPatch, microseconds: str | None, process: str | None, seconds: float | None
) -> None:
    for name, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", process)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(os.getpid()) if value == "own" else value)
    assert sd_notify.watchdog_seconds() == seconds
