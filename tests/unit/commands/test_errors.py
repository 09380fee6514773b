"""What a user does wrong is said in a line, without a stack trace; a reader that goes away is no error."""

from __future__ import annotations

import logging
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from ers_sync import cli
from ers_sync.commands.progress import progress

PROGRAM = [sys.executable, "-m", "ers_sync.cli"]
SECRET = "Канарейкина"


@pytest.fixture(autouse=True)
def _logging_apart() -> Iterator[None]:
    """A command sets the log up for its process; the stream of a test is closed behind it."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.captureWarnings(capture=False)


def raising(error: BaseException) -> object:
    def run(*_: object) -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Прервано"),
        (PermissionError(13, "x", "/etc/ers-sync/x"), 1, "/etc/ers-sync/x: нет прав"),
        (FileNotFoundError(2, "x", "договоры.xlsx"), 1, "договоры.xlsx: нет такого файла"),
        (OperationalError("select", {}, psycopg2.OperationalError(SECRET)), 1, "База данных недоступна"),
        (ProgrammingError("select", {}, psycopg2.ProgrammingError(SECRET)), 1, "База данных отказала"),
        (ZeroDivisionError(SECRET), 1, "Ошибка программы"),
    ],
)
def test_whatever_goes_wrong_is_a_line(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ers_sync.config.sample", raising(error))
    assert cli.main(["config-sample"]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown
    assert SECRET not in shown


def test_no_configuration_is_a_line(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*PROGRAM, "status", "--config", str(tmp_path / "none.yaml")], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "файл не читается" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run([*PROGRAM, "config-sample"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_person_sees_that_it_goes_on_and_a_pipe_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ers_sync.commands.progress.FIRST_SECONDS", 0.01)
    with progress("проверка"):
        pass
    assert capsys.readouterr().err == ""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress("проверка"):
            seen = os.read(ours, 1000).decode()
    os.close(ours)
    assert seen.startswith("… проверка: идёт 0 с")
