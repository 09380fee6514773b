"""Random failures of the Fund, as rules for `stand/fund/behaviours.py`."""

from __future__ import annotations

import random
from typing import Any

# What the Fund does to puts and questions alike. `fault_invalid_data` is not among them: it calls for a person, who is not there.
_FAILURES = (
    "refuse",
    "reset_before",
    "reset_within",
    "reset_after",
    "drop_answer",
    "never_answer",
    "http_400",
    "http_403",
    "http_404",
    "http_429",
    "http_500",
    "http_502",
    "http_503",
    "empty_200",
    "html_200",
    "garbage",
    "fault_internal",
    "fault_signature",
    "fault_decrypt",
    "fault_tms",
    "slow",
    "drip",
    "truncated",
    "wrong_request_id",
    "unsigned",
    "foreign_key",
    "unencrypted",
    "undecryptable",
    "late_processing",
)
_PUTS = ["createErs", "putVisit", "annulVisit", "putTicket1", "putTicket2", "putTicket3"]
_QUESTIONS = ["getErsData", "getResultById"]
_EITHER_WAY = {"reset_after", "http_500", "http_502", "http_503", "fault_internal", "fault_tms"}


def rules(chance: random.Random) -> list[dict[str, Any]]:
    """Return a few rules by which the Fund fails for a while; sometimes none."""
    return [_rule(chance) for _ in range(chance.choice([0, 1, 1, 2, 3]))]


def _rule(chance: random.Random) -> dict[str, Any]:
    behaviour = chance.choice(_FAILURES)
    rule: dict[str, Any] = {
        "behaviour": behaviour,
        "operations": chance.choice([None, _PUTS, _PUTS, _QUESTIONS]),
        "probability": chance.choice([0.2, 0.5, 1.0]),
        "count": chance.choice([1, 2, 3, 5]),
    }
    if behaviour in {"slow", "drip", "late_processing"}:
        rule["seconds"] = round(chance.uniform(0.1, 2.0), 2)
    if behaviour in {"http_403", "http_429", "http_503"}:
        rule["seconds"] = 1.0
    if behaviour in _EITHER_WAY and chance.random() < 0.5:
        rule["accept"] = True  # an answer that says nothing: here the put was taken in all the same
    return rule
