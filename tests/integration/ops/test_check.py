"""`ers-sync check` against breakages made one at a time; РАМ is never written to."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from ers_sync import cli
from ers_sync.checks.result import Check, as_nagios
from ers_sync.checks.run import run
from ers_sync.files import data_text
from ers_sync.ledger.sealing import Seal
from ers_sync.stand.fund import keys as fund_keys
from ers_sync.stand.line import ogrn
from ers_sync.stand.pki import TestAuthority
from tests.integration.ops.conftest import SECRET, MakeSite, Site, reader, write


def bad(checks: list[Check]) -> set[str]:
    return {check.name for check in checks if not check.ok}


def test_all_is_well_and_nothing_was_written(site: Site) -> None:
    before = xids(site)

    checks = run(site.config)

    assert bad(checks) == set()
    assert len(checks) > 20
    assert all(check.name for check in checks)
    assert xids(site) == before


def xids(site: Site) -> object:
    """How many rows were written in РАМ so far; a write that was rolled back counts as well."""
    connection = psycopg2.connect(site.ram_dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select pg_stat_force_next_flush(), sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables"
            if connection.server_version >= 150000
            else "select null, sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables"
        )
        found = cursor.fetchone()
    connection.close()
    return found[1] if found else None


def replace(site: Site, old: str, new: str) -> None:
    content = site.config.read_text()
    assert old in content
    site.config.write_text(content.replace(old, new))


def soon(site: Site) -> None:
    ends = datetime.now(UTC).date() + timedelta(days=20)
    site.ledger("update ers.contract set ends = :ends where organization_id = 1", ends=ends)


def expired(site: Site) -> None:
    """A hospital has a key and a certificate of long ago."""
    whose, old = ogrn(2), site.folder / "old"
    old.mkdir()
    long_ago = datetime.now(UTC) - timedelta(days=9000)
    fund_keys.save(old, whose, TestAuthority.create("rsa", long_ago).issue("МО 2", whose, "0000000000"))
    lines = site.config.read_text().splitlines()
    for known in {line.strip(" -") for line in lines if line.endswith((f"{whose}.key.pem", f"{whose}.crt.pem"))}:
        replace(site, known, str(old / Path(known).name))


def without_index(site: Site) -> None:
    """A table large enough for the index to matter, which it has not."""
    site.ram(
        "drop index ram.exam_updated_at;"
        "insert into ram.exam (id, pregnancy_id, kind, note) select n, n, 'repeat', repeat('ё', 900) from generate_series(1, 600) n;"
        "analyze ram.exam"
    )


def fast_clock(site: Site) -> None:
    """РАМ's server is a minute ahead of this machine."""
    queries = site.folder / "queries"
    queries.mkdir()
    server = data_text("sql/ram/server.sql")
    assert server.count("now() as taken_at") == 1
    (queries / "server.sql").write_text(server.replace("now() as taken_at", "now() + interval '1 minute' as taken_at"))
    replace(site, "  dsn_file: ram-dsn", f"  dsn_file: ram-dsn\n  queries_dir: {queries}")


def evidence_of_another_key(site: Site) -> None:
    """The newest exchange was closed by a key that is not in the configuration."""
    site.ledger(
        "insert into ers.exchange (id, organization_id, operation, business_at, signed_request) values (7, 1, 'putVisit', now(), :kept)",
        kept=Seal([bytes(32)]).close(b"<x/>", 7, "signed_request"),
    )


BREAKAGES: dict[str, tuple[Callable[[Site], object], set[str]]] = {
    "unknown key": (lambda s: s.config.write_text(s.config.read_text() + "surprise: 1\n"), {"настройки"}),
    "open secret": (lambda s: (s.folder / "ram-dsn").chmod(0o644), {"файлы и их права"}),
    "no ram": (
        lambda s: write(s.folder / "ram-dsn", f"postgresql://u:{SECRET}@127.0.0.1:1/x"),
        {"РАМ: связь"},
    ),
    "odd dsn of ram": (lambda s: write(s.folder / "ram-dsn", f"postgresql//u:{SECRET}@h/x"), {"РАМ: связь"}),
    "wrong password": (
        lambda s: write(s.folder / "ram-dsn", f"postgresql://nobody:{SECRET}@{s.ram_dsn.partition('@')[2]}"),
        {"РАМ: связь"},
    ),
    "writer": (lambda s: write(s.folder / "ram-dsn", s.ram_dsn), {"РАМ: только чтение"}),
    "lacking column": (lambda s: s.ram("alter table ram.exam drop column gestation_days"), {"РАМ: столбцы"}),
    "renamed column": (
        lambda s: s.ram("alter table ram.child rename column watch_begin to began"),
        {"РАМ: столбцы"},
    ),
    "inactive hospital": (lambda s: s.ram("update ram.organization set is_active = false where id = 2"), {"МО в РАМ"}),
    "a number that is none": (
        lambda s: s.ram("update ram.organization set ogrn = '1026600000000' where id = 2"),
        {"МО в РАМ"},
    ),
    "no index": (without_index, {"РАМ: индекс updated_at"}),
    "clock of РАМ": (fast_clock, {"часы: РАМ"}),
    "no ledger": (
        lambda s: write(s.folder / "ledger-dsn", f"postgresql://u:{SECRET}@127.0.0.1:1/x"),
        {"база программы: связь"},
    ),
    "odd dsn of the ledger": (
        lambda s: write(s.folder / "ledger-dsn", f"host=h password={SECRET}"),
        {"база программы: связь"},
    ),
    "old schema": (lambda s: s.ledger("delete from ers.migration"), {"база программы: схема"}),
    "silent endpoint": (
        lambda s: replace(s, s.context.endpoints[0], "http://127.0.0.1:1/ws"),
        {"Фонд: 127.0.0.1:1"},
    ),
    "foreign certificate": (
        lambda s: s.config.write_text(swapped(s.config.read_text())),
        {"ключи и сертификаты", "подпись у Фонда"},
    ),
    "expired certificate": (expired, {"ключи и сертификаты", "подпись у Фонда"}),
    "contract ends": (soon, {"договоры"}),
    "brake": (
        lambda s: s.ledger(
            "insert into ers.brake (organization_id, kind, counted, usual) values (1, 'put_visit', 9, 1)"
        ),
        {"тормоза"},
    ),
    "backlog": (
        lambda s: (s.request(), s.ledger("update ers.request set state_since = now() - interval '5 hours'")),
        {"очередь"},
    ),
    "unknown fate": (
        lambda s: (
            s.request(state="UNKNOWN"),
            s.ledger("update ers.request set state_since = now() - interval '3 days'"),
        ),
        {"неизвестная судьба"},
    ),
    "lost key of the evidence": (evidence_of_another_key, {"ключи доказательств"}),
    "lost key of old evidence": (
        lambda s: s.ledger(
            "insert into ers.evidence_mark (keys, up_to, missing) values (:keys, 7, 3)", keys=list(s.context.seal.names)
        ),
        {"ключи доказательств"},
    ),
    "stale job": (
        lambda s: s.ledger(
            "insert into ers.job_run (job, started_at, ended_at, succeeded) select job, now() - ago, now() - ago, true "
            "from unnest(array['watch', 'scan', 'submit', 'poll', 'reconcile', 'pull', 'sweep'], "
            "array['20 minutes', '5 hours', '0', '0', '0', '0', '0']::interval[]) j (job, ago)"
        ),
        {"задания вовремя"},
    ),
    "failing job": (
        lambda s: s.ledger(
            "insert into ers.job_run (job, started_at, ended_at, succeeded) select 'scan', now(), now(), false from generate_series(1, 3)"
        ),
        {"задания вовремя"},
    ),
}


