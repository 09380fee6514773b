"""The sample and the reference are what the model says, whole and current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ers_sync.config import load, reference, sample
from ers_sync.config.base import Section
from ers_sync.config.describe import Item, items
from ers_sync.config.model import Config
from ers_sync.files import data_text

ROOT = Path(__file__).resolve().parents[3]


def every_item(section: type[Section] = Config) -> Iterator[Item]:
    for item in items(section):
        yield item
        if item.section:
            yield from every_item(item.section)


@pytest.mark.parametrize(("name", "made"), [("config.yaml", sample()), ("docs/config.md", reference())])
def test_generated_files_are_current(name: str, made: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == made, "run tools/generate.py"


def test_the_sample_is_a_data_file() -> None:
    assert data_text("config.yaml") == sample()


def test_the_sample_loads_and_holds_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(sample(), encoding="utf-8")
    config = load(path)
    for name, field in Config.model_fields.items():
        if not field.is_required():
            assert getattr(config, name) == field.get_default(call_default_factory=True)


def test_every_commented_key_of_the_sample_can_be_opened(tmp_path: Path) -> None:
    opened = re.sub(r"^( *)#(?! )|^( *)#(?=  +\S+:|  +- )", r"\1\2", sample(), flags=re.MULTILINE)
    assert not re.search(r"^ *#(?! )", opened, flags=re.MULTILINE)
    path = tmp_path / "config.yaml"
    path.write_text(opened, encoding="utf-8")
    config = load(path)
    assert config.fss.proxy
    assert config.alerts.mail
    assert config.hospitals[0].report_group == "mo1"
    keys = set(re.findall(r"^[ -]*(\w+):", opened, flags=re.MULTILINE)) | set(re.findall(r"[{ ](\w+): ", opened))
    assert {item.key for item in every_item()} <= keys


def test_the_reference_names_every_key_with_a_meaning() -> None:
    page = reference()
    for item in every_item():
        assert item.description.endswith("."), item.key
        assert f"| `{item.key}` | {item.words} |" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(list(every_item()))
    assert all(line.count("|") == 5 for line in rows)


def test_meanings_fit_two_lines_of_the_sample() -> None:
    assert [item.key for item in every_item() if len(item.description) > 210] == []
