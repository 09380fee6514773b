"""The chart of the last days on the sheet «Сводка»; what it shows stands below what is printed of the sheet."""

from __future__ import annotations

from typing import Any

from ers_sync.reports.book import SUMMARY

# Two blues and a red that are dark, light and middle grey in print.
_SERIES = (("Отправлено", "#1F4E79"), ("Принято", "#9DC3E6"), ("Отказов", "#C00000"))
TITLES = tuple(title for title, _ in _SERIES)


def of_days(workbook: Any, first: int, last: int, *, width: int, height: int) -> Any:
    """Return a chart of the days in rows `first` to `last` (the day in A, the counts beside it), so many pixels wide and high."""
    chart = workbook.add_chart({"type": "column"})
    for column, (title, colour) in enumerate(_SERIES, start=1):
        chart.add_series(
            {
                "name": title,
                "categories": [SUMMARY, first, 0, last, 0],
                "values": [SUMMARY, first, column, last, column],
                "fill": {"color": colour},
                "border": {"none": True},
                "gap": 60,
            }
        )
    chart.set_title({"name": f"Последние {last - first + 1} дней", "name_font": {"size": 10}, "overlay": False})
    chart.set_x_axis(
        {"num_format": "dd.mm", "num_font": {"rotation": -90, "size": 7}, "date_axis": False, "interval_unit": 2}
    )
    chart.set_y_axis(
        {
            "num_format": "[$-419]#,##0",
            "num_font": {"size": 8},
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            "min": 0,
        }
    )
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_size({"width": width, "height": height})
    return chart
