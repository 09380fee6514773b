"""Women who are planted in every field of РАМ, and every kind of failure: what the daemon and the commands say of it names nobody.

Only the ledger, the evidence and the reports may have a patient's data (docs/house-rules.md). Everything here is a real process that logs
at DEBUG and without the mask, so that it is the rule that holds and not its last resort.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg2
import pytest

from ers_sync.stand.line import insert, snils, woman
from tests.faults.conftest import OpenLine
from tests.faults.support import NOW, QUICK, exam, until
from tests.faults.watched import Watched, listening
from tests.integration.ops.receivers import Envelopes, MailServer

ROOT = "Щурик"  # begins every word that is planted
BIRTH = "1987-02-13"
OTHER_FORMS = ("13.02.1987", "date(1987, 2, 13)")
LISTENER = "import sys; open(sys.argv[1], 'a', encoding='utf-8').write(sys.stdin.buffer.read().decode())"
NOT_OURS = "fund"  # what the stand-in keeps


class Bird:
    """A woman with one pregnancy, planted in every field of РАМ."""

    def __init__(self, id_: int, organization: int = 1) -> None:
        self.id, self.organization = id_, organization
        self.snils, self.doctor_snils = snils(50_000_000 + id_), snils(60_000_000 + id_)
        self.policy, self.child_policy = f"77{id_:014d}", f"78{id_:014d}"

    def canaries(self) -> list[str]:
        """What names her in figures; in words ROOT does."""
        dashed = [
            f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}" for number in (self.snils, self.doctor_snils)
        ]
        return [self.snils, self.doctor_snils, self.policy, self.child_policy, *dashed]

    def card(self, **values: object) -> str:
        """Her card."""
        words = "last_name", "first_name", "patronymic", "address", "id_doc_series", "id_doc_number", "id_doc_issuer"
        known = {"snils": self.snils, "oms_policy_number": self.policy, "birth_date": BIRTH}
        return woman(self.id, **self._words(*words) | known | values)

    def history(self) -> str:
        """Her doctor and pregnancy, exams with a note, how it ended, the newborn, and the child that a clinic observes."""
        id_, at = self.id, self.organization
        own = {"pregnancy_id": id_, "organization_id": at, "doctor_id": id_, "deleted": False}
        seen = {"organization_id": at, "doctor_id": id_, **self._words("note")}
        names = self._words("last_name", "first_name", "patronymic")
        cards = self._words("exchange_card_number", "sick_leave_number")
        doctor = {"organization_id": at, "snils": self.doctor_snils, **names, **self._words("position")}
        born = {"occurred_at": "2026-03-10 10:00", "gestation_days": 230, **self._words("mother_death_reason")}
        child = {"oms_policy_number": self.child_policy, "birth_date": BIRTH, "half_year": 1, **names}
        return (
            insert("doctor", id=id_, **doctor)
            + insert("pregnancy", id=id_, patient_id=id_, organization_id=at, fetus_count=1, **cards)
            + exam(id_ + 1, id_, "primary", 60, **seen)
            + exam(id_ + 2, id_, "repeat", 91, **seen)
            + insert("outcome", id=id_ + 3, kind="delivery", **own, **born)
            + insert("newborn", id=id_ + 4, outcome_id=id_ + 3, ordinal=1, **self._words("death_reason"))
            + insert("child", id=id_ + 5, **own, **child)
        )

    def word(self, what: str) -> str:
        """Return a word of hers that tells the field."""
        return f"{ROOT}{what}{self.id}"

    def _words(self, *columns: str) -> dict[str, object]:
        return {column: self.word(column) for column in columns}


def quoted(said: dict[str, bytes], birds: list[Bird]) -> list[tuple[str, str]]:
    """Return (where, with what around it) of everything personal that is found, however it is written."""
    canaries = [ROOT, BIRTH, *OTHER_FORMS, *(canary for bird in birds for canary in bird.canaries())]
    forms = {form for canary in canaries for form in _forms(canary)}
    return [
        (where, content[max(0, at - 150) : at + 80].decode(errors="replace"))
        for where, content in said.items()
        for form in forms
        if (at := content.find(form)) >= 0
    ]


def _forms(text: str) -> set[bytes]:
    bytes_ = {text.encode(), text.upper().encode(), text.lower().encode(), text.encode("cp1251"), text.encode("utf-16")}
    return bytes_ | {ascii(text)[1:-1].encode(), json.dumps(text)[1:-1].encode(), quote(text).encode()}


def test_a_canary_is_found_however_it_is_written() -> None:
    bird = Bird(1000)
    ways = (f"x{ROOT.upper()}y", json.dumps(ROOT), repr(bird.word("note")), quote(ROOT), bird.canaries()[-1], BIRTH)
    assert all(quoted({"said": way.encode()}, [bird]) for way in ways)
    assert quoted({"said": b"request=1000 " + snils(1).encode()}, [bird]) == []


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
        server.shutdown()


@pytest.fixture
def sentry() -> Iterator[Envelopes]:
    with Envelopes() as server:
        yield server
        server.shutdown()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def site(open_a_line: OpenLine, post: MailServer, sentry: Envelopes, port: int, tmp_path: Path) -> Iterator[Watched]:
    secret = tmp_path / "sentry-dsn"
    secret.touch(0o600)
    secret.write_text(sentry.dsn)
    mail = {"host": "127.0.0.1", "port": post.port, "sender": "ers@region.example", "to": ["duty@region.example"]}
    command = [sys.executable, "-c", LISTENER, str(tmp_path / "heard")]
    alerts = {"mail": mail, "command": command, "sentry_dsn_file": "sentry-dsn"}
    metrics = {"textfile": str(tmp_path / "ers.prom"), "port": port}
    schedule = QUICK["schedule"] | {"scan_minutes": 0.02, "poll_seconds": 0.5, "reconcile_minutes": 1}
    watched = Watched(
        open_a_line(changes=QUICK | {"schedule": schedule} | {"alerts": alerts, "metrics": metrics}), tmp_path
    )
    yield watched
    watched.close()


def _has_said(site: Watched, words: str) -> bool:
    return words in site.said()


def ledger_errors(site: Watched, bird: Bird) -> None:
    """PostgreSQL refuses a row of the ledger, and quotes it in the DETAIL of its error."""
    site.line.ledger(f"alter table ers.pregnancy add constraint none check (id <> {bird.id})")
    site.line.ram(bird.card() + bird.history())
    until(lambda: "pregnancy.put_off" in site.said() or "job.failed job=scan" in site.said(), "a refused row")


def ram_errors(site: Watched) -> None:
    """PostgreSQL quotes a value of РАМ in the text of its error."""
    site.line.ram(
        "alter table ram.doctor rename to doctor_kept; create view ram.doctor as "
        "select xmin, id, organization_id + cast(last_name as int) as organization_id, last_name, first_name, patronymic, snils, position, "
        "updated_at from ram.doctor_kept; update ram.exam set updated_at = clock_timestamp();"
    )
    with pytest.raises(psycopg2.Error, match=ROOT):
        site.line.ram("select organization_id from ram.doctor")
    until(lambda: "job.failed job=scan" in site.said(), "a scan that fails")


def test_nothing_personal_is_said_whatever_fails(
    site: Watched, post: MailServer, sentry: Envelopes, port: int, tmp_path: Path
) -> None:
    line = site.line
    birds = [Bird(1000), Bird(2000), Bird(3000, organization=2), Bird(4000), Bird(5000)]
    faulted, poison, refused, unreadable, forbidden = birds
    (tmp_path / "reports").write_text("not a folder: no report can be written")
    line.ram("".join(bird.card() + bird.history() for bird in (faulted, poison, refused)))
    line.ram(unreadable.card(birth_date="20215-01-01") + unreadable.history())
    # the Fund's 1204 quotes the contract that it does not know
    line.ledger("update ers.contract set number = :text where organization_id = 2", text=f"{ROOT} 1")
    line.run("scan")
    line.ledger(
        "update ers.request set content = jsonb_set(content, '{person,birth_date}', to_jsonb(cast(:text as text))) "
        "where pregnancy_id = :id and kind = 'create_ers'",
        id=poison.id,
        text=poison.word("broken"),
    )
    behaviour = {"behaviour": "fault_invalid_data", "operations": ["putVisit"], "says": faulted.word("fault")}
    line.fund.behave(behaviour)

    daemon = site.start("run", "--at", NOW.isoformat())
    wanted = ("request.quarantined request", "job.failed job=report", "ram.bad_row", "no_contract=1")
    for words in wanted:
        until(partial(_has_said, site, words), words)
    until(lambda: len(line.requests(state="QUARANTINED")) == 2, "the Fund's fault", seconds=60)
    assert listening(daemon.pid) == [f"tcp 0100007F:{port:04X}"]
    figures = httpx.get(f"http://127.0.0.1:{port}/metrics").content
    ledger_errors(site, forbidden)
    ram_errors(site)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0
    for command in ("job watch", "job sweep", "status", "check", f"diagnose {tmp_path / 'diagnosis.json'}"):
        site.command(*command.split())

    kept = ("incident", "notice", "job_run", "audit")
    texts: dict[str, Any] = {f"ers.{table}": line.ledger(f"select * from ers.{table}") for table in kept}  # noqa: S608
    texts |= {"letters": [str(letter) for _, letter in post.letters]}
    said = {name: json.dumps(value, ensure_ascii=False, default=str).encode() for name, value in texts.items()}
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.relative_to(tmp_path).parts[0] != NOT_OURS]
    said |= {str(path): path.read_bytes() for path in files} | site.watcher.seen
    said |= {"figures": figures, "sentry": b"".join(sentry.received)}
    assert all(said.values())
    assert quoted(said, birds) == []
    told = [row["information"] or "" for row in line.ledger("select information from ers.exchange")]
    assert quoted({"evidence": "".join(told).encode()}, birds)


def test_a_daemon_listens_on_nothing_unless_it_is_told_to(open_a_line: OpenLine, tmp_path: Path) -> None:
    watched = Watched(open_a_line(), tmp_path)
    daemon = watched.fork("run", "--at", NOW.isoformat())
    until(lambda: "action=job.done" in watched.said(), "a job that has ended")
    assert listening(daemon.pid or 0) == []
    watched.close()
