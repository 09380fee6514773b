"""What counts as an incident: found from the ledger, opened once, made worse, closed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ers_sync.watching.keep import GONE_RUNS, SLOWER
from tests.integration.ops.conftest import MakeSite, Site

# a Monday, 12:00 in Yekaterinburg
NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
TODAY_ENDS = datetime(2026, 3, 16, 18, 59, 59, tzinfo=UTC)


def job(site: Site, name: str, ago: str, *, ended: bool = True, well: bool = True, many: int = 1) -> object:
    return site.ledger(
        "insert into ers.job_run (job, started_at, ended_at, succeeded) "
        "select :job, now() - cast(:ago as interval), case when :ended then now() - cast(:ago as interval) end, "
        "case when :ended then :well end from generate_series(1, :many)",
        job=name,
        ago=ago,
        ended=ended,
        well=well,
        many=many,
    )


def state_since(site: Site, ago: str) -> object:
    return site.ledger("update ers.request set state_since = now() - cast(:ago as interval)", ago=ago)


def held(reason: str) -> Callable[[Site], object]:
    return lambda s: s.request(state="HELD", reason=reason, organization_id=2)


def outage(site: Site, *, announced: bool) -> object:
    return site.ledger(
        "insert into ers.outage (endpoint, cause, announced) values ('https://f.example:1/w?x', 'T', :a)", a=announced
    )


def outage_ended(site: Site, ago: str) -> object:
    outage(site, announced=True)
    return site.ledger("update ers.outage set ended_at = now() - cast(:ago as interval)", ago=ago)


def finding(site: Site, *, money: bool) -> None:
    id_ = site.request(state="DONE", kind="put_ticket1")
    site.ledger(
        "insert into ers.finding (pregnancy_id, request_id, code, money) values (1, :id, 'diverges', :money)",
        id=id_,
        money=money,
    )


def contract(site: Site, ends: str, *, following: bool = False) -> None:
    site.ledger(
        "update ers.contract set ends = cast(:ends as date) where organization_id = 2 and kind = '1'", ends=ends
    )
    if following:
        site.ledger(
            "insert into ers.contract (organization_id, kind, number, begins, set_by) "
            "values (2, '1', 'next', cast(:ends as date) + 1, 'x')",
            ends=ends,
        )


REFUSAL = "insert into ers.refusal (organization_id, what, fingerprint, probe_after) values (2, '{}', 'x', now() + interval '1 day')"
FOUND: dict[str, tuple[Callable[[Site], object], list[str]]] = {
    "nothing": (lambda s: s.request(), []),
    "outage": (lambda s: outage(s, announced=True), ["outage:f.example:1"]),
    "an outage that no probe confirmed": (lambda s: outage(s, announced=False), []),
    "young backlog": (lambda s: (s.request(), state_since(s, "59 minutes")), []),
    "old backlog": (lambda s: (s.request(), state_since(s, "61 minutes")), ["backlog"]),
    "a backlog of an outage is no second incident": (
        lambda s: (s.request(), state_since(s, "61 minutes"), outage(s, announced=True)),
        ["outage:f.example:1"],
    ),
    "a backlog that an outage has left": (
        lambda s: (s.request(), state_since(s, "9 hours"), outage_ended(s, "59 minutes")),
        [],
    ),
    "a backlog that stays after an outage": (
        lambda s: (s.request(), state_since(s, "9 hours"), outage_ended(s, "61 minutes")),
        ["backlog"],
    ),
    "no backlog after an outage": (lambda s: outage_ended(s, "61 minutes"), []),
    "deadline in five hours": (lambda s: s.request(deadline=NOW + timedelta(hours=5)), []),
    "deadline in three hours": (
        lambda s: s.request(deadline=NOW + timedelta(hours=3), organization_id=2),
        ["deadline:2:2026-03-16"],
    ),
    "deadline of what was sent": (
        lambda s: s.request(deadline=NOW, state="REGISTERED", first_sent_at=NOW - timedelta(days=1)),
        [],
    ),
    "deadline of another's hospital": (lambda s: s.request(deadline=NOW, organization_id=99), []),
    "fate within the grace": (lambda s: (s.request(state="UNKNOWN"), state_since(s, "25 hours")), []),
    "fate beyond the grace": (lambda s: (s.request(state="UNKNOWN"), state_since(s, "27 hours")), ["unknown_fate"]),
    "no contract": (held("no_contract"), ["no_contract:2"]),
    "missing data is the hospital's daily bread": (held("missing_data"), []),
    "refused contract": (
        lambda s: (held("no_contract")(s), s.ledger(REFUSAL.format("1"))),
        ["contract_refused:2:1"],
    ),
    "refused key": (lambda s: s.ledger(REFUSAL.format("key")), ["no_key:2:refused"]),
    "contract ends in 31 days": (lambda s: contract(s, "2026-04-16"), []),
    "contract ends in 30 days": (lambda s: contract(s, "2026-04-15"), ["contract_ends:2:1:2026-04-15"]),
    "contract with a successor": (lambda s: contract(s, "2026-03-20", following=True), []),
    "brake": (
        lambda s: s.ledger(
            "insert into ers.brake (organization_id, kind, counted, usual) values (2, 'annul_visit', 9, 1)"
        ),
        ["brake:2:annul_visit"],
    ),
    "released brake": (
        lambda s: s.ledger(
            "insert into ers.brake (organization_id, kind, counted, usual, released_at) values (2, 'annul_visit', 9, 1, now())"
        ),
        [],
    ),
    "quarantined": (lambda s: s.request(state="QUARANTINED"), ["quarantined"]),
    "unreadable": (
        lambda s: s.ledger("insert into ers.rework (pregnancy_id, failures) values (5, 3), (6, 2)"),
        ["unreadable"],
    ),
    "money": (lambda s: finding(s, money=True), ["divergence:1"]),
    "no money": (lambda s: finding(s, money=False), []),
    "two failures": (lambda s: job(s, "scan", "1 minute", well=False, many=2), []),
    "three failures": (lambda s: job(s, "scan", "1 minute", well=False, many=3), ["job_failing:scan"]),
    "failures before a success": (
        lambda s: (job(s, "scan", "9 minutes", well=False, many=3), job(s, "scan", "1 minute")),
        [],
    ),
    "one report failed": (lambda s: job(s, "report", "1 minute", well=False), ["report_failed"]),
    "hung": (lambda s: job(s, "pull", "4 hours", ended=False), ["job_hung:pull"]),
    "a run of a daemon that died": (
        lambda s: (job(s, "pull", "4 hours", ended=False), job(s, "pull", "1 minute")),
        [],
    ),
    "late, but the daemon has just begun": (lambda s: job(s, "scan", "5 hours"), []),
    "late": (
        lambda s: (
            job(s, "watch", "15 minutes"),
            job(s, "scan", "5 hours"),
            *(job(s, name, "1 minute") for name in ("submit", "poll", "reconcile", "pull", "report", "sweep")),
        ),
        ["job_late:scan"],
    ),
    "restored": (
        lambda s: s.ledger("update ers.lineage set age = 1, doubted_until = '2026-03-17'"),
        ["restored:1"],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_an_incident(make_site: MakeSite, name: str) -> None:
    site = make_site(NOW)
    site.watch()
    site.ledger("delete from ers.job_run")
    assert site.incidents() == []
    arrange, keys = FOUND[name]
    arrange(site)

    site.watch()

    assert site.incidents() == keys


def test_in_mode_dry_nothing_is_late(make_site: MakeSite) -> None:
    site = make_site(NOW, mode="dry")
    site.request(deadline=NOW)
    state_since(site, "9 hours")
    outage(site, announced=True)
    site.watch()
    assert site.incidents() == []


def test_keys_end_and_are_announced_at_30_14_and_7_days(make_site: MakeSite) -> None:
    ends = make_site().context.keyring.fund[0].not_after  # all keys of a test site end on one day
    levels = {}
    for days in (31, 30, 15, 14, 7, -1):
        site = make_site(ends - timedelta(days=days) + timedelta(minutes=1))
        site.watch()
        found = site.ledger("select key, level from ers.incident order by key")
        levels[days] = sorted(
            {(row["key"].partition(":")[0], row["level"]) for row in found if "contract" not in row["key"]}
        )
    assert levels == {
        31: [],
        30: [("key_ends", 0)],
        15: [("key_ends", 0)],
        14: [("key_ends", 1)],
        7: [("key_ends", 2)],
        -1: [("fund_certificate", 0), ("no_key", 0)],
    }


def test_one_row_from_beginning_to_end_and_worse_once(make_site: MakeSite) -> None:
    site = make_site(NOW, alerts={"command": ["/bin/true"]})
    id_ = site.request(deadline=NOW + timedelta(hours=1))
    site.watch(3)
    site.ledger("update ers.request set deadline = :at where id = :id", at=NOW - timedelta(hours=1), id=id_)
    site.watch(3)
    site.ledger("update ers.request set first_sent_at = now() where id = :id", id=id_)
    site.watch(GONE_RUNS - 1)
    assert len(site.incidents()) == 1
    site.watch()
    assert site.incidents() == []
    assert [row["event"] for row in site.ledger("select event from ers.notice order by id")] == [
        "opened",
        "worse",
        "closed",
    ]


def test_what_comes_and_goes_is_told_less_and_less(make_site: MakeSite) -> None:
    site = make_site(NOW, alerts={"command": ["/bin/true"]})
    for _ in range(20):
        outage(site, announced=True)
        site.watch()
        site.ledger("update ers.outage set ended_at = now()")
        site.watch(GONE_RUNS)
    told = site.ledger("select event, count(*) as n from ers.notice group by event order by event")
    rounds = {row["event"]: row["n"] for row in told}
    assert rounds == {"opened": 2, "closed": 1}
    site.watch(GONE_RUNS * SLOWER)
    assert site.incidents() == []
