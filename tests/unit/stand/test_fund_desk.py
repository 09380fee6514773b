"""What the Fund acknowledged survives it, and is processed once and in its order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.stand.fund import desk as desk_module
from ers_sync.stand.fund import rules
from ers_sync.stand.fund.book import NAME, read_book
from ers_sync.stand.fund.clock import BusinessClock
from ers_sync.stand.fund.desk import Desk
from ers_sync.stand.fund.journal import Journal
from ers_sync.stand.fund.model import Put
from ers_sync.stand.fund.ruling import Settled, Verdict
from ers_sync.stand.fund.settings import Settings

from .fund_world import NAMES, NOW, NUMBER, OGRN, SEED, STRANGER, WOMAN, put

ZONE = ZoneInfo("Asia/Yekaterinburg")


@contextmanager
def opened(folder: Path, delay: float = 0.0, spread: float = 0.0) -> Iterator[Desk]:
    """A Fund's desk that is processing; leaving it is as sudden as a kill: what is queued stays queued."""
    desk = Desk(Settings(folder, delay=delay, spread=spread), BusinessClock(ZONE))
    if desk.is_new:
        desk.set_clock(NOW)
        desk.plant(SEED, NAMES)
    worker = threading.Thread(target=desk.work, daemon=True)
    worker.start()
    try:
        yield desk
    finally:
        desk.stop()
        worker.join()
        desk.close()


def settle(desk: Desk, folder: Path, lines: int) -> list[dict[str, object]]:
    """Wait until the book has so many lines."""
    over = threading.Event()
    for _ in range(2000):
        if len(read_book(folder)) >= lines and not desk.counts()[1]:
            break
        over.wait(0.005)
    return read_book(folder)


def test_a_line_of_the_book(tmp_path: Path) -> None:
    with opened(tmp_path) as desk:
        ids = [desk.load(put("putVisit")), desk.load(put("annulVisit")), desk.load(put("putVisit"))]
        book = settle(desk, tmp_path, 3)
    at = datetime.fromisoformat(str(book[0].pop("at")))
    assert timedelta(0) <= at - NOW + timedelta(seconds=1) < timedelta(minutes=1)
    assert at.utcoffset() == timedelta(hours=5)
    assert book[0] == {
        "operation": "putVisit",
        "request_id": ids[0],
        "ogrn": OGRN,
        "ers_number": NUMBER,
        "snils": WOMAN.snils,
        "key": "7",
        "result": "PROCESSED",
        "codes": [],
        "duplicate": False,
        "formed": False,
    }
    assert (book[1]["key"], book[1]["snils"], book[1]["result"]) == ("old", WOMAN.snils, "PROCESSED")
    assert (book[2]["result"], book[2]["codes"], book[2]["duplicate"]) == ("PROCESSING_ERROR", ["2201"], True)


@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("createErs", ""),
        ("disableErs", ""),
        ("putTicket1", "ticket1"),
        ("putTicket2", "ticket2"),
        ("putTicket3", "ticket3-1"),
    ],
)
def test_keys_of_the_book(tmp_path: Path, operation: str, key: str) -> None:
    with opened(tmp_path) as desk:
        desk.load(put(operation))
        (line,) = settle(desk, tmp_path, 1)
    assert (line["key"], line["snils"], line["ers_number"]) == (key, WOMAN.snils, NUMBER)


def test_what_was_acknowledged_is_processed_once_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path, delay=3600) as desk:
        request_id = desk.load(put("putVisit"))
        assert read_book(tmp_path) == []
    make_due(tmp_path)
    with opened(tmp_path) as desk:
        assert [line["request_id"] for line in settle(desk, tmp_path, 1)] == [request_id]
    with opened(tmp_path) as desk:
        assert len(settle(desk, tmp_path, 1)) == 1
        (certificate,) = desk.certificates(NUMBER)
        assert [visit.visit_id for visit in certificate.visits] == ["old", "theirs", "7"]
        loaded = desk.result(request_id)
        assert loaded is not None
        assert (loaded.status, loaded.ers_number) == ("PROCESSED", NUMBER)


def make_due(folder: Path) -> None:
    """Let the time of everything queued have come."""
    path = folder / "journal.jsonl"
    events = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**event, "due": 0} if "due" in event else event) + "\n" for event in events))


def test_a_decision_is_not_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as desk:
        desk.load(put("createErs", person=STRANGER))
        settle(desk, tmp_path, 1)
    judged: list[str] = []

    def judge(request: Put, fund: Settled) -> Verdict:
        judged.append(request.operation)
        return rules.judge(request, fund)

    monkeypatch.setattr(desk_module, "judge", judge)
    with opened(tmp_path) as desk:
        desk.load(put("putVisit"))
        assert [line["formed"] for line in settle(desk, tmp_path, 2)] == [True, False]
    assert judged == ["putVisit"]


