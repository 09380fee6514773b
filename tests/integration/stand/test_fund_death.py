"""The Fund's death at the worst moments, and its owner's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from select import select

import pytest

from ers_sync.domain.content import Kind
from ers_sync.fss.answers import Registered
from ers_sync.fss.outcomes import Outcome
from ers_sync.stand.fund.process import FundError, FundProcess
from ers_sync.stand.fund.settings import Settings

from .conftest import MakeHospital
from .fund_support import NUMBER, PERSON, Hospital

OTHER_WOMAN = {**PERSON, "last_name": "Петрова", "snils": None, "snils_absence_reason": "нет"}


def test_killed_between_the_acknowledgement_and_the_processing(
    start: Callable[..., FundProcess], hospital_of: MakeHospital
) -> None:
    fund = start(delay=1.0)
    hospital = hospital_of(fund)
    acknowledged = [hospital.put(Kind.PUT_VISIT, visit_id=str(number)).answer for number in range(5)]
    formed = hospital.put(Kind.CREATE_ERS, person=OTHER_WOMAN).answer
    ids = [answer.request_id for answer in (*acknowledged, formed) if isinstance(answer, Registered)]
    fund.kill()
    assert (len(ids), fund.book()) == (6, [])
    url = fund.url
    fund.restart()
    assert fund.url == url
    assert isinstance(formed, Registered)
    number = hospital.final(Kind.CREATE_ERS, formed.request_id).ers_number
    assert [line["request_id"] for line in fund.book()] == ids
    fund.kill()
    fund.restart()
    assert [(line["request_id"], line["result"]) for line in fund.book()] == [(id_, "PROCESSED") for id_ in ids]
    assert [visit.visit_id for visit in hospital.data(NUMBER).certificates[0].visits] == ["v1", *map(str, range(5))]
    again = hospital.done(Kind.CREATE_ERS, person=OTHER_WOMAN)
    assert (again.ers_number, fund.book()[-1]["formed"]) == (number, False)


def test_killed_again_and_again_under_load(start: Callable[..., FundProcess], hospital_of: MakeHospital) -> None:
    """Whatever was acknowledged is in the book once; what was not is there once or not at all."""
    fund = start(delay=0.02, spread=0.02)
    hospital = hospital_of(fund)
    acknowledged: list[str] = []
    over = threading.Event()

    def send() -> None:
        number = 0
        while not over.is_set():
            number += 1
            answer = hospital.put(Kind.PUT_VISIT, visit_id=str(number)).answer
            if isinstance(answer, Registered):
                acknowledged.append(answer.request_id)

    sender = threading.Thread(target=send)
    sender.start()
    for rounds in (1, 2):
        _wait(partial(_longer, acknowledged, 10 * rounds))
        fund.kill()
        fund.restart()
    over.set()
    sender.join()
    _wait(lambda: fund.waiting() == 0)
    book = [line["request_id"] for line in fund.book()]
    assert len(book) == len(set(book))
    assert set(acknowledged) <= set(book)
    assert len({line["key"] for line in fund.book()}) == len(book)


def _longer(found: list[str], length: int) -> bool:
    return len(found) > length


def _wait(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never came")


def test_stopped_in_order_nothing_is_lost(start: Callable[..., FundProcess], hospital_of: MakeHospital) -> None:
    fund = start(delay=0.5)
    hospital = hospital_of(fund)
    hospital.put(Kind.PUT_VISIT)
    fund.stop()
    assert hospital.put(Kind.PUT_VISIT).outcome is Outcome.NOT_ACCEPTED
    fund.start()
    assert hospital.done(Kind.PUT_VISIT, visit_id="2").status == "PROCESSED"
    assert [line["key"] for line in fund.book()] == ["1", "2"]


def test_it_dies_with_its_owner(tmp_path: Path) -> None:
    owner = textwrap.dedent(f"""
        import pathlib, sys
        from ers_sync.stand.fund.process import FundProcess
        from ers_sync.stand.fund.settings import Settings
        fund = FundProcess(Settings(pathlib.Path({str(tmp_path)!r}), crypto="rsa"))
        fund.start()
        print(fund.pid, flush=True)
        sys.stdin.read()
    """)
    with subprocess.Popen([sys.executable, "-c", owner], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        watched = os.pidfd_open(child)
        process.send_signal(signal.SIGKILL)
    assert select([watched], [], [], 10)[0]
    os.close(watched)


def test_a_fund_that_cannot_start_says_so(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"organizations": [{"ogrn": "1"}]}')
    with pytest.raises(FundError, match=r"fund\.log"):
        FundProcess(Settings(tmp_path, seed=tmp_path / "seed.json", crypto="rsa")).start()
    assert "organizations.0.ogrn" in (tmp_path / "fund.log").read_text()
    assert not (tmp_path / "journal.jsonl").exists()


def test_without_a_seed_nobody_has_a_contract(
    tmp_path: Path, start: Callable[..., FundProcess], hospital_of: MakeHospital
) -> None:
    (tmp_path / "seed.json").write_text("{}")
    hospital: Hospital = hospital_of(start())
    assert [code for code, _ in hospital.done(Kind.CREATE_ERS).errors] == ["1204"]
