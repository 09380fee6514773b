"""Which rule takes hold of which request."""

from __future__ import annotations

import json
import random
import threading
from typing import Any

import pytest
from pydantic import ValidationError

from ers_sync.stand.fund.behaviours import BEHAVIOURS, Mischief, Stage


def mischief(*rules: dict[str, Any]) -> Mischief:
    made = Mischief(random.Random(1))
    made.replace(json.dumps(rules))
    return made


def drawn(made: Mischief, *operations: str) -> list[str | None]:
    return [rule.behaviour if (rule := made.draw(operation)) else None for operation in operations]


def test_no_rule_no_failure() -> None:
    assert drawn(mischief(), "putVisit") == [None]


def test_operations_and_count() -> None:
    made = mischief(
        {"behaviour": "http_500", "operations": ["putVisit"], "count": 2},
        {"behaviour": "slow", "operations": ["getErsData"]},
    )
    assert drawn(made, "createErs", "putVisit", "getErsData", "putVisit", "putVisit") == [
        *(None, "http_500", "slow"),
        *("http_500", None),
    ]
    assert [rule["used"] for rule in made.report()] == [2, 1]


def test_the_first_that_fits() -> None:
    made = mischief({"behaviour": "http_500", "count": 1}, {"behaviour": "http_502"})
    assert drawn(made, "putVisit", "putVisit") == ["http_500", "http_502"]


def test_chance_is_seeded_and_about_right() -> None:
    runs = [drawn(mischief({"behaviour": "slow", "probability": 0.25}), *["putVisit"] * 1000) for _ in range(2)]
    assert runs[0] == runs[1]
    assert 200 < runs[0].count("slow") < 300


def test_other_rules_end_a_silence() -> None:
    made = mischief({"behaviour": "never_answer"})
    silent = threading.Thread(target=made.pause, args=(None,), daemon=True)
    silent.start()
    silent.join(0.05)
    assert silent.is_alive()
    made.replace("[]")
    silent.join(10)
    assert not silent.is_alive()


def test_refusing_connections_is_not_for_a_request() -> None:
    assert drawn(mischief({"behaviour": "refuse"}, {"behaviour": "slow"}), "putVisit") == ["slow"]


@pytest.mark.parametrize(
    "rule",
    [
        {"behaviour": "explode"},
        {"behaviour": "slow", "operations": ["putVisits"]},
        {"behaviour": "slow", "probability": 1.1},
        {"behaviour": "slow", "count": 0},
        {"behaviour": "slow", "seconds": -1},
        {"behaviour": "slow", "often": True},
    ],
)
def test_a_wrong_rule_is_refused_and_the_old_ones_stay(rule: dict[str, Any]) -> None:
    made = mischief({"behaviour": "http_500"})
    with pytest.raises(ValidationError):
        made.replace(json.dumps([rule]))
    assert drawn(made, "putVisit") == ["http_500"]


@pytest.mark.parametrize(("accept", "expected"), [(None, False), (True, True)])
def test_accepting_can_be_chosen(accept: bool | None, expected: bool) -> None:
    rule = mischief({"behaviour": "http_500", "accept": accept}).draw("putVisit")
    assert rule is not None
    assert rule.accepts is expected


def test_every_stage_has_a_behaviour() -> None:
    assert {behaviour.stage for behaviour in BEHAVIOURS.values()} == set(Stage)
