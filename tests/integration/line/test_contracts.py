"""Contracts: held without one, held after 1204 for that hospital and kind only, and going on by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ers_sync import contract_sheet
from ers_sync.cli import main
from ers_sync.contract_sheet import COLUMNS
from ers_sync.stand.line import Line, ogrn
from tests.integration.line.conftest import MakeHer, OpenLine

AT = "2026-02-26 10:00"
KINDS = ("1", "2", "3-1", "3-2")


@pytest.fixture
def line(open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line of the test's own: contracts are the whole hospital's."""
    monkeypatch.setattr("ers_sync.cli.setup_logging", lambda: None)
    return open_a_line()


def _fund_knows(line: Line, *kinds: str, number: str = "1-{}") -> None:
    contracts = [{"kind": k, "number": number.format(k), "from": "2025-01-01", "to": None} for k in kinds]
    line.fund.plant({"organizations": [{"ogrn": ogrn(1), "contracts": contracts}]})


def _set(line: Line, number: str, *more: str) -> int:
    words = ["contracts", "set", "--hospital", "1", "--kind", "1", "--number", number, "--from", "01.01.2025", *more]
    return main([*words, "--config", str(line.config)])


def test_1204_holds_that_hospital_and_kind_and_goes_on_after_contracts_set(
    line: Line, make_her: MakeHer, capsys: pytest.CaptureFixture[str]
) -> None:
    refused, elsewhere = make_her(line), make_her(line)
    _fund_knows(line, "2", "3-1", "3-2")
    line.ram(refused.registered() + refused.exam(2, AT, 212))
    line.ram(elsewhere.registered() + elsewhere.exam(2, AT, 212, organization_id=2))

    line.settle()

    talon = refused.requests(kind="put_ticket1")[0]
    assert (talon["state"], talon["reason"]) == ("HELD", "no_contract")
    assert elsewhere.state("put_ticket1") == ("DONE", None)
    assert refused.state("put_visit") == ("DONE", None)
    line.settle()
    assert len([row for row in refused.entries() if row["codes"] == ["1204"]]) == 1

    _fund_knows(line, *KINDS, number="new-{}")
    for kind in KINDS:
        words = [
            "contracts",
            "set",
            "--hospital",
            "1",
            "--kind",
            kind,
            "--number",
            f"new-{kind}",
            "--from",
            "01.01.2025",
        ]
        assert main([*words, "--config", str(line.config)]) == 0
    line.ledger("delete from ers.contract where organization_id = 1 and number not like 'new-%'")
    line.settle()

    assert refused.state("put_ticket1") == ("DONE", None)
    assert main(["contracts", "list", "--config", str(line.config)]) == 0
    assert "new-3-2" in capsys.readouterr().out


def test_one_probe_a_day_finds_out_that_the_contract_is_in_order_again(line: Line, make_her: MakeHer) -> None:
    women = [make_her(line) for _ in range(3)]
    _fund_knows(line, "2", "3-1", "3-2")
    for her in women:
        line.ram(her.registered() + her.exam(2, AT, 212))
    line.settle()
    asked = len([row for row in line.book() if row["codes"] == ["1204"]])

    line.ledger("update ers.refusal set probe_after = now()")
    line.settle()
    assert len([row for row in line.book() if row["codes"] == ["1204"]]) == asked + 1  # one of three, refused again

    _fund_knows(line, *KINDS)
    line.ledger("update ers.refusal set probe_after = now()")
    line.settle()
    assert [her.state("put_ticket1") for her in women] == [("DONE", None)] * 3
    assert line.ledger("select * from ers.refusal") == []


@pytest.mark.parametrize(("begins", "ends"), [("2026-03-17", None), ("2025-01-01", "2026-03-15")])
def test_no_contract_valid_on_the_day_of_sending(line: Line, make_her: MakeHer, begins: str, ends: str | None) -> None:
    """Between the scan and the sending it ended, or it was found to begin later: nothing goes out."""
    her = make_her(line)
    line.ram(her.registered())
    line.run("scan")
    assert her.state("create_ers") == ("READY", None)
    line.ledger(
        "update ers.contract set begins = :begins, ends = :ends where organization_id = 1", begins=begins, ends=ends
    )

    line.settle()
    assert her.state("create_ers") == ("HELD", "no_contract")
    assert her.book() == []

    line.ledger("update ers.contract set begins = '2025-01-01', ends = '2026-03-16' where organization_id = 1")
    line.settle()
    assert her.state("create_ers") == ("DONE", None)


def test_the_sheet_is_taken_whole_or_not_at_all(line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line.run("scan")
    good: list[Any] = [ogrn(1), "1", "Д-17", "01.02.2026", "31.12.2026"]
    bad: dict[str, list[Any]] = {
        "A5": ["1026600000000", "1", "Д-18", "01.02.2026", None],
        "B6": [ogrn(1), "4", "Д-19", "01.02.2026", None],
        "C7": [ogrn(1), "2", None, "01.02.2026", None],
        "D8": [ogrn(2), "2", "Д-20", "32.02.2026", None],
        "E9": [ogrn(2), "2", "Д-21", "01.02.2026", "01.01.2026"],
        "C10": [ogrn(1), "1", "Д-17", "01.02.2026", None],
    }
    path = _sheet(tmp_path, good, *bad.values())
    before = line.ledger("select count(*) as many from ers.contract")

    assert main(["contracts", "import", str(path), "--config", str(line.config)]) == 1
    printed = capsys.readouterr().err
    assert [cell for cell in bad if f"\n{cell}: " in printed] == list(bad)
    assert line.ledger("select count(*) as many from ers.contract") == before

    assert main(["contracts", "import", str(_sheet(tmp_path, good)), "--config", str(line.config)]) == 0
    taken = line.ledger(
        "select organization_id, kind, begins::text, ends::text from ers.contract where number = 'Д-17'"
    )
    assert taken == [{"organization_id": 1, "kind": "1", "begins": "2026-02-01", "ends": "2026-12-31"}]
    assert main(["contracts", "import", str(tmp_path / "no.xlsx"), "--config", str(line.config)]) == 1
    assert _set(line, "Д-18", "--to", "01.01.2024") == 2


def test_a_contract_of_a_legal_entity_is_each_branchs(tmp_path: Path) -> None:
    path = _sheet(tmp_path, [ogrn(1), "1", "Д-17", "01.02.2026", None])
    assert [c.organization_id for c in contract_sheet.read(path, {ogrn(1): [1, 7]})] == [1, 7]


def _sheet(folder: Path, *lines: list[Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[list[Any]] = [["Договоры МО с Фондом"], [None], list(COLUMNS), *lines]
    for row in rows:
        sheet.append(row)
    path = folder / "contracts.xlsx"
    book.save(path)
    return path
