"""The least configuration that loads, and what is said of a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ers_sync.config import ConfigError, load

MINIMAL: dict[str, Any] = {
    "mode": "dry",
    "timezone": "Asia/Yekaterinburg",
    "ledger": {"dsn_file": "ledger-dsn"},
    "ram": {"dsn_file": "ram-dsn"},
    "fss": {"endpoints": [{"url": "https://fund.example/ers"}], "certificates": ["fund.pem"]},
    "hospitals": [{"id": 1, "key_files": ["k.pem"], "certificate_files": ["c.pem"], "start_from": "2026-01-01"}],
    "reports": {"dir": "reports"},
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def minimal() -> str:
    return yaml.safe_dump(MINIMAL, sort_keys=False)


@pytest.fixture
def changed() -> Callable[[tuple[str | int, ...], Any], str]:
    """The least configuration with one value put at a location; `...` removes it."""

    def changed(location: tuple[str | int, ...], value: Any) -> str:
        data = json.loads(json.dumps(MINIMAL))
        parent = data
        for step in location[:-1]:
            parent = parent.setdefault(step, {}) if isinstance(step, str) else parent[step]
        if value is ...:
            del parent[location[-1]]
        else:
            parent[location[-1]] = value
        # through JSON: no anchors for what stands twice
        return yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False)

    return changed


@pytest.fixture
def problems(write: Callable[[str], Path]) -> Callable[[str], list[str]]:
    """What is said of a text, without line numbers."""

    def problems(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(write(text))
        assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
        return [re.sub(r"(, )?строка \d+", "", str(problem)) for problem in caught.value.problems]

    return problems
