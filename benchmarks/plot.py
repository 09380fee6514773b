"""Draws the figures of a results file against their targets: how much of each target is reached.

.venv/bin/python -m benchmarks.plot [benchmarks/results.json] [benchmarks/results.svg]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
_LEFT, _WIDTH, _ROW, _MOST = 620, 300, 20, 2.0


def reached(figure: dict[str, str]) -> float:
    """Return 1 for a target that is just met, more for one that is outdone."""
    ratio, reach = float(figure["ratio"]), float(figure["reach"])
    return ratio / reach if figure["sign"] == "≥" else reach / max(ratio, 0.001)


def drawn(figures: list[dict[str, str]]) -> Iterator[str]:
    """Yield the pieces of an SVG: a bar a figure, cut off at twice the target, and a line where targets are met."""
    height = _ROW * (len(figures) + 1)
    size = f'width="{_LEFT + _WIDTH + 110}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
    yield '<rect width="100%" height="100%" fill="white"/>\n'
    for number, figure in enumerate(figures):
        top, share = _ROW * number + 4, reached(figure)
        label = f"{figure['name']}: {figure['what'].split(', ')[0]}"
        wide = _WIDTH * min(share, _MOST) / _MOST
        colour = "#2e7d32" if share >= 1 else "#c62828"
        told = f"{figure['ratio']} ({figure['sign']} {figure['reach']})"
        yield f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(label)}</text>\n'
        yield f'<rect x="{_LEFT}" y="{top}" width="{wide:.0f}" height="{_ROW - 6}" fill="{colour}"/>\n'
        yield f'<text x="{_LEFT + _WIDTH + 8}" y="{top + 12}">{told}</text>\n'
    line = _LEFT + _WIDTH / _MOST
    yield f'<line x1="{line}" y1="0" x2="{line}" y2="{height}" stroke="black"/>\n</svg>\n'


def main() -> None:
    given = [Path(text) for text in sys.argv[1:]]
    source, target = (*given, *(ROOT / "benchmarks/results.json", ROOT / "benchmarks/results.svg")[len(given) :])
    runs = json.loads(source.read_text(encoding="utf-8"))["runs"]
    target.write_text("".join(drawn([figure for one in runs for figure in one["figures"]])), encoding="utf-8")


if __name__ == "__main__":
    main()
