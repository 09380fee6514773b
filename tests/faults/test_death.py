"""A real daemon dies at every boundary; another one takes over, and everything stands at the Fund just once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ers_sync.checkpoint import POINTS, arm
from ers_sync.stand.daemons import Daemon
from ers_sync.stand.line import Line, snils, woman
from tests.faults.support import JOBS, NOW, exam, later, pregnancy, settle, until

pytestmark = pytest.mark.timeout(900)  # the fixture does the work of all tests

# What has to be in the way for a daemon to get to a point; every other one is met by ordinary work.
IN_THE_WAY = {
    "probe.taken": {"behaviour": "http_502"},
    "freed": {"behaviour": "reset_after"},
    "orphans.found": {"behaviour": "drop_answer"},
}
_IDS = iter(range(500_000, 900_000, 1000))


def test_every_point_is_in_the_code_once_and_no_other_is() -> None:
    root = Path(__file__).resolve().parents[2]
    files = [*root.glob("ers_sync/**/*.py"), *root.glob("jobs/*.py")]
    found = [point for file in files for point in re.findall(r'reached\("([a-z.]+)"\)', file.read_text("utf-8"))]
    assert set(found) == set(POINTS)


def test_another_name_is_no_point() -> None:
    with pytest.raises(ValueError, match="no such checkpoint"):
        arm("socket.opend")


@dataclass(frozen=True)
class Killed:
    """The woman who was being dealt with, and how the daemon ended."""

    id: int
    exit_code: int | None


@pytest.fixture(scope="module")
def killed(line: Line, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Killed]:
    """Let a daemon die at every point; each takes over what the one before left, and the last one is let live."""
    log = tmp_path_factory.mktemp("log") / "daemons.log"
    # workbooks are not what this is about
    line.ledger("insert into ers.job_run (job, ended_at, succeeded) values ('report', now(), true)")
    found = {}
    for point in POINTS:
        id_ = next(_IDS)
        line.ram(woman(id_) + pregnancy(id_) + exam(id_ + 1, id_, "primary", 60) + exam(id_ + 2, id_, "repeat", 91))
        if point in IN_THE_WAY:
            _put_in_the_way(line, id_, point)
        daemon = Daemon(line.config, NOW, log, point)
        daemon.wait(60)
        found[point] = Killed(id_, daemon.exit_code)
        daemon.kill()
        line.fund.behave()
        later(line, hours=26)
    heir = Daemon(line.config, NOW, log)
    on_the_way = "select 1 from ers.request where state in ('SENDING', 'READY', 'REGISTERED')"
    last = max(one.id for one in found.values())
    until(lambda: line.requests(pregnancy_id=last) and not line.ledger(on_the_way), "nothing on its way", seconds=60)
    heir.stop()
    assert heir.exit_code == 0
    settle(line)
    return found


def _put_in_the_way(line: Line, id_: int, point: str) -> None:
    """Have the Fund fail an attempt at the woman's visit, and let the time pass that the point waits for."""
    settle_all_but_visit = {"behaviour": "http_404", "operations": ["putVisit"]}
    line.fund.behave(settle_all_but_visit)
    until(lambda: _visit(line, id_) == "READY", "a visit that knows its number", seconds=60)
    line.fund.behave({"operations": ["putVisit"], **IN_THE_WAY[point]})
    until(lambda: _visit(line, id_) == "UNKNOWN", "an attempt whose fate is not known", seconds=60)
    if point == "orphans.found":
        line.ledger(
            "update ers.request set state = 'SENDING', lease_until = now() where pregnancy_id = :id and state = 'UNKNOWN'",
            id=id_,
        )
    later(line, hours=26)


def _visit(line: Line, id_: int) -> str | None:
    line.run(*JOBS)
    later(line, hours=1)
    visits = line.requests(pregnancy_id=id_, kind="put_visit")
    return visits[0]["state"] if visits else None


@pytest.mark.parametrize("point", POINTS)
def test_a_daemon_killed_at_a_point_leaves_nothing_lost_and_nothing_twice(
    line: Line, killed: dict[str, Killed], point: str
) -> None:
    one = killed[point]
    assert one.exit_code == -9, f"{point} was not reached"
    mine = [entry for entry in line.book() if entry["snils"] == snils(one.id)]
    assert [(entry["operation"], entry["key"], entry["result"], entry["duplicate"]) for entry in mine] == [
        ("createErs", "", "PROCESSED", False),
        ("putVisit", str(one.id + 2), "PROCESSED", False),
    ]
    assert {row["state"] for row in line.requests(pregnancy_id=one.id)} == {"DONE"}
