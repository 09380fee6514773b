"""What stands in the cells: texts that stay texts, numbers and dates that are such, formulas only of our own."""

from __future__ import annotations

import html
import re
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import psycopg2
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import Hospital
from tests.conftest import MakeDatabase
from tests.integration.reports import fill
from tests.integration.reports.conftest import HEADER, SETTINGS, Written, table

TITLES = ["Сводка", "МО", "Врачи", "Пациентки", "Что исправить", "Данные с ФСС", "Реестр запросов"]
AREA = r"\$?[A-Z]+\$?\d+(:\$?[A-Z]+\$?\d+)?"
OUR_FORMULA = re.compile(
    rf'=("Итого строк: "&)?SUBTOTAL\([39],{AREA}\)|=SUM\({AREA}(,{AREA})*\)|=SUMIF\({AREA},"\*год",{AREA}\)|=(B\d+-C|E\d+-F)\d+'
)


@pytest.fixture(scope="module")
def region(written: Written) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written.paths[0])


def test_sheets_are_those_of_the_manual(region: openpyxl.Workbook) -> None:
    assert region.sheetnames == TITLES


def test_every_formula_is_ours(region: openpyxl.Workbook) -> None:
    formulas = [
        cell.value for sheet in region.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert len(formulas) > 100
    assert [formula for formula in formulas if not OUR_FORMULA.fullmatch(str(formula))] == []


def test_hostile_names_are_texts_as_they_were_typed(written: Written) -> None:
    names = unescape(" ".join(row["ФИО"] for row in table(written.paths[0], "Пациентки")))
    for text in fill.HOSTILE:
        shown = text.replace("\u0001", "").replace("\ufffe", "")
        assert shown in names


FORMULA = '=HYPERLINK("http://example.org";"нажми")'
EVERYWHERE = """
update ers.organization set name = %(text)s;
update ers.doctor set name = %(text)s;
update ers.pregnancy set last_name = %(text)s, first_name = null, patronymic = null, policy = %(text)s;
update ers.certificate set organization_name = %(text)s;
update ers.request set details = jsonb_build_array(jsonb_build_object('column', null, 'text', cast(%(text)s as text)));
update ers.exchange set host = %(text)s, status = %(text)s, information = %(text)s, operator = %(text)s;
"""
TEXTS = {
    "МО": ["М.О."],
    "Врачи": ["М.О.", "Врач"],
    "Пациентки": ["М.О.", "ФИО", "Полис", "Чей ЭРС"],
    "Что исправить": ["М.О.", "Пациентка", "Врач", "Возможная причина", "Ответ Фонда"],
    "Данные с ФСС": ["М.О."],
    "Реестр запросов": ["М.О.", "Узел Фонда", "Пациентка", "Статус", "Информация", "Кто"],
}


def test_a_formula_in_any_column_of_any_sheet_is_text(make_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = make_database(fill.build_300)
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(EVERYWHERE, {"text": FORMULA})
    settings = replace(SETTINGS, directory=tmp_path, hospitals=(Hospital(2, fill.ZONE),))
    for path in write_daily(dsn, settings, fill.NOW):
        with zipfile.ZipFile(path) as archive:
            parts = "".join(archive.read(name).decode() for name in archive.namelist() if "/sheet" in name)
        formulas = [html.unescape(formula) for formula in re.findall(r"<f>(.*?)</f>", parts)]
        assert len(formulas) > 50
        assert [formula for formula in formulas if not OUR_FORMULA.fullmatch(f"={formula}")] == []
        assert 'TargetMode="External"' not in parts
        for title, columns in TEXTS.items():
            rows = table(path, title)
            for column in columns:
                if column in rows[0]:
                    assert any(str(row[column]).startswith("=HYPERLINK") for row in rows), (title, column)


def test_no_link_leads_out_of_the_workbook(written: Written) -> None:
    for path in written.paths:
        with zipfile.ZipFile(path) as archive:
            parts = {
                name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".rels", ".xml"))
            }
        assert not [name for name, part in parts.items() if 'TargetMode="External"' in part]
        assert not [name for name, part in parts.items() if "<r><t>не разметка" in part]


def test_identifiers_are_texts_with_their_zeros(region: openpyxl.Workbook) -> None:
    rows = list(region["Пациентки"].iter_rows(min_row=HEADER + 1, values_only=True))
    head = [cell.value for cell in region["Пациентки"][HEADER]]
    snils = [row[head.index("СНИЛС")] for row in rows]
    assert all(value is None or (isinstance(value, str) and len(value) == 11) for value in snils)
    assert sum(value is not None and str(value).startswith("0") for value in snils) > 100
    assert all(isinstance(row[head.index("ЭРС")], str) for row in rows)
    assert all(isinstance(row[head.index("Д.Р.")], datetime) for row in rows)


def test_dates_and_numbers_have_russian_formats(region: openpyxl.Workbook) -> None:
    head = [cell.value for cell in region["Что исправить"][HEADER]]
    row = region["Что исправить"][HEADER + 1]
    assert row[head.index("Срок")].number_format == "dd.mm.yyyy"
    assert row[head.index("Рублей")].number_format.startswith('[$-419]#,##0\\ "₽"')
    assert row[head.index("Пациентка")].number_format == "@"


@pytest.mark.parametrize("title", TITLES)
def test_sheets_print_on_a4_landscape(region: openpyxl.Workbook, title: str) -> None:
    sheet: Worksheet = region[title]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader is not None
    assert sheet.oddFooter is not None
    assert "Регион" in str(sheet.oddHeader.left.text)
    assert str(sheet.oddFooter.right.text) == "Стр. &P из &N"
    if title != "Сводка":
        assert sheet.print_title_rows == f"${HEADER}:${HEADER}"
        assert str(sheet.freeze_panes).endswith(str(HEADER + 1))
        assert sheet.auto_filter.ref is not None


def test_properties(region: openpyxl.Workbook) -> None:
    assert region.properties.title == "Электронные родовые сертификаты, 15.06.2026"
    assert str(region.properties.created) == "2026-06-15 06:00:00"


def test_summary_has_its_chart_and_links(written: Written) -> None:
    with zipfile.ZipFile(written.paths[0]) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
        summary = archive.read("xl/worksheets/sheet1.xml").decode()
    assert chart.count("<c:ser>") == 3
    for title in TITLES[1:]:
        assert f"location=\"'{title}'!A1\"" in summary


def test_two_hospitals_of_one_name_have_two_files(written: Written) -> None:
    names = [path.name for path in written.paths]
    assert len(set(names)) == len(names) == 6
    assert all(len(name.encode()) <= 255 for name in names)


def test_same_ledger_same_bytes(written: Written, tmp_path: Path) -> None:
    (again,) = write_daily(written.dsn, replace(written.settings, directory=tmp_path, hospitals=()), fill.NOW)
    assert again.read_bytes() == written.paths[0].read_bytes()
