"""How the sheets look: one palette, Russian formats of numbers and dates.

Every colour comes with a word or a number that says the same, and its fill prints as light grey.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

FONT = {"font_name": "Arial", "font_size": 10}  # the workbook's own: a unit of column width is a digit of it
CELL_SIZE = 9
INTEGER = '[$-419]#,##0;[$-419]-#,##0;"–"'
MONEY = '[$-419]#,##0\\ "₽";[$-419]-#,##0\\ "₽";"–"'
DATE = "dd.mm.yyyy"
DATETIME = "dd.mm.yyyy hh:mm"
TEXT = "@"

INK = "#1F3864"
GRID = "#BFBFBF"
HEADER_FILL = "#D9E2EF"

_KINDS: dict[str, dict[str, Any]] = {
    "text": {"num_format": TEXT, "align": "left", "indent": 1},
    "wrap": {"num_format": TEXT, "text_wrap": True, "align": "left", "indent": 1},
    "center": {"num_format": TEXT, "align": "center"},
    "int": {"num_format": INTEGER, "align": "right"},
    "id": {"num_format": "0", "align": "right"},
    "seconds": {"num_format": "0.0", "align": "right"},
    "money": {"num_format": MONEY, "align": "right"},
    "day": {"num_format": DATE, "align": "center"},
    "date": {"num_format": DATE, "align": "center"},
    "datetime": {"num_format": DATETIME, "align": "center"},
}
_LEVELS: dict[str, dict[str, Any]] = {
    "": {},
    "subgroup": {"bg_color": "#F7F9FC"},
    "group": {"bold": True, "bg_color": "#EDF1F7"},
    "total": {"bold": True, "bg_color": HEADER_FILL},
}
_LOOKS: dict[str, dict[str, Any]] = {
    "bad": {"bg_color": "#FBD5D5", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFF2CC", "font_color": "#7F6000"},
    "good": {"bg_color": "#E2EFDA", "font_color": "#375623"},
}


class Styles:
    """The formats of one workbook, made when they are first wanted."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str], Any] = {}

    def cell(self, kind: str, level: str = "") -> Any:
        """Return the format of a cell by the kind of its column; `level` is `total`, `group`, `subgroup` or empty."""
        if (kind, level) not in self._made:
            look = {"border": 1, "border_color": GRID, "valign": "top"} | _KINDS[kind] | _LEVELS[level]
            self._made[kind, level] = self._format(**look)
        return self._made[kind, level]

    def number(self, kind: str, level: str = "") -> int:
        """Return the number by which the cells of the file name such a format."""
        # The writer numbers a format when a cell first has it, and does so nowhere else.
        return int(self.cell(kind, level)._get_xf_index())  # noqa: SLF001

    @cached_property
    def title(self) -> Any:
        """Return the format of a sheet's title."""
        return self._format(bold=True, font_size=14, font_color=INK)

    @cached_property
    def section_header(self) -> Any:
        """Return the format of the first heading of a block: what the block is about."""
        look = {"bold": True, "font_color": INK, "text_wrap": True, "valign": "vcenter", "border": 1, "indent": 1}
        return self._format(**look, align="left", bg_color=HEADER_FILL, border_color="#7F7F7F")

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
        look = {"border": 1, "border_color": GRID, "valign": "top", "text_wrap": True, "align": "left", "indent": 1}
        return self._format(**look, font_color="#0563C1", underline=1)

    @cached_property
    def header(self) -> Any:
        """Return the format of a column's heading."""
        look = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        return self._format(**look, bg_color=HEADER_FILL, border_color="#7F7F7F")

    @cached_property
    def bad(self) -> Any:
        """Return what marks trouble: bold on a light red that prints as light grey."""
        return self._workbook.add_format(_LOOKS["bad"] | {"bold": True})

    @cached_property
    def warning(self) -> Any:
        """Return what marks something to watch."""
        return self._workbook.add_format(_LOOKS["warning"])

    @cached_property
    def good(self) -> Any:
        """Return what marks something settled."""
        return self._workbook.add_format(_LOOKS["good"])

    def verdict(self, look: str) -> Any:
        """Return the format of the sentence that says how things are: `good`, `warning` or `bad`."""
        shape = {"bold": True, "font_size": 12, "valign": "vcenter", "align": "left", "indent": 1, "border": 1}
        return self._format(**shape, border_color="#7F7F7F", **_LOOKS[look])

    def _format(self, **look: Any) -> Any:
        return self._workbook.add_format(FONT | {"font_size": CELL_SIZE} | look)
