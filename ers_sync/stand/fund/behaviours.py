"""Every way in which the stand-in can fail on purpose, in one table, and who fails when.

A rule is JSON, set through the control endpoint:

    {"behaviour": NAME, "operations": ["putVisit", …] or null for all, "probability": 0…1, "count": N or null for ever,
     "seconds": S, "accept": true | false | null, "says": the words of a Fault or null}

For every request the first rule that fits is carried out. `accept` says whether the request is nevertheless served (a put
loaded) before the failure; null takes the table's word.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from ers_sync.stand.fund.model import PUTS, QUESTIONS


class Stage(Enum):
    """Where on a request's way a behaviour takes hold."""

    LISTENER = auto()  # no connection is let in
    BODY = auto()  # before the body has been read
    INSTEAD = auto()  # something else is answered, or nothing
    SENDING = auto()  # the right answer is sent in a wrong way
    ANSWER = auto()  # a wrong answer in the right form
    PROCESSING = auto()  # a right answer; the processing takes longer


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to fail; `accepts` as in the module's docstring, where there is no choice it is what happens."""

    stage: Stage
    accepts: bool
    what: str


BEHAVIOURS: dict[str, Behaviour] = {
    "refuse": Behaviour(
        Stage.LISTENER, accepts=False, what="connections are refused, open ones cut, while the rule stands"
    ),
    "reset_before": Behaviour(Stage.BODY, accepts=False, what="reset after the header"),
    "reset_within": Behaviour(Stage.BODY, accepts=False, what="reset after half of the body"),
    "reset_after": Behaviour(Stage.INSTEAD, accepts=False, what="reset after the whole body"),
    "drop_answer": Behaviour(Stage.INSTEAD, accepts=True, what="served, then reset instead of an answer"),
    "never_answer": Behaviour(Stage.INSTEAD, accepts=False, what="silence until the rules are changed"),
    "http_400": Behaviour(Stage.INSTEAD, accepts=False, what="400 Bad Request, HTML"),
    "http_403": Behaviour(Stage.INSTEAD, accepts=False, what="403 Forbidden, HTML; Retry-After if seconds are given"),
    "http_404": Behaviour(Stage.INSTEAD, accepts=False, what="404 Not Found, HTML"),
    "http_429": Behaviour(Stage.INSTEAD, accepts=False, what="429 Too Many Requests with Retry-After: seconds"),
    "http_500": Behaviour(Stage.INSTEAD, accepts=False, what="500 with an HTML page, no Fault"),
    "http_502": Behaviour(Stage.INSTEAD, accepts=False, what="502 Bad Gateway, HTML"),
    "http_503": Behaviour(
        Stage.INSTEAD, accepts=False, what="503 Service Unavailable, HTML; Retry-After if seconds are given"
    ),
    "empty_200": Behaviour(Stage.INSTEAD, accepts=True, what="200 with no body"),
    "html_200": Behaviour(Stage.INSTEAD, accepts=False, what="200 with a proxy's login page"),
    "garbage": Behaviour(Stage.INSTEAD, accepts=True, what="200 text/xml that is no XML"),
    "fault_internal": Behaviour(Stage.INSTEAD, accepts=False, what="internalFault"),
    "fault_signature": Behaviour(Stage.INSTEAD, accepts=False, what="digitalSignFault"),
    "fault_decrypt": Behaviour(Stage.INSTEAD, accepts=False, what="decryptFault"),
    "fault_tms": Behaviour(Stage.INSTEAD, accepts=False, what="tmsFault"),
    "fault_invalid_data": Behaviour(Stage.INSTEAD, accepts=False, what="invalidDataFault"),
    "slow": Behaviour(Stage.SENDING, accepts=True, what="the answer comes after so many seconds"),
    "drip": Behaviour(Stage.SENDING, accepts=True, what="the answer comes byte by byte, over so many seconds"),
    "truncated": Behaviour(Stage.SENDING, accepts=True, what="the connection ends after half of the announced body"),
    "wrong_request_id": Behaviour(Stage.ANSWER, accepts=True, what="a signed answer with the requestId of nobody"),
    "unsigned": Behaviour(Stage.ANSWER, accepts=True, what="encrypted, not signed"),
    "foreign_key": Behaviour(
        Stage.ANSWER, accepts=True, what="signed by a key and certificate that are not the Fund's"
    ),
    "unencrypted": Behaviour(Stage.ANSWER, accepts=True, what="signed, not encrypted"),
    "undecryptable": Behaviour(Stage.ANSWER, accepts=True, what="encrypted for somebody else"),
    "late_processing": Behaviour(
        Stage.PROCESSING, accepts=True, what="processed up to so many seconds later, out of turn"
    ),
}


class Rule(BaseModel):
    """When to fail, and how."""

    model_config = ConfigDict(extra="forbid")
    behaviour: str
    operations: frozenset[str] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    count: Annotated[int, Field(ge=1)] | None = None
    seconds: Annotated[float, Field(ge=0)] = 0.0
    accept: bool | None = None
    says: str | None = None

    @field_validator("behaviour")
    @classmethod
    def _known_behaviour(cls, name: str) -> str:
        if name not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour; there are {', '.join(BEHAVIOURS)}")
        return name

    @field_validator("operations")
    @classmethod
    def _known_operations(cls, names: frozenset[str] | None) -> frozenset[str] | None:
        if names is not None and not names <= PUTS | QUESTIONS:
            raise ValueError(f"unknown operation; there are {', '.join(sorted(PUTS | QUESTIONS))}")
        return names

    @property
    def stage(self) -> Stage:
        """Where it takes hold."""
        return BEHAVIOURS[self.behaviour].stage

    @property
    def accepts(self) -> bool:
        """Whether the request is served all the same."""
        return BEHAVIOURS[self.behaviour].accepts if self.accept is None else self.accept


_RULES = TypeAdapter(list[Rule])


class Mischief:
    """The rules in force and how often each has been carried out. Safe for threads."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._lock = threading.Lock()
        self._rules: list[tuple[Rule, list[int]]] = []
        self._released = threading.Event()

    def replace(self, rules: str | bytes) -> list[Rule]:
        """Put other rules (a JSON list) in force, end all silence; return the rules. Raise ValidationError."""
        fresh = _RULES.validate_json(rules)
        with self._lock:
            self._rules = [(rule, [0]) for rule in fresh]
            self._released.set()
            self._released = threading.Event()
        return fresh

    def draw(self, operation: str) -> Rule | None:
        """The rule for the next request of an operation, counted as carried out; None: behave well."""
        with self._lock:
            for rule, used in self._rules:
                fits = rule.operations is None or operation in rule.operations
                left = rule.count is None or used[0] < rule.count
                if rule.stage is not Stage.LISTENER and fits and left and self._chance.random() < rule.probability:
                    used[0] += 1
                    return rule
        return None

    def pause(self, seconds: float | None) -> None:
        """Wait, at most until the rules are changed; None = until then."""
        with self._lock:
            released = self._released
        released.wait(seconds)

    def within(self, seconds: float) -> float:
        """A random share of a time."""
        with self._lock:
            return self._chance.uniform(0, seconds)

    def report(self) -> list[dict[str, Any]]:
        """The rules, each with `used`."""
        with self._lock:
            return [{**rule.model_dump(mode="json"), "used": used[0]} for rule, used in self._rules]
