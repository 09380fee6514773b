"""A week of troubles: each is told once when it begins and once when it is over, and nothing else is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ers_sync.clock import Clock
from ers_sync.running import run_job
from ers_sync.stand.later import pass_time
from tests.integration.ops.conftest import MakeSite, Site

ZONE = ZoneInfo("Asia/Yekaterinburg")
MONDAY = datetime(2026, 3, 16, tzinfo=ZONE)
STEP = timedelta(hours=2)
JOBS = ("scan", "submit", "poll", "reconcile", "pull", "report", "sweep")
# what `pass_time` leaves alone, because nothing waits for it; here it is what the alerts count by
HISTORY = {"job_run": ("started_at", "ended_at"), "incident": ("opened_at", "closed_at"), "outage": ("began_at",)}
FAR = datetime(2026, 3, 30, tzinfo=ZONE)
FRIDAY_ENDS = datetime(2026, 3, 20, 23, 59, 59, tzinfo=ZONE)


def sent(site: Site) -> object:
    return site.ledger(
        "update ers.request set state = 'DONE', reason = null, first_sent_at = now() where state in ('READY', 'HELD')"
    )


def outage(site: Site) -> None:
    site.ledger("insert into ers.outage (endpoint, cause, announced) values ('https://f.example/ws', 'Timeout', true)")
    for _ in range(3):
        site.request(deadline=FAR)


def outage_over(site: Site) -> None:
    """The Fund is back; what has gathered takes a while to go out."""
    site.ledger("update ers.outage set ended_at = now()")


def contract_set(site: Site) -> None:
    site.ledger(
        "insert into ers.contract (organization_id, kind, number, begins, set_by) "
        "select organization_id, kind, 'next', ends + 1, 'x' from ers.contract where ends is not null"
    )


def refused(site: Site) -> None:
    site.request(state="HELD", reason="no_contract", organization_id=2, deadline=FAR)
    site.ledger(
        "insert into ers.refusal (organization_id, what, fingerprint, probe_after) values (2, '1', 'x', now() + interval '1 day')"
    )


def accepted(site: Site) -> None:
    site.ledger("delete from ers.refusal")
    sent(site)


def divergence(site: Site) -> None:
    id_ = site.request(state="DONE", kind="put_ticket1", deadline=FAR)
    site.ledger(
        "insert into ers.finding (pregnancy_id, request_id, code, money) values (1, :id, 'diverges', true)", id=id_
    )


def hang(site: Site) -> None:
    site.ledger("insert into ers.job_run (job) values ('pull')")


def restarted(site: Site) -> None:
    site.ledger("update ers.job_run set ended_at = now(), succeeded = false where ended_at is null")


def at(day: int, hour: int) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


WEEK: dict[datetime, Callable[[Site], object]] = {
    at(0, 8): outage,
    at(0, 14): outage_over,
    at(0, 16): sent,
    at(1, 14): refused,
    at(2, 8): divergence,
    at(2, 12): accepted,
    at(3, 2): hang,
    at(3, 8): contract_set,
    at(3, 10): restarted,
    at(4, 12): lambda site: site.request(deadline=FRIDAY_ENDS, organization_id=2, state="HELD", reason="missing_data"),
    at(4, 16): lambda site: site.ledger("update ers.finding set closed_at = now()"),
    at(4, 22): sent,
}
TOLD = {
    at(0, 8): "утром: Фонд не отвечает",
    at(0, 16): "закончилось: Фонд не отвечает",
    at(1, 0): "утром: Заканчивается договор с Фондом",
    at(1, 14): "утром: Фонд не принимает договор МО (код 1204)",
    at(2, 8): "утром: РАМ расходится с оплаченным талоном",
    at(2, 14): "закончилось: Фонд не принимает договор МО (код 1204)",
    at(3, 6): "сейчас: Задание зависло",
    at(3, 10): "закончилось: Заканчивается договор с Фондом",
    at(3, 12): "закончилось: Задание зависло",
    at(4, 18): "закончилось: РАМ расходится с оплаченным талоном",
    at(4, 20): "сейчас: Срок отправки под угрозой или пропущен",
    at(5, 0): "закончилось: Срок отправки под угрозой или пропущен",
}


class Hands(Clock):
    """A business clock that is set."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def time_passes(site: Site) -> None:
    pass_time(site.context.ledger, STEP)
    for table, columns in HISTORY.items():
        moved = ", ".join(f"{column} = {column} - cast(:step as interval)" for column in columns)
        site.ledger(f"update ers.{table} set {moved}", step=STEP)  # noqa: S608 - names of this file


def jobs_run(site: Site) -> None:
    """Every job that does not hang has just run well."""
    site.ledger(
        "insert into ers.job_run (job, started_at, ended_at, succeeded) select j, now(), now(), true from unnest(cast(:jobs as text[])) j "
        "where not exists (select 1 from ers.job_run where job = j and ended_at is null)",
        jobs=list(JOBS),
    )


def test_a_week_is_told_in_as_many_messages_as_it_has_beginnings_and_ends(make_site: MakeSite, tmp_path: Path) -> None:
    said = tmp_path / "said"
    site = make_site(MONDAY, alerts={"command": ["/bin/sh", "-c", f'cat > "{said}"']})
    site.ledger("update ers.contract set ends = '2026-04-16' where organization_id = 2 and kind = '1'")
    told: dict[datetime, str] = {}
    clock = Hands(MONDAY)
    context = replace(site.context, clock=clock)
    while (moment := clock()) < MONDAY + timedelta(days=6):
        if happens := WEEK.get(moment):
            happens(site)
        jobs_run(site)
        run_job(context, "watch")
        if said.exists():
            told[moment] = said.read_text().partition("\n")[0].removeprefix("[ers-sync] ")
            said.unlink()
        time_passes(site)
        clock.at += STEP

    assert told == TOLD
    assert site.incidents() == []
