"""Defaults, all faults at once, and no input that gets through or is quoted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.config import ConfigError, load
from ers_sync.config.describe import example, item_at
from ers_sync.config.model import Config

Changed = Callable[[tuple[str | int, ...], Any], str]
Write = Callable[[str], Path]


def test_the_least_that_must_be_said_and_its_defaults(minimal: str, write: Write) -> None:
    config = load(write(minimal))
    assert (config.mode, str(config.timezone), config.ram.scan, config.fss.provider) == (
        "dry",
        "Asia/Yekaterinburg",
        "changes",
        "engine",
    )
    assert config.schedule.report_at == time(6, 0)
    assert config.hospitals[0].start_from == date(2026, 1, 1)
    assert [(price.ticket1, price.ticket2, price.ticket3_1, price.ticket3_2) for price in config.prices] == [
        (3000, 6000, 1000, 1000),
        (4000, 6000, 1000, 1000),
    ]
    assert config.zone_of(config.hospitals[0]) is config.timezone


def test_a_hospital_may_have_a_zone_of_its_own(changed: Changed, write: Write) -> None:
    config = load(write(changed(("hospitals", 0, "timezone"), "Asia/Omsk")))
    assert str(config.zone_of(config.hospitals[0])) == "Asia/Omsk"


def test_all_faults_at_once_with_their_lines(write: Write) -> None:
    text = """mode: maybe
timezone: Asia/Yekaterinburg
ledger: {dsn_file: ledger-dsn}
ram:
  dsn_file: ram-dsn
  window_hours: 0
  widow_hours: 3
fss:
  endpoints: [{url: 'http://fund.example/'}]
  certificates: [fund.pem]
  max_processing_hours: долго
hospitals:
  - id: 1
    key_files: [k.pem]
    certificate_files: [c.pem]
  - id: 1
    key_files: [k.pem]
    certificate_files: [c.pem]
    start_from: 2026-01-01
reports: {dir: reports}
"""
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    assert [(problem.key, problem.line) for problem in caught.value.problems] == [
        ("mode", 1),
        ("ram.window_hours", 6),
        ("ram.widow_hours", 7),
        ("fss.endpoints[1].url", 9),
        ("fss.max_processing_hours", 11),
        ("hospitals[1].start_from", 13),
        ("hospitals[2].id", 16),
    ]


@given(data=st.data())
def test_any_value_anywhere_gives_texts_and_never_itself(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    location: list[str | int] = []
    here: Any = example(Config)
    while isinstance(here, (dict, list)) and here:
        step = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else [0]))
        location.append(step)
        here = here[step]
        if data.draw(st.integers(0, 2)) == 0:
            break
    canary = "Секретов-77 postgresql://u:hunter2@h"
    value = data.draw(
        st.sampled_from(
            [canary, [canary], {canary[:8]: canary}, {"password": canary}, -7, 1e300, True, [], {}, [[]], [7]]
        )
    )
    whole = example(Config)
    parent: Any = whole
    for step in location[:-1]:
        parent = parent[step]
    parent[location[-1]] = value
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    try:
        load(path)
    except ConfigError as error:
        refusal = error
    else:
        return
    assert "hunter2" not in str(refusal)
    assert all(problem.advice and re.search("[а-я]", problem.wrong) for problem in refusal.problems)
    assert any(problem.line for problem in refusal.problems)
    key = item_at(Config, tuple(location))
    assert key
    assert any(key.key in problem.key for problem in refusal.problems)
