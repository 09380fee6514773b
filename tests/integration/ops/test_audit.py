"""Who has looked at what by the command line, without a patient's data; and the exchanges of one request, byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path

import pytest
import yaml

from ers_sync import daemon
from ers_sync.cli import main
from ers_sync.commands.audit import LISTED
from ers_sync.stand.line import snils
from tests.integration.ops.conftest import MakeSite, Site

SURNAME = "Щукина-Тестова"


@pytest.fixture
def site(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SUDO_USER", "ivanova")
    return make_site()


def told(site: Site, *words: str) -> int:
    return main([*words, "--config", str(site.config)])


def test_what_is_shown_and_changed_is_recorded_and_by_whom(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = site.request(state="READY")
    monkeypatch.setattr(sys, "stdin", io.StringIO(snils(7)))
    told(site, "requests", "list", "--patient", "--state", "READY", "--since", "2026-03-01")
    told(site, "requests", "show", str(request))
    told(site, "requests", "hold", str(request), "--reason", f"{SURNAME} просила")
    told(site, "requests", "cancel", "999", "--yes", "--reason", f"{SURNAME} просила")
    told(site, "contracts", "import", str(tmp_path / f"{SURNAME}.xlsx"))
    told(site, "report", "--by", "patient", "--hospital", "1")
    told(site, "job", "watch")
    told(site, "evidence", str(request), "--dir", str(tmp_path / SURNAME))
    for looking_at_nothing_personal in (("status",), ("check",), ("contracts", "list"), ("audit",)):
        told(site, *looking_at_nothing_personal)
    capsys.readouterr()

    assert told(site, "audit", "--json") == 0
    text = capsys.readouterr().out
    assert {(row["operator"], bool(row["host"])) for row in json.loads(text)} == {("ivanova", True)}
    assert [(row["command"], row["arguments"]) for row in json.loads(text)] == [
        ("requests list", {"patient": True, "state": "READY", "since": "2026-03-01", "limit": 50}),
        ("requests show", {"id": request}),
        ("requests hold", {"id": request, "reason": "указано"}),
        ("requests cancel", {"id": 999, "reason": "указано"}),
        ("contracts import", {"file": "указано"}),
        ("report", {"by": "patient", "period": "month", "subject": "sent", "hospital": 1}),
        ("job", {"name": "watch"}),
        ("evidence", {"id": request, "dir": "указано"}),
    ]
    assert SURNAME not in str(site.ledger("select arguments from ers.audit"))
    assert told(site, "audit", "--since", "2999-01-01", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_another_configuration_is_recorded_when_it_comes_into_force(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(daemon, "run", lambda _: None)
    assert told(site, "run") == told(site, "run") == 0
    values = yaml.safe_load(site.config.read_text(encoding="utf-8"))
    values["stop_grace_seconds"] = 7
    values["schedule"] = {"scan_minutes": 3}
    site.config.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    assert told(site, "run") == 0
    capsys.readouterr()
    told(site, "audit", "--json")
    first, second = json.loads(capsys.readouterr().out)
    assert {"hospitals", "schedule", "stop_grace_seconds"} < set(first["arguments"]["changed"])
    assert second["arguments"]["changed"] == ["schedule", "stop_grace_seconds"]
    told(site, "audit")
    shown = capsys.readouterr().out
    assert "changed: schedule stop_grace_seconds" in " ".join(shown.split())
    assert "sections" not in shown


def test_the_evidence_of_a_request_for_a_court(site: Site, tmp_path: Path) -> None:
    request = site.request(state="DONE")
    seal, id_ = site.context.seal, 20260300000000001
    values = {"signed_request": b"<signed/>", "wire_answer": b"\xffwire"}
    site.ledger(
        "insert into ers.exchange (id, request_id, organization_id, operation, business_at, outcome, signed_request, wire_answer) "
        "values (:id, :request, 1, 'putVisit', '2026-03-16', 'ANSWERED', :signed_request, :wire_answer)",
        id=id_,
        request=request,
        **{name: seal.close(value, id_, name) for name, value in values.items()},  # type: ignore[arg-type] # columns in a table
    )
    folder = tmp_path / "court"
    assert told(site, "evidence", str(request), "--dir", str(folder)) == 0
    names = {f"{id_}.putVisit.request.signed.xml": b"<signed/>", f"{id_}.putVisit.answer.wire.xml": b"\xffwire"}
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name != LISTED} == names
    [line] = json.loads((folder / LISTED).read_text())
    assert line["sha256"] == {name: hashlib.sha256(data).hexdigest() for name, data in names.items()}
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    # not over what is there already
    assert told(site, "evidence", str(request), "--dir", str(folder)) == 1
