"""LibreOffice opens the workbooks, computes what we computed, and prints them."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from ers_sync.reports.on_demand import Order, write_on_demand
from tests.integration.reports import fill
from tests.integration.reports.conftest import Written

# Without this LibreOffice believes the figures in the file: we want its own.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture
def recalculated(written: Written, soffice: str, tmp_path: Path) -> Path:
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    shutil.copy(written.paths[0], tmp_path / "book.xlsx")
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "ods"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "book.xlsx")], check=True, capture_output=True)
    back = [*command[:-1], "xlsx", "--outdir", str(tmp_path / "back"), str(tmp_path / "book.ods")]
    subprocess.run(back, check=True, capture_output=True)
    return tmp_path / "back" / "book.xlsx"


def test_a_spreadsheet_program_computes_our_figures(written: Written, recalculated: Path) -> None:
    formulas = openpyxl.load_workbook(written.paths[0])
    ours = openpyxl.load_workbook(written.paths[0], data_only=True)
    its = openpyxl.load_workbook(recalculated, data_only=True)
    compared = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    place = (sheet.title, cell.coordinate)
                    assert its[sheet.title][cell.coordinate].value == ours[sheet.title][cell.coordinate].value, place
                    compared += 1
    assert compared > 1000


def test_it_prints_to_pdf(written: Written, soffice: str) -> None:
    order = Order(date(2026, 6, 1), date(2026, 6, 15), by="doctor", period="day", pdf=True)
    workbook, printed = write_on_demand(written.dsn, written.settings, fill.NOW, order)
    assert workbook.suffix == ".xlsx"
    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_mode & 0o777 == 0o640