def test_a_torn_line_was_never_acknowledged(tmp_path: Path) -> None:
    with opened(tmp_path) as desk:
        desk.load(put("putVisit"))
        settle(desk, tmp_path, 1)
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"event":"loaded","id":"half')
    (tmp_path / NAME).write_bytes(b"the book is written anew")
    with opened(tmp_path) as desk:
        desk.load(put("putVisit", visit_id="8"))
        assert [line["key"] for line in settle(desk, tmp_path, 2)] == ["7", "8"]
    with opened(tmp_path):
        assert len(read_book(tmp_path)) == 2


def test_the_business_clock_goes_on_over_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as desk:
        first = desk.clock.now()
    with opened(tmp_path) as desk:
        assert first <= desk.clock.now() < first + timedelta(minutes=1)
        desk.set_clock(datetime(2026, 8, 1, 9))  # noqa: DTZ001 - a time without zone is the Fund's
        assert desk.clock.now().isoformat().startswith("2026-08-01T09:00:0")


def test_a_put_is_on_its_way_until_it_is_processed(tmp_path: Path) -> None:
    with opened(tmp_path, delay=0.3) as desk:
        request_id = desk.load(put("putVisit"))
        seen: list[str] = []
        while not seen or seen[-1] != "PROCESSED":
            loaded = desk.result(request_id)
            assert loaded is not None
            if not seen or seen[-1] != loaded.status:
                seen.append(loaded.status)
        assert seen[0] == "REGISTERED"
        assert seen == sorted(seen, key=["REGISTERED", "READY_TO_PROCESS", "PROCESSING", "PROCESSED"].index)
        assert desk.certificates(NUMBER)[0].visits[-1].visit_id == "7"
        assert desk.result("nobody's") is None


def test_the_spread_does_not_change_the_order(tmp_path: Path) -> None:
    names = [str(number) for number in range(20)]
    with opened(tmp_path, delay=0.05, spread=0.05) as desk:
        for name in names:
            desk.load(put("putVisit", visit_id=name))
        assert [line["key"] for line in settle(desk, tmp_path, len(names))] == names


def test_late_processing_is_out_of_turn(tmp_path: Path) -> None:
    with opened(tmp_path) as desk:
        desk.load(put("putVisit", visit_id="late"), 0.2)
        desk.load(put("putVisit", visit_id="prompt"))
        assert [line["key"] for line in settle(desk, tmp_path, 2)] == ["prompt", "late"]


def test_a_wrong_seed_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as desk:
        before = (tmp_path / "journal.jsonl").read_bytes()
        with pytest.raises(ValueError, match="organizations"):
            desk.plant('{"organizations": 1}', "{}")
        assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_waiting_writers_share_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "journal")
    syncs: list[int] = []
    monkeypatch.setattr("os.fdatasync", syncs.append)
    for number in range(10):
        journal.write({"event": number})
    for _ in range(10):
        journal.sync()
    assert len(syncs) == 1


REQUESTS: dict[str, Callable[[str], Put]] = {
    "visit": lambda id_: put("putVisit", visit_id=id_),
    "annul": lambda id_: put("annulVisit", visit_id=id_),
    "ticket1": lambda _: put("putTicket1"),
    "ticket2": lambda _: put("putTicket2"),
    "close": lambda _: put("disableErs"),
    "create": lambda _: put("createErs"),
}


@settings(max_examples=40, deadline=None)
@given(
    history=st.lists(st.tuples(st.sampled_from(sorted(REQUESTS)), st.sampled_from("ab")), max_size=25),
    cut=st.integers(0, 25),
)
def test_nothing_is_processed_twice_whatever_comes(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str]], cut: int
) -> None:
    """Any history, with a restart anywhere in it: the same thing is processed once, and the rest is called a duplicate or refused."""
    folder = tmp_path_factory.mktemp("fund")
    for part in (history[:cut], history[cut:]):
        with opened(folder) as desk:
            for name, id_ in part:
                desk.load(REQUESTS[name](id_))
            settle(desk, folder, 0)
    book = read_book(folder)
    with opened(folder):
        assert read_book(folder) == book
    assert len(book) == len(history)
    processed = [(line["operation"], line["ers_number"], line["key"]) for line in book if line["result"] == "PROCESSED"]
    unique = [entry for entry in processed if entry[0] != "createErs"]
    assert len(unique) == len(set(unique))
    assert all(
        line["duplicate"] == any(int(code) in {2201, 2202, 2207, 2301, 2104} for code in line["codes"]) for line in book
    )
