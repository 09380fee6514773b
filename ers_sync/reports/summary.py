"""The sheet «Сводка»: what matters today on one screen and one printed page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ers_sync.domain.states import Hold, State
from ers_sync.reports import words
from ers_sync.reports.book import SUMMARY, Book, height_of, letters_in, quoted
from ers_sync.reports.cells import safe_text
from ers_sync.reports.chart import TITLES, of_days
from ers_sync.reports.figures import Figures, Sums
from ers_sync.reports.titles import PROBLEMS
from ers_sync.reports.troubles import TROUBLES
from ers_sync.reports.verdict import verdict

_LAST_COLUMN = 11
_CHART_COLUMN = 7  # H: to the right of the first blocks
_CHART_SIZE = {"width": 470, "height": 206}  # pixels
_BESIDE = 4  # E: where «Что делать» begins
_DAYS = 30
_WORST = 10
_ONE_LINE = 12
_WIDTH = 38
_NUMBER_WIDTH = 12.5
_MERGED_WIDTH = 110
_NEEDS_ACTION = {words.HELD, words.REJECTED, words.QUARANTINED}
_IN_WORK = (words.PROCESSING, words.UNKNOWN)
_BY_THEMSELVES = (Hold.NO_CERTIFICATE_NUMBER, Hold.ANNUL_FIRST, State.READY)  # nobody need do anything


def write(book: Book, figures: Figures, links: Sequence[str], *, region: bool) -> None:
    """Fill the sheet, which must have been added by `book.add(SUMMARY)` as the first one."""
    Summary(book, figures, region=region).write(links)


class Summary:
    """The sheet while it is being written from top to bottom."""

    def __init__(self, book: Book, figures: Figures, *, region: bool) -> None:
        self.sheet = book.workbook.get_worksheet_by_name(SUMMARY)
        self.book, self.figures, self.styles, self.region = book, figures, book.styles, region
        self.row = 0

    def write(self, links: Sequence[str]) -> None:
        """Write every block; the days that the chart shows stand below what is printed."""
        self._heading(links)
        self._verdict()
        chart_row = self.row
        self._stock()
        self._movement()
        self._reasons()
        self._standings()
        if self.region:
            self._worst()
        self.sheet.print_area(0, 0, self.row - 1, _LAST_COLUMN)
        self.sheet.fit_to_pages(1, 1)
        chart = of_days(self.book.workbook, *self._days(), **_CHART_SIZE)
        words_for_it = {"description": f"Отправлено, принято и отказано по дням за последние {_DAYS} дней"}
        self.sheet.insert_chart(chart_row, _CHART_COLUMN, chart, words_for_it | {"x_offset": 8})

    def _heading(self, links: Sequence[str]) -> None:
        sheet, heading = self.sheet, self.book.heading
        sheet.set_column(0, 0, _WIDTH)
        sheet.set_column(1, 10, _NUMBER_WIDTH)
        sheet.set_column(_LAST_COLUMN, _LAST_COLUMN, 15)
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, "Электронные родовые сертификаты: отправка в Фонд", self.styles.title)
        made = f"на {heading.day:%d.%m.%Y}, по журналу на {heading.made_at:%d.%m.%Y %H:%M}"
        sheet.write_string(1, 0, safe_text(f"{made} · {heading.whom}"), self.styles.note)
        sheet.write_string(2, 0, "Перейти к листу:", self.styles.note)
        for number, title in enumerate(links):
            sheet.write_url(2, 1 + 2 * number, f"internal:{quoted(title)}!A1", self.styles.link, title)

    def _verdict(self) -> None:
        sums = self.figures.sums()
        in_work = sum(sums[standing].number for standing in _IN_WORK)
        said, look = verdict(self.figures.unsent(), in_work, sums[words.ACCEPTED].number)
        style = self.styles.verdict(look)
        self.sheet.set_row(3, 24)
        self.sheet.merge_range(3, 0, 3, _LAST_COLUMN, "", style)
        self.sheet.write_string(3, 0, said, style)
        self.sheet.freeze_panes(4, 0)
        self.row = 5

    def _stock(self) -> None:
        self._header(
            "Ещё не у Фонда",
            ["Сейчас", "Сутки назад", "Разница", "Рублей сейчас", "Рублей сутки назад", "Разница, рублей"],
        )
        stock = self.figures.stock
        for title, column in (("Не отправлено или отказано", "unsent"), ("Из них просрочено", "late")):
            self._label(title)
            for first, name, kind in ((1, column, "int"), (4, f"{column}_roubles", "money")):
                values = int(stock[name].sum()), int(stock[f"{name}_before"].sum())
                self._numbers(first, values, kind)
                letters = xl_col_to_name(first), xl_col_to_name(first + 1)
                formula = f"={letters[0]}{self.row + 1}-{letters[1]}{self.row + 1}"
                self.sheet.write_formula(self.row, first + 2, formula, self.styles.cell(kind), values[0] - values[1])
                self._mark(self.row, first + 2)
            if column == "late":
                self._mark(self.row, 1)
            self.row += 1
        self.row += 1

    def _movement(self) -> None:
        day = self.figures.day
        month = day.replace(day=1)
        last_month = (month - timedelta(days=1)).replace(day=1)
        spans = [
            ("Сегодня", day, day),
            ("Вчера", day - timedelta(days=1), day - timedelta(days=1)),
            ("Позавчера", day - timedelta(days=2), day - timedelta(days=2)),
            ("Этот месяц", month, day),
            ("Прошлый месяц", last_month, month - timedelta(days=1)),
            ("За всё время", date.min, date.max),
        ]
        self._header("Движение", [title for title, _, _ in spans])
        for title, subject in (("Отправлено в Фонд", "sent"), ("Принято Фондом", "received")):
            many, roubles = zip(*(self.figures.between(subject, begin, end) for _, begin, end in spans), strict=True)
            for label, values, kind in ((title, many, "int"), (f"{title}, рублей", roubles, "money")):
                self._label(label)
                self._numbers(1, values, kind)
                self.row += 1
        self.row += 1

    def _standings(self) -> None:
        titles = [*words.MEASURES.values(), *words.SIDE_MEASURES.values()]
        self._header("Где стоят запросы", [*titles, "Всего", "Просрочено", "Рублей"])
        counts, sums = self.figures.by_standing(), self.figures.sums()
        first = self.row
        for standing, row in counts.items():
            urgent = standing in _NEEDS_ACTION
            self._label(standing, link=urgent and sum(row) > 0)
            self._numbers(1, row)
            total = f"=SUM(B{self.row + 1}:I{self.row + 1})"
            self.sheet.write_formula(self.row, 9, total, self.styles.cell("int", "group"), sum(row))
            self._numbers(10, [sums[standing].overdue])
            self.sheet.write_number(self.row, _LAST_COLUMN, sums[standing].roubles, self.styles.cell("money"))
            if urgent:
                self._mark(self.row, 9)
            self._mark(self.row, 10)
            self.row += 1
        totals = [sum(column) for column in zip(*counts.values(), strict=True)]
        totals += [sum(totals), sum(one.overdue for one in sums.values()), sum(one.roubles for one in sums.values())]
        self._total_line("Всего в журнале", first, totals)
        self.row += 1

    def _total_line(self, title: str, first: int, totals: Sequence[int]) -> None:
        """Write the sums of the rows from `first` on; the last column is money."""
        self.sheet.write_string(self.row, 0, title, self.styles.cell("text", "total"))
        for number, total in enumerate(totals, start=1):
            letter = xl_col_to_name(number)
            style = self.styles.cell("money" if number == len(totals) else "int", "total")
            self.sheet.write_formula(self.row, number, f"=SUM({letter}{first + 1}:{letter}{self.row})", style, total)
        self.row += 1

    def _reasons(self) -> None:
        self._header("Почему не у Фонда", ["Запросов", "Просрочено", "Рублей"])
        self._merged(self.row - 1, "Что делать", self.styles.header)
        reasons, first = self.figures.reasons(), self.row
        for reason, sums in sorted(reasons, key=lambda pair: pair[0] in _BY_THEMSELVES):
            trouble = TROUBLES[reason]
            what = f"{trouble.remedy} ({trouble.who})"
            self.sheet.set_row(
                self.row, height_of([(trouble.title, letters_in(_WIDTH)), (what, letters_in(_MERGED_WIDTH))])
            )
            self._merged(self.row, what, self.styles.cell("wrap"))
            self._sums(trouble.title, sums, link=reason != State.READY)
        if reasons:
            totals = [sum(column) for column in zip(*(sums for _, sums in reasons), strict=True)]
            self._total_line("Всего не у Фонда", first, totals)
        else:
            self._label("Нет таких")
            self.row += 1
        self.row += 1

    def _worst(self) -> None:
        """Write the hospitals that need help most."""
        worst = self.figures.worst(_WORST)
        if worst:
            self._header("МО, где больше всего не у Фонда", ["Запросов", "Просрочено", "Рублей"])
        for name, sums in worst:
            self.sheet.set_row(self.row, height_of([(name, letters_in(_WIDTH))]))
            self._sums(name, sums)

    def _sums(self, title: str, sums: Sums, *, link: bool = False) -> None:
        self._label(title, link=link)
        self._numbers(1, sums[:2])
        self.sheet.write_number(self.row, 3, sums.roubles, self.styles.cell("money"))
        self._mark(self.row, 2)
        self.row += 1

    def _days(self) -> tuple[int, int]:
        """Write the last days below what is printed; return their first and last row."""
        days = self.figures.last_days(_DAYS)
        self.row += 1
        self._header(f"Последние {_DAYS} дней", TITLES)
        first = self.row
        for day, *counts in days:
            self.sheet.write_datetime(self.row, 0, day, self.styles.cell("date"))
            self._numbers(1, counts)
            self.row += 1
        return first, self.row - 1

    def _header(self, title: str, columns: Sequence[str]) -> None:
        self.sheet.set_row(self.row, 28 if any(len(column) > _ONE_LINE for column in columns) else 16)
        self.sheet.write_string(self.row, 0, title, self.styles.section_header)
        for number, column in enumerate(columns, start=1):
            self.sheet.write_string(self.row, number, column, self.styles.header)
        self.row += 1

    def _numbers(self, first: int, counts: Sequence[int], kind: str = "int") -> None:
        for number, count in enumerate(counts, start=first):
            self.sheet.write_number(self.row, number, count, self.styles.cell(kind))

    def _label(self, text: str, *, link: bool = False) -> None:
        if link:
            self.sheet.write_url(self.row, 0, f"internal:{quoted(PROBLEMS)}!A1", self.styles.cell_link, text)
        else:
            self.sheet.write_string(self.row, 0, safe_text(text), self.styles.cell("wrap"))

    def _merged(self, row: int, text: str, style: Any) -> None:
        self.sheet.merge_range(row, _BESIDE, row, _LAST_COLUMN, "", style)
        self.sheet.write_string(row, _BESIDE, text, style)

    def _mark(self, row: int, column: int) -> None:
        """Mark a figure above zero."""
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": self.styles.bad}
        self.sheet.conditional_format(row, column, row, column, rule)
