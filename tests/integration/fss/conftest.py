"""A server whose every reply a test writes itself, and a patient client and a hasty one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from .support import HASTY, PATIENT, Caller, Fund, Server


@pytest.fixture(scope="session")
def fund() -> Fund:
    return Fund()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def make_caller(fund: Fund) -> Iterator[Callable[..., Caller]]:
    made: list[Caller] = []

    def make(**changed: float | str) -> Caller:
        made.append(Caller(fund, replace(PATIENT, **changed)))  # type: ignore[arg-type] # tests change one at a time
        return made[-1]

    yield make
    for caller in made:
        caller.transport.close()


@pytest.fixture
def caller(make_caller: Callable[..., Caller]) -> Caller:
    return make_caller()


@pytest.fixture
def hasty(make_caller: Callable[..., Caller]) -> Caller:
    return make_caller(**HASTY)
