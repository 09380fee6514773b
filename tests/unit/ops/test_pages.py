"""The operator's pages and what the program says agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ers_sync.watching.incident import WORDS, Code

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("code", list(Code))
def test_every_kind_has_its_words_and_its_place_in_the_runbook(code: Code) -> None:
    runbook = (DOCS / "runbook.md").read_text(encoding="utf-8")
    words = WORDS[code]
    place = runbook.split(f'<a id="{code}"></a>')
    assert len(place) == 2
    section = place[1].split("<a id=")[0]
    said = (words.title, words.means, words.by_itself, words.to_do, f"**Срочность:** {words.urgency}.\n")
    assert [text for text in said if text not in section] == []


def test_the_example_alerts_name_places_and_figures_that_exist() -> None:
    rules = (DOCS / "prometheus-alerts.yml").read_text(encoding="utf-8")
    runbook = (DOCS / "runbook.md").read_text(encoding="utf-8")
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"runbook\.md#(\w+)", rules) if f'<a id="{name}">' not in runbook] == []
    assert [name for name in set(re.findall(r"\bers_\w+", rules)) if f"`{name}`" not in page] == []


def test_the_page_of_figures_is_complete() -> None:
    code = (DOCS.parent / "ers_sync" / "watching" / "figures.py").read_text(encoding="utf-8")
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r'"(ers_\w+)"', code))) == sorted(set(re.findall(r"`(ers_\w+)`", page)))
