"""The transitions and the diagram that explains them say the same."""

from __future__ import annotations

import re

import pytest

from ers_sync.domain import states
from ers_sync.domain.states import ENDED, IN_FLIGHT, RENEWABLE, TRANSITIONS, UNSENT, Cancel, Hold, State

_NAME = re.compile(r"\b[A-Z]{4,}\b")
_UNFINISHED = {State.HELD, State.READY, State.SENDING, State.UNKNOWN, State.REGISTERED}


def _diagram() -> dict[State, set[State]]:
    """Read the diagram of the module's docstring: `A, B → C(reason) | D   why`, and `⇄` for both ways."""
    found: dict[State, set[State]] = {state: set() for state in State}
    for line in (states.__doc__ or "").splitlines():
        arrow = re.search(r"[→⇄]", line)
        if arrow is None:
            continue
        before, after = line[: arrow.start()], line[arrow.end() :]
        if "event" in before:  # event → HELD(reason, what to do) ⇄ READY
            before, after = after.split("⇄")
            arrow = re.search("⇄", line)
        origins = set(_UNFINISHED) if "any unfinished" in before else _states(before)
        targets = _states(re.split(r"\s{3,}", after.strip())[0])
        for origin in origins:
            found[origin] |= targets
        if arrow and arrow.group() == "⇄":
            for target in targets:
                found[target] |= origins
    return found


def _states(text: str) -> set[State]:
    return {State(name) for name in _NAME.findall(text)}


def test_the_diagram_and_the_table_are_one() -> None:
    assert _diagram() == {state: set(targets) for state, targets in TRANSITIONS.items()}


def test_the_diagram_was_read() -> None:
    assert sum(map(len, _diagram().values())) > 20


def test_every_state_is_reached_and_only_ends_are_final() -> None:
    reached, queue = {State.HELD}, [State.HELD]
    while queue:
        new = TRANSITIONS[queue.pop()] - reached
        reached |= new
        queue += new
    assert reached == set(State)
    assert {state for state, targets in TRANSITIONS.items() if not targets} == ENDED


@pytest.mark.parametrize("state", list(State))
def test_what_the_fund_may_have_is_never_cancelled_nor_taken_for_unsent(state: State) -> None:
    if state in IN_FLIGHT | {State.DONE}:
        assert State.CANCELLED not in TRANSITIONS[state]
        assert state not in UNSENT
    assert (State.SENDING in TRANSITIONS[state]) == (state is State.READY)
    assert (State.ANNULLED in TRANSITIONS[state]) == (state is State.DONE)


def test_order_of_reasons() -> None:
    assert list(Hold) == [
        "missing_data",
        "no_contract",
        "no_signing_key",
        "certificate_unclear",
        "no_certificate_number",
        "annul_first",
        "brake",
        "operator",
    ]
    assert set(Cancel) == {"adopted", "already_there", "certificate_closed", "gone", "superseded", "operator"}
    assert {"gone", "superseded"} == RENEWABLE
