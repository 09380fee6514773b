"""`ers-sync diagnose`: one file for support, with nothing personal in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ers_sync import cli
from tests.integration.ops.conftest import SECRET, Site


def test_diagnose_says_much_and_nothing_of_a_person(site: Site) -> None:
    canaries = ["Канарейкина", "Жозефина", "11223344595", "ул. Канареечная", "6699887766554433", "кан@рейка"]
    site.ledger(
        "insert into ers.pregnancy (id, is_open, last_name, first_name, snils, policy, unclear) "
        "values (7, true, 'Канарейкина', 'Жозефина', '11223344595', '6699887766554433', 'Канарейкина')"
    )
    details = json.dumps([{"column": "patient.address", "text": "Канарейкина ул. Канареечная"}], ensure_ascii=False)
    content = json.dumps({"person": {"last_name": "Канарейкина", "snils": "11223344595"}}, ensure_ascii=False)
    id_ = site.request(pregnancy_id=7, state="QUARANTINED", reason="Канарейкина", details=details, content=content)
    site.ledger("update ers.request set reason = null where id = :id", id=id_)
    site.ledger(
        "insert into ers.exchange (request_id, organization_id, operation, business_at, outcome, information) "
        "values (:id, 1, 'putVisit', now(), 'ANSWERED', 'Канарейкина Жозефина кан@рейка')",
        id=id_,
    )
    site.ledger("insert into ers.decision (operator, action, about, reason) values ('x', 'y', 'z', 'Канарейкина')")
    target = site.folder / "support.json"

    assert cli.main(["diagnose", str(target), "--config", str(site.config)]) == 0

    said = target.read_text()
    found = json.loads(said)
    assert [canary for canary in [*canaries, SECRET, os.fspath(site.folder / "ram-dsn")] if canary in said] == []
    assert found["ledger"]["requests"] == [{"kind": "put_visit", "state": "QUARANTINED", "many": 1}]
    assert found["versions"]["packages"]["zeep"]
    assert {check["name"] for check in found["checks"] if not check["ok"]} == {"ошибки программы"}


def test_diagnose_of_a_site_that_does_not_work(tmp_path: Path) -> None:
    target = tmp_path / "support.json"
    assert cli.main(["diagnose", str(target), "--config", str(tmp_path / "none.yaml")]) == 0
    assert json.loads(target.read_text())["stopped_at"] == "ConfigError"
