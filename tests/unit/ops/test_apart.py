"""Work in another process: its result, its error, its end without a word."""

from __future__ import annotations

import os
import signal

import pytest

from ers_sync.ops.apart import ProcessKilledError, apart


def _where(word: str) -> tuple[str, int, int]:
    return word, os.getpid(), os.nice(0)


def _mistaken() -> None:
    raise KeyError("Иванова")


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_it_runs_elsewhere_at_low_priority() -> None:
    word, process, niceness = apart(f"{__name__}:_where", "слово")
    assert (word, niceness) == ("слово", min(19, os.nice(0) + 10))
    assert process != os.getpid()


def test_an_error_comes_back_and_its_place_is_in_the_log_without_its_text(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError, match="Иванова"):
        apart(f"{__name__}:_mistaken")
    said = capfd.readouterr().err
    assert "action=apart.failed" in said
    assert "error=KeyError@" in said
    assert "Иванова" not in said


def test_a_killed_process_is_said() -> None:
    with pytest.raises(ProcessKilledError, match="хватает ли памяти"):
        apart(f"{__name__}:_killed")
