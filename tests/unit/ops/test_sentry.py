"""A canary in every corner of an error: none of it may be in what leaves for Sentry."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.crons import MonitorStatus
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from ers_sync.ops import sentry
from ers_sync.ops.sentry import SentryError, start_sentry

CANARIES = ("11223344595", "112-233-445 95", "Иванова", "Мария", "ivanova")
DSN = "https://public@sentry.example/1"


class Caught(Transport):
    """Keeps what would be sent."""

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(item.payload.get_bytes()) for envelope in self.envelopes for item in envelope.items]


@pytest.fixture
def caught() -> Iterator[Caught]:
    transport = Caught()
    with sentry_sdk.isolation_scope():
        start_sentry(DSN, release="ers-sync@1", environment="test", transport=transport)
        yield transport
    sentry_sdk.get_client().close()
    sentry_sdk.init()


class PatientError(Exception):
    def __init__(self, name: str, snils: str) -> None:
        super().__init__(name, snils)
        self.snils = snils


def failing(patient: str = "Иванова Мария") -> None:
    snils = "11223344595"
    box = {"surname": patient, "snils": snils}
    try:
        int(f"{patient} {box}")
    except ValueError as cause:
        error = PatientError(patient, snils)
        error.add_note("112-233-445 95")
        raise error from cause


def no_canary(transport: Caught) -> None:
    for envelope in transport.envelopes:
        raw = envelope.serialize().decode()
        # as it is, and as JSON escapes it
        for canary in CANARIES:
            assert canary not in raw
            assert json.dumps(canary)[1:-1] not in raw


def test_nothing_of_a_patient_leaves_with_an_error(caught: Caught) -> None:
    sentry_sdk.set_tag("patient", "Иванова")
    sentry_sdk.set_tag("snils", "11223344595")
    sentry_sdk.set_tag("job", "scan")
    sentry_sdk.set_user({"username": "ivanova"})
    sentry_sdk.set_context("card", {"name": "Мария"})
    sentry_sdk.set_extra("row", "Иванова")
    sentry_sdk.add_breadcrumb(message="Мария")
    logging.getLogger("crumbs").warning("Иванова %s", "11223344595")
    try:
        failing()
    except PatientError as error:
        sentry_sdk.capture_exception(error)
    (body,) = caught.bodies()
    no_canary(caught)
    # and it is still worth something
    assert [value["type"] for value in body["exception"]["values"]] == ["ValueError", "PatientError"]
    frames = body["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "failing"
    assert frames[-1]["lineno"] > 0
    assert body["tags"] == {"job": "scan"}
    assert (body["release"], body["environment"]) == ("ers-sync@1", "test")


def test_nothing_of_a_patient_leaves_with_a_record(caught: Caught) -> None:
    try:
        failing()
    except PatientError:
        logging.getLogger("jobs").exception("no row for %s", "Иванова Мария", extra={"snils": "11223344595"})
    logging.getLogger("jobs").error("job.failed")
    no_canary(caught)
    assert [body["message"] for body in caught.bodies()] == ["library", "job.failed"]


def test_an_error_that_nobody_caught_in_a_thread_arrives(caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    thread = threading.Thread(target=failing, args=("ivanova",))
    thread.start()
    thread.join()
    assert len(caught.bodies()) == 1
    no_canary(caught)


def test_check_ins_pass_as_they_are(caught: Caught) -> None:
    sentry_sdk.crons.capture_checkin(monitor_slug="scan", status=MonitorStatus.OK, duration=1.5)
    (body,) = caught.bodies()
    assert (body["monitor_slug"], body["status"], body["duration"]) == ("scan", "ok", 1.5)


def test_a_scrubber_that_fails_is_reported_not_silent(caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_event: object) -> None:
        raise ValueError("Иванова")

    monkeypatch.setattr(sentry, "_scrubbed", broken)
    try:
        failing()
    except PatientError as error:
        sentry_sdk.capture_exception(error)
    (body,) = caught.bodies()
    assert body["message"] == "sentry.scrub_failed"
    assert body["level"] == "error"
    no_canary(caught)


def test_a_wrong_dsn_is_not_quoted() -> None:
    with pytest.raises(SentryError) as refused:
        start_sentry("https://hunter2/", release="x", environment="x")
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__