def swapped(config: str) -> str:
    """The hospitals' certificates changed places; their keys did not."""
    names = sorted(
        {line.strip(" -") for line in config.splitlines() if "1026600" in line and "key" not in line.rpartition("/")[2]}
    )
    first, second = names
    return config.replace(first, "@").replace(second, first).replace("@", second)


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_breakage_is_named_with_what_to_do(site: Site, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    breaks, named = BREAKAGES[name]
    breaks(site)

    code = cli.main(["check", "--config", str(site.config), "--json"])

    shown = capsys.readouterr()
    checks = [Check(**check) for check in json.loads(shown.out)]
    assert code == 1
    assert bad(checks) == named, [check for check in checks if not check.ok]
    assert all(check.to_do for check in checks if not check.ok)
    assert SECRET not in shown.out + shown.err


@pytest.mark.system
def test_a_disk_that_is_nearly_full_is_named(site: Site, with_own_mounts: list[str]) -> None:
    reports = site.context.config.reports.dir
    reports.mkdir(parents=True)
    check = shlex.join([sys.executable, "-m", "ers_sync.cli", "check", "--config", str(site.config), "--json"])
    script = f"mount -t tmpfs -o size=64m none {shlex.quote(str(reports))} && {check}"

    ended = subprocess.run([*with_own_mounts, script], capture_output=True, encoding="utf-8", check=False)

    assert ended.returncode == 1, ended.stderr
    (named,) = (Check(**check) for check in json.loads(ended.stdout) if not check["ok"])
    assert (named.name, named.found) == ("место на диске", "свободно 0.1 ГиБ (100%)")
    assert str(reports) in named.to_do


def test_forms_and_exit_codes(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--config", str(site.config)]) == 0
    assert "плохо: 0" in capsys.readouterr().out
    assert cli.main(["check", "--config", str(site.config), "--nagios"]) == 0
    assert capsys.readouterr().out.startswith("ERS-SYNC OK - проверок ")
    (site.folder / "ram-dsn").unlink()
    assert cli.main(["check", "--config", str(site.config)]) == 1
    assert "→" in capsys.readouterr().out
    assert cli.main(["check", "--config", str(site.config), "--nagios"]) == 2
    assert capsys.readouterr().out.startswith("ERS-SYNC CRITICAL - файлы и их права")


def test_nagios_gets_one_bar_only() -> None:
    said = as_nagios([Check("a|b", ok=False, found="c|d\ne", to_do="f")])
    assert said == "ERS-SYNC CRITICAL - a/b | checks=1 bad=1\na/b: c/d e"


@pytest.mark.parametrize(
    "right",
    [
        "alter table ram.exam owner to {role};",
        "grant delete on ram.exam to {role};",
        "grant update (note) on ram.exam to {role};",
        # by inheritance nothing, by SET ROLE all
        "create role {role}_writer; grant insert on ram.exam to {role}_writer; alter role {role} noinherit; grant {role}_writer to {role};",
        "create role {role}_owner; alter table ram.exam owner to {role}_owner; alter role {role} noinherit; grant {role}_owner to {role};",
    ],
)
def test_a_role_that_could_write_is_no_reader(make_site: MakeSite, right: str) -> None:
    site = make_site()
    reader(site, more=right)
    found = [check.found for check in run(site.config) if not check.ok]
    assert found == ["роль в РАМ может изменять ram.exam; нужна роль, у которой есть только SELECT"]


def test_a_role_that_may_become_a_superuser_is_no_reader(make_site: MakeSite) -> None:
    site = make_site()
    reader(site, more="create role {role}_boss superuser; alter role {role} noinherit; grant {role}_boss to {role};")
    assert [check.found for check in run(site.config) if not check.ok] == [
        "роль в РАМ — суперпользователь; нужна роль, у которой есть только SELECT"
    ]
