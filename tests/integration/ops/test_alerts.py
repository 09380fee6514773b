"""What the on-call gets: real letters, a real program, Sentry's protocol to a real receiver. And nothing of a patient in any of it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk

from ers_sync.watching.incident import WORDS, Code
from tests.integration.ops.conftest import MakeSite, Site
from tests.integration.ops.receivers import Envelopes, Kent, MailServer, kent

NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
DUTY, CLINIC = "duty@region.example", "mo2@hospital.example"
CANARIES = ("Канарейкина", "Жозефина", "11223344595", "112-233-445 95", "Канареечная", "6699887766554433")


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
        server.shutdown()


def mail(post: MailServer) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": post.port, "sender": "ers@region.example", "to": [DUTY]}


def body(letter: Any) -> str:
    return str(letter.get_content())


def brake(site: Site, hospital: int, kind: str = "put_visit") -> None:
    site.ledger(
        "insert into ers.brake (organization_id, kind, counted, usual) values (:id, :kind, 40, 2)",
        id=hospital,
        kind=kind,
    )


def test_one_letter_says_all_and_one_that_it_is_over(make_site: MakeSite, post: MailServer) -> None:
    site = make_site(NOW, alerts={"mail": mail(post)})
    brake(site, 1)
    brake(site, 2)
    site.request(state="QUARANTINED")

    site.watch(3)

    (letter,) = post.to(DUTY)
    said = body(letter)
    assert letter["Subject"] == "[ers-sync] утром: Сработал тормоз и ещё 1"
    assert said.count("НАЧАЛОСЬ: Сработал тормоз") == 1
    for hospital in (1, 2):
        assert f"  – ГБУЗ СО «Городская больница» № {hospital} (МО {hospital}): put_visit" in said
    for code in (Code.BRAKE, Code.QUARANTINED):
        words = WORDS[code]
        for part in (
            f"Срочность: {words.urgency}\n",
            words.means,
            words.by_itself,
            words.to_do,
            f"docs/runbook.md#{code}",
        ):
            assert part in said

    site.ledger("update ers.brake set released_at = now()")
    site.watch(4)

    assert len(post.to(DUTY)) == 2
    assert post.to(DUTY)[1]["Subject"] == "[ers-sync] закончилось: Сработал тормоз"
    assert "НАЧАЛОСЬ" not in body(post.to(DUTY)[1])


def test_a_hospital_gets_its_own_and_no_others(make_site: MakeSite, post: MailServer) -> None:
    site = make_site(NOW, alerts={"mail": mail(post)})
    content = site.config.read_text()
    at = content.index("- id: 2")
    site.config.write_text(content[:at] + content[at:].replace("- id: 2", f"- id: 2\n  alerts_to: {CLINIC}", 1))
    site = reopened(site)
    brake(site, 1)
    site.watch()
    assert post.to(CLINIC) == []
    brake(site, 2, "annul_visit")
    site.watch()
    (letter,) = post.to(CLINIC)
    assert "(МО 2)" in body(letter)
    assert "(МО 1)" not in body(letter)
    assert len(post.to(DUTY)) == 2
    site.context.close()


def reopened(site: Site) -> Site:
    from ers_sync.clock import Clock
    from ers_sync.config import load
    from ers_sync.context import build

    site.context.close()
    return Site(site.folder, site.config, site.ram_dsn, site.ledger_dsn, build(load(site.config), Clock(NOW)))


def test_what_could_not_be_delivered_is_tried_again_and_stops_nothing(
    make_site: MakeSite, post: MailServer, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    site = make_site(NOW, alerts={"mail": mail(post), "command": listener(heard)})
    post.refuses = True
    brake(site, 1)
    site.watch(2)
    assert post.letters == []
    assert heard.read_text().count("НАЧАЛОСЬ") == 1  # the other way went on, and once
    assert [run["succeeded"] for run in site.ledger("select succeeded from ers.job_run where job = 'watch'")] == [
        True
    ] * 2

    post.refuses = False
    site.watch(2)

    assert len(post.to(DUTY)) == 1
    assert heard.read_text().count("НАЧАЛОСЬ") == 1


def listener(heard: Path) -> list[str]:
    program = "import sys; open(sys.argv[1], 'a', encoding='utf-8').write(sys.stdin.buffer.read().decode())"
    return [sys.executable, "-c", program, str(heard)]


def test_a_program_that_fails_is_tried_again(make_site: MakeSite, tmp_path: Path) -> None:
    flag = tmp_path / "works"
    program = ["/bin/sh", "-c", f'test -e "{flag}" && cat > "{flag}.heard"']
    site = make_site(NOW, alerts={"command": program})
    brake(site, 1)
    site.watch()
    flag.touch()
    site.watch()
    assert (tmp_path / "works.heard").read_text().startswith("[ers-sync] утром: Сработал тормоз\n\nНАЧАЛОСЬ")


def test_many_of_a_kind_are_cut_short(make_site: MakeSite, post: MailServer) -> None:
    site = make_site(NOW, alerts={"mail": mail(post)})
    for days in range(60):
        site.request(deadline=NOW - timedelta(days=days, hours=1))
    site.watch()
    (letter,) = post.to(DUTY)
    assert len([line for line in body(letter).splitlines() if line.startswith("  – ")]) == 21
    assert "и ещё 40" in body(letter)


@pytest.fixture(scope="module")
def sentry_server() -> Iterator[Kent]:
    with kent() as server:
        yield server


@pytest.fixture
def _sentry_apart() -> Iterator[None]:
    yield
    sentry_sdk.get_client().close(timeout=0)
    sentry_sdk.init()


@pytest.mark.usefixtures("_sentry_apart")
def test_sentry_gets_an_issue_an_incident_and_check_ins(
    make_site: MakeSite, sentry_server: Kent, tmp_path: Path
) -> None:
    secret(tmp_path / "sentry-dsn", sentry_server.dsn)
    site = make_site(NOW, alerts={"sentry_dsn_file": "sentry-dsn"})
    brake(site, 1)
    site.watch(2)
    sentry_sdk.flush(10)

    bodies = sentry_server.bodies()

    alerts = [found for found in bodies if found.get("logger") == "ers_sync.alerts"]
    assert [found["fingerprint"] for found in alerts] == [["incident", "brake:1:put_visit"]]
    assert alerts[0]["tags"] == {"code": "brake", "event": "opened"}
    assert WORDS[Code.BRAKE].to_do in alerts[0]["message"]
    slugs = {found["monitor_slug"]: found["status"] for found in bodies if "monitor_slug" in found}
    assert slugs == {"ers-sync-watch": "ok"}


@pytest.mark.usefixtures("_sentry_apart")
def test_a_sentry_that_is_away_is_tried_again(make_site: MakeSite, tmp_path: Path) -> None:
    secret(tmp_path / "sentry-dsn", "http://public@127.0.0.1:1/1")
    site = make_site(NOW, alerts={"sentry_dsn_file": "sentry-dsn"})
    brake(site, 1)
    site.watch()
    assert [row["delivered_at"] for row in site.ledger("select delivered_at from ers.notice")] == [None]


@pytest.mark.usefixtures("_sentry_apart")
def test_a_sentry_that_is_slow_has_been_told(make_site: MakeSite, tmp_path: Path) -> None:
    with Envelopes(seconds=0.4) as server:
        secret(tmp_path / "sentry-dsn", server.dsn)
        site = make_site(NOW, alerts={"sentry_dsn_file": "sentry-dsn"})
        brake(site, 1)
        site.watch(2)
        sentry_sdk.flush(10)
        told = [envelope for envelope in server.received if b"brake:1:put_visit" in envelope]
        server.shutdown()
    assert len(told) == 1
    assert all(row["delivered_at"] for row in site.ledger("select delivered_at from ers.notice"))


def secret(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


class Pinged(BaseHTTPRequestHandler):
    count = 0

    def do_GET(self) -> None:
        type(self).count += 1
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_dead_mans_switch_hears_of_every_run_that_went_well(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pinged)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = make_site(NOW, alerts={"ping_url": f"http://127.0.0.1:{server.server_port}/x"})
    site.watch(2)
    assert Pinged.count == 2
    monkeypatch.setattr("ers_sync.watching.find.present", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        site.watch()
    assert Pinged.count == 2
    server.shutdown()
    server.server_close()
    monkeypatch.undo()
    site.watch()  # nobody listens: that stops nothing


@pytest.mark.usefixtures("_sentry_apart")
def test_nothing_of_a_patient_is_in_any_alert_metric_or_log(
    make_site: MakeSite,
    post: MailServer,
    sentry_server: Kent,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard, figures = tmp_path / "heard", tmp_path / "ers.prom"
    secret(tmp_path / "sentry-dsn", sentry_server.dsn)
    alerts = {"mail": mail(post), "command": listener(heard), "sentry_dsn_file": "sentry-dsn"}
    site = make_site(NOW, alerts=alerts, metrics={"textfile": str(figures)})
    site.ledger(
        "insert into ers.pregnancy (id, is_open, last_name, first_name, snils, policy, unclear) "
        "values (1, true, 'Канарейкина', 'Жозефина', '11223344595', '6699887766554433', 'Канарейкина')"
    )
    details = json.dumps([{"column": "patient.address", "text": "Канарейкина ул. Канареечная"}], ensure_ascii=False)
    content = json.dumps({"person": {"last_name": "Канарейкина", "snils": "112-233-445 95"}}, ensure_ascii=False)
    marked = {"details": details, "content": content}
    for state, reason in (("QUARANTINED", None), ("HELD", "no_contract"), ("UNKNOWN", None), ("READY", None)):
        site.request(state=state, reason=reason, deadline=NOW, organization_id=2, **marked)
    site.ledger("update ers.request set state_since = now() - interval '9 days'")
    id_ = site.request(state="DONE", kind="put_ticket1", **marked)
    site.ledger(
        "insert into ers.finding (pregnancy_id, request_id, code, money) values (1, :id, 'diverges', true)", id=id_
    )
    site.ledger(
        "insert into ers.exchange (request_id, organization_id, operation, business_at, outcome, information) "
        "values (:id, 2, 'putVisit', now(), 'ANSWERED', 'Канарейкина Жозефина')",
        id=id_,
    )
    brake(site, 2)

    site.watch()
    sentry_sdk.flush(10)

    letters = "".join(f"{letter['Subject']}{body(letter)}" for letter in post.to(DUTY))
    sentry = json.dumps(sentry_server.bodies(), ensure_ascii=False)
    said = {
        "letter": letters,
        "program": heard.read_text(),
        "sentry": sentry,
        "figures": figures.read_text(),
        "log": caplog.text,
    }
    assert all(said.values())
    assert letters.count("НАЧАЛОСЬ") >= 6
    kept = json.dumps(site.ledger("select * from ers.incident"), ensure_ascii=False, default=str)
    for name, text in (said | {"kept": kept}).items():
        assert [canary for canary in CANARIES if canary in text] == [], name
    assert figures.stat().st_mode & 0o777 == 0o644
