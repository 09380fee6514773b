"""The administrators' sheet of contracts (xlsx): read whole, every bad line reported with its cell, and nothing taken if one is bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ers_sync.domain import identifiers
from ers_sync.domain.contracts import ALL_KINDS, Contract

COLUMNS = ("ОГРН", "Вид услуг", "Номер договора", "Дата договора", "Дата окончания договора")
_DATES = ("%d.%m.%Y", "%Y-%m-%d")


class SheetError(Exception):
    """The sheet cannot be taken; `problems` name every cell at fault, in Russian."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read(path: Path, hospitals: Mapping[str, Sequence[int]]) -> list[Contract]:
    """Read contracts from the first sheet of a workbook; `hospitals` are our hospital ids by ОГРН.

    Branches of one legal entity share its ОГРН: the contract is each one's. The first line that holds all of `COLUMNS` is the heading;
    empty lines are passed over.

    Raises:
        SheetError: with everything that is wrong.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - it brings NumPy along, and the daemon never reads a sheet
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - likewise

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, BadZipFile, KeyError) as error:
        raise SheetError([f"{path}: файл не открывается как книга Excel (xlsx)"]) from error
    try:
        lines = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()
    found: list[Contract] = []
    problems: list[str] = []
    heading = next((i for i, line in enumerate(lines) if set(COLUMNS) <= {_text(value) for value in line}), None)
    if heading is None:
        raise SheetError([f"{path}: нет строки заголовка со столбцами: {', '.join(COLUMNS)}"])
    places = {name: [_text(value) for value in lines[heading]].index(name) for name in COLUMNS}
    for number, line in enumerate(lines[heading + 1 :], start=heading + 2):
        if any(_text(value) for value in line):
            cells = {name: line[place] if place < len(line) else None for name, place in places.items()}
            wrong = list(_problems(cells, hospitals))
            problems += [f"{_letter(places[name])}{number}: {text}" for name, text in wrong]
            contracts = [] if wrong else _contracts(cells, hospitals)
            if {replace(c, ends=None) for c in contracts} & {replace(c, ends=None) for c in found}:
                problems.append(f"{_letter(places['Номер договора'])}{number}: такой договор в книге уже есть")
            found += contracts
    if problems:
        raise SheetError(problems)
    return found


def _problems(cells: Mapping[str, Any], hospitals: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, str]]:
    ogrn = identifiers.ogrn(_text(cells["ОГРН"]))
    if ogrn is None:
        yield "ОГРН", "ОГРН отсутствует или неверен (13 цифр с контрольной)"
    elif ogrn not in hospitals:
        yield "ОГРН", f"МО с ОГРН {ogrn} нет в настройках программы"
    if _text(cells["Вид услуг"]) not in ALL_KINDS:
        yield "Вид услуг", f"вид услуг должен быть одним из: {', '.join(ALL_KINDS)}"
    number = _text(cells["Номер договора"])
    if not number or len(number) > 50:
        yield "Номер договора", "номер договора не указан или длиннее 50 знаков"
    begins, ends = _day(cells["Дата договора"]), _day(cells["Дата окончания договора"])
    if begins is None:
        yield "Дата договора", "нужна дата ДД.ММ.ГГГГ"
    if ends is None and _text(cells["Дата окончания договора"]):
        yield "Дата окончания договора", "нужна дата ДД.ММ.ГГГГ или пусто"
    if begins and ends and ends < begins:
        yield "Дата окончания договора", "раньше даты договора"


def _contracts(cells: Mapping[str, Any], hospitals: Mapping[str, Sequence[int]]) -> list[Contract]:
    begins = _day(cells["Дата договора"])
    if begins is None:
        raise ValueError("checked before")
    kind, number, ends = (
        _text(cells["Вид услуг"]),
        _text(cells["Номер договора"]),
        _day(cells["Дата окончания договора"]),
    )
    return [Contract(id_, kind, number, begins, ends) for id_ in hospitals[str(identifiers.ogrn(_text(cells["ОГРН"])))]]


def _text(value: Any) -> str:
    """Return a cell as text: a number as it is written, without a trailing `.0`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in _DATES:
        try:
            return datetime.strptime(_text(value), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"столбец {place + 1}, строка "
