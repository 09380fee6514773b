"""A full compare passes over what cannot have changed, and over nothing else: random histories, on random days to come."""

from __future__ import annotations

import os
import random
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ers_sync import scanning
from ers_sync.domain.facts import Site
from ers_sync.exchange import senders
from ers_sync.ledger import compared
from ers_sync.ram.reader import Ram, open_ram
from ers_sync.stand.line import Line
from tests.integration.line.conftest import MakeHer
from tests.integration.line.history import History
from tests.integration.line.support import Her

FIRST_SEED = int(os.environ.get("ERS_HISTORY_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("ERS_HISTORIES", "1")))
DAYS = [0, 0, 1, 2, 14, 15, 30, 60, 61, 90, 300, 400]
WHAT_IS_KEPT = {
    "request": "pregnancy_id = any(:ids)",
    "finding": "pregnancy_id = any(:ids)",
    "pregnancy": "id = any(:ids)",
}


def kept(connection: Connection, ids: Collection[int]) -> dict[str, list[Any]]:
    """Return all that the ledger has of these pregnancies."""
    found = {}
    for table, where in WHAT_IS_KEPT.items():
        query = text(f"select to_jsonb(t) - 'worked_out_at' from ers.{table} t where {where} order by id")  # noqa: S608 - names above
        found[table] = list(connection.execute(query, {"ids": list(ids)}).scalars())
    return found


def passed_over(connection: Connection, ram: Ram, site: Site) -> set[int]:
    """Return what a compare would pass over."""
    ids = sorted(ram.all_pregnancy_ids())
    return set(compared.seen(connection, ids, lambda: ram.digests(ids), site, compared.around(site))[1])


def checked(line: Line, days: int) -> int:
    """Work out what a compare would pass over so many days from now: nothing comes of it. Return how many pregnancies that were."""
    with (
        open_ram(line.ram_dsn) as ram,
        line.context.ledger.connect() as connection,
        connection.begin() as transaction,
    ):
        site = senders.site(connection, line.context)
        site = replace(site, now=site.now + timedelta(days=days))
        ids = passed_over(connection, ram, site)
        connection.execute(text("delete from ers.compared"))
        before = kept(connection, ids)
        done = scanning.work_out(connection, ram, ids, site, full=True)
        assert (done["pregnancies"], done["changes"]) == (len(ids), 0)
        assert kept(connection, ids) == before
        transaction.rollback()
    return len(ids)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_passed_over_has_not_changed(
    line: Line, make_her: MakeHer, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Batches are small here, so that every compare has several."""
    monkeypatch.setattr(scanning, "COMPARED", 3)
    monkeypatch.setattr(scanning, "WORKED_OUT", 2)
    draw = random.Random(seed)
    history = History(line, [make_her(line) for _ in range(8)], seed)
    found = 0
    for _ in range(3):
        history.run(12)
        line.settle()
        line.run("sweep", "sweep")
        for _ in range(5):
            history.run(1)
            found += checked(line, draw.choice(DAYS))
    assert found > 8


def test_each_thing_that_is_looked_at_counts(line: Line, her: Her) -> None:
    """Nobody tells the ledger of these changes: a compare finds them, once, and rests again."""
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))
    line.settle()
    line.run("sweep", "sweep")
    assert her.id in _passed_over(line)
    for statement in (
        "update ers.request set version = version + 1 where pregnancy_id = :id and kind = 'put_visit'",
        "update ers.pregnancy set unclear = 'неясно' where id = :id",
        "update ers.pregnancy set unclear = null where id = :id",
        "update ers.pregnancy set ticket1_exam_id = :id where id = :id",
        "update ers.certificate set status = 'SERVICE' where number = (select ers_number from ers.pregnancy where id = :id)",
        """insert into ers.certificate_ticket (number, kind, received_on)
           select ers_number, '1', current_date from ers.pregnancy where id = :id""",
        """insert into ers.certificate_visit (number, visit_id, visited_on)
           select ers_number, 'by-hand', current_date from ers.pregnancy where id = :id""",
    ):
        line.ledger(statement, id=her.id)
        assert her.id not in _passed_over(line), statement
        line.run("sweep")
        assert her.id in _passed_over(line), statement


def test_another_contract_or_a_clock_set_back_passes_over_nothing(line: Line, her: Her) -> None:
    line.ram(her.registered())
    line.settle()
    line.run("sweep", "sweep")
    with open_ram(line.ram_dsn) as ram, line.context.ledger.connect() as connection:
        site = senders.site(connection, line.context)
        assert her.id in passed_over(connection, ram, site)
        assert passed_over(connection, ram, replace(site, contracts={})) == set()
        assert passed_over(connection, ram, replace(site, rules=replace(site.rules, closed_days=61))) == set()
        assert passed_over(connection, ram, replace(site, now=site.now - timedelta(days=1))) == set()
        assert passed_over(connection, ram, replace(site, now=site.now + timedelta(days=120))) == set()


def test_a_vanished_exam_is_counted_at_every_compare(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))
    line.settle()
    line.run("sweep", "sweep")
    line.ram(her.vanish("exam", 2))
    line.run("scan", "sweep")
    assert [r["missing_compares"] for r in her.requests(kind="put_visit")] == [1]
    line.run("sweep")
    assert [r["taken_back"] for r in her.requests(kind="put_visit")] == ["missing"]


def test_what_is_asked_for_is_worked_out_although_it_is_at_rest(line: Line, her: Her) -> None:
    line.ram(her.registered())
    line.settle()
    line.run("sweep", "sweep")
    assert her.id in _passed_over(line)
    line.ledger("insert into ers.rework (pregnancy_id) values (:id)", id=her.id)
    with open_ram(line.ram_dsn) as ram, line.context.ledger.begin() as connection:
        site = senders.site(connection, line.context)
        done = scanning.work_out(connection, ram, {her.id}, site, full=True)
    assert (done["pregnancies"], done["unchanged"]) == (1, 0)
    assert line.ledger("select 1 from ers.rework where pregnancy_id = :id", id=her.id) == []


def _passed_over(line: Line) -> set[int]:
    with open_ram(line.ram_dsn) as ram, line.context.ledger.connect() as connection:
        return passed_over(connection, ram, senders.site(connection, line.context))
