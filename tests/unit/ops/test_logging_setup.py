"""A line an event, with its action; nothing personal in it, whoever logs and however."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable

import pytest

from ers_sync.ops.logging_setup import TALKATIVE, LineFormatter, describe, event, setup_logging

CANARIES = ("11223344595", "Иванова", "Мария")
Lines = Callable[[], list[str]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    stream = io.StringIO()
    setup_logging(logging.DEBUG, stream)
    return lambda: stream.getvalue().splitlines()


def test_an_event_is_one_line_with_its_action_first(lines: Lines) -> None:
    event(logging.getLogger("jobs.submit"), logging.INFO, "submit.sent", request=17, reason="two words\naction=fake")
    (line,) = lines()
    assert re.fullmatch(
        r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} INFO action=submit\.sent request=17 reason="two words\\naction=fake"',
        line,
    )


def test_every_line_has_an_action_whoever_logs(lines: Lines) -> None:
    logging.getLogger("apscheduler").warning("missed %s", "scan")
    (line,) = lines()
    assert line.endswith('WARNING action=library logger=apscheduler text="missed scan"')


def test_the_journal_gets_priorities(monkeypatch: pytest.MonkeyPatch, lines: Lines) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    stream = io.StringIO()
    setup_logging(logging.DEBUG, stream)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        event(logging.getLogger("x"), level, "a")
    assert stream.getvalue().splitlines() == [f"<{priority}>action=a" for priority in (7, 6, 4, 3, 2)]


@pytest.mark.parametrize("name", [*TALKATIVE, "zeep.transports", "httpcore.http11", "sqlalchemy.engine.Engine"])
def test_libraries_that_quote_messages_are_silent_below_warning(lines: Lines, name: str) -> None:
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("<soapenv:Envelope>…")
        logger.info("POST https://…")
        assert lines() == []
        logger.warning("slow")
        assert len(lines()) == 1
    finally:
        logger.setLevel(before)


def test_names_and_numbers_of_a_careless_record_are_masked(lines: Lines) -> None:
    logging.getLogger("library").error("no row for %s, %s", "Иванова Мария", "112-233-445 95")
    event(logging.getLogger("x"), logging.INFO, "a", who="Иванова Мария", snils=11223344595)
    assert len(lines()) == 2
    for canary in (*CANARIES, "112-233"):
        assert not any(canary in line for line in lines())


def failing() -> None:
    """An error that quotes a patient in every way an error can."""
    snils = "11223344595"
    try:
        int(f"Иванова {snils}")
    except ValueError as cause:
        error = RuntimeError("Мария", snils)
        error.add_note("Иванова")
        raise error from cause


def test_of_an_error_only_types_and_places_are_written(lines: Lines) -> None:
    try:
        failing()
    except RuntimeError as error:
        event(logging.getLogger("x"), logging.ERROR, "job.failed", exc_info=error)
        logging.getLogger("y").exception("library text")
    assert len(lines()) == 2
    for line in lines():
        assert re.search(r"RuntimeError@test_logging_setup\.py:\d+ < ValueError@test_logging_setup\.py:\d+", line)
        assert not any(canary in line for canary in CANARIES)


def test_a_suppressed_cause_stays_suppressed_and_a_ring_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert describe(first) == "ValueError < KeyError"
    hidden = ValueError()
    hidden.__context__, hidden.__suppress_context__ = KeyError(), True
    assert describe(hidden) == "ValueError"


def test_a_record_that_cannot_be_written_is_not_quoted_either(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    ours = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, LineFormatter))
    ours.handle(logging.LogRecord("library", logging.ERROR, "x.py", 7, "%d", ("Иванова",), None))
    (line,) = lines()
    assert line == "action=log.failed logger=library line=7"
    assert capsys.readouterr().err == ""


def test_a_log_that_has_ended_costs_no_job(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    setup_logging(stream=stream)
    stream.close()
    event(logging.getLogger("x"), logging.INFO, "a")
    assert capsys.readouterr().err == ""
