"""How the sheets look: one palette, Russian formats of numbers and dates.

Every colour comes with a word or a number that says the same, and its fill prints as light grey.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

FONT = "Arial"
INTEGER = "[$-419]#,##0"
MONEY = '[$-419]#,##0\\ "₽"'
DATE = "dd.mm.yyyy"
DATETIME = "dd.mm.yyyy hh:mm"
TEXT = "@"

INK = "#1F3864"
GRID = "#BFBFBF"
HEADER_FILL = "#D9E2EF"
GROUP_FILL = "#EDF1F7"

_KINDS: dict[str, dict[str, Any]] = {
    "text": {"num_format": TEXT},
    "wrap": {"num_format": TEXT, "text_wrap": True},
    "center": {"num_format": TEXT, "align": "center"},
    "int": {"num_format": INTEGER, "align": "right"},
    "seconds": {"num_format": "0.0", "align": "right"},
    "money": {"num_format": MONEY, "align": "right"},
    "day": {"num_format": DATE, "align": "center"},
    "date": {"num_format": DATE, "align": "center"},
    "datetime": {"num_format": DATETIME, "align": "center"},
}


class Styles:
    """The formats of one workbook, made when they are first wanted."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str], Any] = {}

    def cell(self, kind: str, level: str = "") -> Any:
        """Return the format of a cell by the kind of its column; `level` is `total`, `group` or empty."""
        if (kind, level) not in self._made:
            look: dict[str, Any] = {"border": 1, "border_color": GRID, "valign": "top"} | _KINDS[kind]
            if level:
                look |= {"bold": True, "bg_color": HEADER_FILL if level == "total" else GROUP_FILL}
            self._made[kind, level] = self._format(**look)
        return self._made[kind, level]

    @cached_property
    def title(self) -> Any:
        """Return the format of a sheet's title."""
        return self._format(bold=True, font_size=14, font_color=INK)

    @cached_property
    def section_header(self) -> Any:
        """Return the format of the first heading of a block: what the block is about."""
        look = {"bold": True, "font_color": INK, "text_wrap": True, "valign": "vcenter", "border": 1}
        return self._format(**look, bg_color=HEADER_FILL, border_color="#7F7F7F")

    @cached_property
    def note(self) -> Any:
        """Return the format of a remark."""
        return self._format(font_color="#595959", italic=True)

    @cached_property
    def link(self) -> Any:
        """Return the format of a link to another sheet."""
        return self._format(font_color="#0563C1", underline=1)

    @cached_property
    def cell_link(self) -> Any:
        """Return the format of a link in a table."""
        return self._format(
            font_color="#0563C1", underline=1, border=1, border_color=GRID, valign="top", text_wrap=True
        )

    @cached_property
    def header(self) -> Any:
        """Return the format of a column's heading."""
        look = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        return self._format(**look, bg_color=HEADER_FILL, border_color="#7F7F7F")

    @cached_property
    def bad(self) -> Any:
        """Return what marks trouble: bold on a light red that prints as light grey."""
        return self._workbook.add_format({"bg_color": "#FBD5D5", "font_color": "#9C0006", "bold": True})

    @cached_property
    def warning(self) -> Any:
        """Return what marks something to watch."""
        return self._workbook.add_format({"bg_color": "#FFF2CC", "font_color": "#7F6000"})

    @cached_property
    def good(self) -> Any:
        """Return what marks something settled."""
        return self._workbook.add_format({"bg_color": "#E2EFDA", "font_color": "#375623"})

    def _format(self, **look: Any) -> Any:
        return self._workbook.add_format({"font_name": FONT, "font_size": 10, **look})
