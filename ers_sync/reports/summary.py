"""The sheet «Сводка»: what matters today on one screen and one printed page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ers_sync.reports import words
from ers_sync.reports.book import SUMMARY, Book, fit_row, quoted, safe_text
from ers_sync.reports.figures import Figures, Sums
from ers_sync.reports.titles import PROBLEMS
from ers_sync.reports.troubles import TROUBLES

_LAST_COLUMN = 11
_CHART_HEIGHT = 250
_CHART_ROWS = 13
_BESIDE = 4  # E: where the chart begins when a table stands to its left
_DAYS = 30
_WORST = 10
_ONE_LINE = 11
_WIDTH = 38
_MERGED_WIDTH = 105
_NEEDS_ACTION = {words.HELD, words.REJECTED, words.QUARANTINED}


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
        self._movement()
        self._stock()
        self._standings()
        self._reasons()
        chart_row, beside = self.row, self.region and self._worst()
        self.row = max(self.row, chart_row + _CHART_ROWS)
        self.sheet.print_area(0, 0, self.row, _LAST_COLUMN)
        self.sheet.fit_to_pages(1, 1)
        first, last = self._days()
        self._chart(chart_row, _BESIDE if beside else 0, first, last)

    def _heading(self, links: Sequence[str]) -> None:
        sheet, heading = self.sheet, self.book.heading
        sheet.set_column(0, 0, _WIDTH)
        sheet.set_column(1, 10, 11)
        sheet.set_column(_LAST_COLUMN, _LAST_COLUMN, 15)
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, "Электронные родовые сертификаты: отправка в Фонд", self.styles.title)
        made = f"на {heading.day:%d.%m.%Y}, по журналу на {heading.made_at:%d.%m.%Y %H:%M}"
        sheet.write_string(1, 0, safe_text(f"{heading.whom} · {made}"), self.styles.note)
        sheet.write_string(2, 0, "Перейти к листу:", self.styles.note)
        for number, title in enumerate(links):
            sheet.write_url(2, 1 + 2 * number, f"internal:{quoted(title)}!A1", self.styles.link, title)
        sheet.freeze_panes(3, 0)
        self.row = 4

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
        for title, table in (("Отправлено в Фонд", self.figures.sent), ("Принято Фондом", self.figures.received)):
            self._label(title)
            self._numbers(1, [self.figures.between(table, begin, end) for _, begin, end in spans])
            self.row += 1
        self.row += 1

    def _stock(self) -> None:
        self._header("Ещё не у Фонда", ["Сейчас", "Сутки назад", "Разница"])
        stock = self.figures.stock
        for title, column in (("Не отправлено или отказано", "unsent"), ("Из них просрочено", "late")):
            values = int(stock[column].sum()), int(stock[f"{column}_before"].sum())
            self._label(title)
            self._numbers(1, values)
            formula = f"=B{self.row + 1}-C{self.row + 1}"
            self.sheet.write_formula(self.row, 3, formula, self.styles.cell("int"), values[0] - values[1])
            if column == "late":
                self._mark(self.row, 1)
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
        self._header("Почему задержано", ["Запросов", "Просрочено", "Рублей"])
        self._merged(self.row - 1, "Что делать", self.styles.header)
        held, first = self.figures.held(), self.row
        for reason, sums in held:
            trouble = TROUBLES[reason]
            what = f"{trouble.remedy} ({trouble.who})"
            fit_row(self.sheet, self.row, [(trouble.title, _WIDTH), (what, _MERGED_WIDTH)])
            self._merged(self.row, what, self.styles.cell("wrap"))
            self._sums(trouble.title, sums, link=True)
        if held:
            self._total_line(
                "Всего задержано", first, [sum(column) for column in zip(*(s for _, s in held), strict=True)]
            )
        else:
            self._label("Ничего не задержано")
            self.row += 1
        self.row += 1

    def _worst(self) -> bool:
        """Write the hospitals that need help most; return whether there are any."""
        worst = self.figures.worst(_WORST)
        if worst:
            self._header("МО, где больше всего не у Фонда", ["Запросов", "Просрочено", "Рублей"])
        for name, sums in worst:
            fit_row(self.sheet, self.row, [(name, _WIDTH)])
            self._sums(name, sums)
        return bool(worst)

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
        self._header(f"Последние {_DAYS} дней", ["Отправлено", "Принято", "Отказов"])
        first = self.row
        for day, *counts in days:
            self.sheet.write_datetime(self.row, 0, day, self.styles.cell("date"))
            self._numbers(1, counts)
            self.row += 1
        return first, self.row - 1

    def _chart(self, row: int, column: int, first: int, last: int) -> None:
        chart = self.book.workbook.add_chart({"type": "column"})
        looks = (("Отправлено", 1, "#1F4E79"), ("Принято", 2, "#9DC3E6"), ("Отказов", 3, "#C00000"))
        for title, series, colour in looks:
            chart.add_series(
                {
                    "name": title,
                    "categories": [SUMMARY, first, 0, last, 0],
                    "values": [SUMMARY, first, series, last, series],
                    "fill": {"color": colour},
                    "border": {"none": True},
                    "gap": 60,
                }
            )
        chart.set_title({"name": f"Последние {_DAYS} дней", "name_font": {"size": 11}, "overlay": False})
        chart.set_x_axis({"num_format": "dd.mm", "num_font": {"rotation": -90, "size": 8}, "date_axis": False})
        chart.set_y_axis(
            {"num_format": "[$-419]#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "min": 0}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 668 if column else 1185, "height": _CHART_HEIGHT})
        words_for_it = {"description": f"Отправлено, принято и отказано по дням за последние {_DAYS} дней"}
        self.sheet.insert_chart(row, column, chart, words_for_it | {"x_offset": 8})

    def _header(self, title: str, columns: Sequence[str]) -> None:
        self.sheet.set_row(self.row, 28 if any(len(column) > _ONE_LINE for column in columns) else 16)
        self.sheet.write_string(self.row, 0, title, self.styles.section_header)
        for number, column in enumerate(columns, start=1):
            self.sheet.write_string(self.row, number, column, self.styles.header)
        self.row += 1

    def _numbers(self, first: int, counts: Sequence[int]) -> None:
        for number, count in enumerate(counts, start=first):
            self.sheet.write_number(self.row, number, count, self.styles.cell("int"))

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
