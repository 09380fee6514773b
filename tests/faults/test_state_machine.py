"""The one module that moves requests, driven at random against a real PostgreSQL and held against a model of a few lines."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, text

from ers_sync.domain.content import Kind
from ers_sync.domain.states import TRANSITIONS, State
from ers_sync.ledger import database, requests
from ers_sync.ledger.requests import Claimed, Step, WrongTransition
from tests.conftest import MakeDatabase

WAITING = [State.REGISTERED, State.UNKNOWN]


def build_ledger(dsn: str) -> None:
    engine = database.connect(dsn)
    database.migrate(engine)
    engine.dispose()


@dataclass
class Model:
    """A request as it must stand: `token` of whoever holds it, `leased` while nobody else may take it, `due` when somebody may."""

    state: State = State.READY
    token: str | None = None
    leased: bool = False
    due: bool = True
    version: int = 1
    attempts: int = 0
    failures: int = 0
    bytes_kept: bool = False
    request_id: str | None = None
    asked_in: int = 0
    since_now: bool = False  # its state's age was counted from now on


class Requests(RuleBasedStateMachine):
    """One transaction, so that the ledger's clock stands still; what waits is moved by hand."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection: Connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.models: dict[int, Model] = {}
        self.claimed: list[Claimed] = []

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    def _sql(self, statement: str, **values: object) -> Any:
        return self.connection.execute(text(statement), values)

    @initialize()
    def begin(self) -> None:
        self._sql("insert into ers.pregnancy (id, is_open) values (1, true)")

    @rule(state=st.one_of(st.just(State.READY), st.sampled_from(WAITING), st.sampled_from(State)))
    def a_request_stands_somewhere(self, state: State) -> None:
        number = str(uuid.uuid4())
        [row] = self._sql(
            "insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, reason, content, state_since) "
            "values ('put_visit', :number, :number, 1, 1, :state, 'reason', '{}', now() - interval '1 hour') returning id",
            number=number,
            state=state,
        )
        self.models[row.id] = Model(state)

    def _take(self, state: State, many: int, taken: list[Claimed]) -> None:
        free = [id_ for id_, m in self.models.items() if m.state is state and m.due and not m.leased]
        assert len(taken) == min(many, len(free))
        assert {claimed.id for claimed in taken} <= set(free)
        if state is State.READY:
            assert sorted(claimed.id for claimed in taken) == sorted(free)[:many]
        assert len({claimed.token for claimed in taken}) <= 1
        for claimed in taken:
            model = self.models[claimed.id]
            model.token, model.leased = claimed.token, True
            assert (claimed.state, claimed.kind, claimed.version) == (state, Kind.PUT_VISIT, model.version)
            assert (claimed.attempts, claimed.failures, claimed.asked_in) == (
                model.attempts,
                model.failures,
                model.asked_in,
            )
            assert claimed.fss_request_id == model.request_id
        self.claimed += taken

    @rule(many=st.integers(1, 4))
    def a_worker_takes_ready_ones(self, many: int) -> None:
        self._take(State.READY, many, requests.claim_ready(self.connection, many, 60))

    @rule(many=st.integers(1, 2), state=st.sampled_from(WAITING))
    def a_worker_takes_waiting_ones(self, many: int, state: State) -> None:
        self._take(state, many, requests.claim_waiting(self.connection, state, many, 60))

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def a_lease_runs_out(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.models)))
        self._sql(
            "update ers.request set lease_until = now() - interval '1 second' where id = :id and lease_until is not null",
            id=id_,
        )
        self.models[id_].leased = False

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def a_pause_is_over(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.models)))
        self._sql("update ers.request set due_at = now() where id = :id", id=id_)
        self.models[id_].due = True

    @precondition(lambda self: self.models)
    @rule(
        data=st.data(),
        to=st.sampled_from(State),
        whose=st.sampled_from(["own", "own", "anybody", "stale"]),
        version=st.sampled_from(["any", "right", "wrong"]),
        seen=st.sampled_from(["as it is", "as it is", "as it is", "otherwise"]),
        lease=st.booleans(),
        pause=st.booleans(),
        failed=st.booleans(),
        forget=st.booleans(),
        keep=st.booleans(),
        asked=st.booleans(),
    )
    def somebody_moves_one(
        self,
        *,
        data: st.DataObject,
        to: State,
        whose: str,
        version: str,
        seen: str,
        lease: bool,
        pause: bool,
        failed: bool,
        forget: bool,
        keep: bool,
        asked: bool,
    ) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.models)))
        model = self.models[id_]
        from_state = model.state if seen == "as it is" else data.draw(st.sampled_from(State))
        if model.state in {State.READY, State.REGISTERED, State.UNKNOWN} and data.draw(st.booleans()):
            to = data.draw(st.sampled_from(sorted(TRANSITIONS[model.state])))
        token = {"own": model.token, "anybody": None, "stale": str(uuid.uuid4())}[whose]
        number = {"any": None, "right": model.version, "wrong": model.version + 1}[version]
        step = Step(
            to,
            "reason",
            pause_seconds=30 if pause else 0,
            lease_seconds=60 if lease else None,
            failed=failed,
            forget_bytes=forget,
            signed_exchange_id=7 if keep else None,
            fss_request_id="id" if to is State.REGISTERED else None,
            attempted=1 if to is State.SENDING else 0,
            asked_in=3 if asked else None,
        )
        if to not in TRANSITIONS[from_state]:
            with pytest.raises(WrongTransition):
                requests.move(self.connection, id_, from_state, step, token=token, version=number)
            return
        moved = requests.move(self.connection, id_, from_state, step, token=token, version=number)
        assert moved == (model.state is from_state and token in {None, model.token} and number in {None, model.version})
        if moved:
            self._moved(model, step)

    @staticmethod
    def _moved(model: Model, step: Step) -> None:
        model.state, model.version, model.since_now = step.to, model.version + 1, True
        model.attempts += step.attempted
        on_its_way = step.to in {State.SENDING, State.UNKNOWN, State.READY}
        model.failures = model.failures + 1 if step.failed else model.failures if on_its_way else 0
        model.leased, model.due = step.lease_seconds is not None, not step.pause_seconds
        model.token = model.token if model.leased else None
        model.bytes_kept = not step.forget_bytes and (model.bytes_kept or step.signed_exchange_id is not None)
        model.request_id = None if step.to is State.SENDING else step.fss_request_id or model.request_id
        model.asked_in = model.asked_in if step.asked_in is None else step.asked_in

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), failed=st.booleans())
    def a_worker_lets_go(self, data: st.DataObject, failed: bool) -> None:
        claimed = data.draw(st.sampled_from(self.claimed))
        requests.put_off(self.connection, claimed, 30, failed=failed)
        model = self.models[claimed.id]
        if model.token == claimed.token and model.state is not State.SENDING:
            model.token, model.leased, model.due = None, False, False
            model.failures += failed

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), exchange=st.sampled_from([7, 8]))
    def an_answer_comes_late(self, data: st.DataObject, exchange: int) -> None:
        claimed = data.draw(st.sampled_from(self.claimed))
        model = self.models[claimed.id]
        step = Step(State.REGISTERED, fss_request_id="late")
        moved = requests.move_late(self.connection, claimed.id, step, exchange)
        assert moved == (model.state is State.UNKNOWN and model.bytes_kept and exchange == 7)
        if moved:
            self._moved(model, step)

    @rule()
    def somebody_looks_for_orphans(self) -> None:
        lost = [m for m in self.models.values() if m.state is State.SENDING and not m.leased]
        assert requests.orphans(self.connection) == len(lost)
        for model in lost:
            model.state, model.version, model.token, model.due = State.UNKNOWN, model.version + 1, None, True
            model.since_now = True

    @rule()
    def the_ledger_went_back_in_time(self) -> None:
        for model in self.models.values():
            model.version += model.token is not None or model.leased
            model.token, model.leased = None, False
        doubted = [
            m
            for m in self.models.values()
            if m.state in {State.SENDING, State.UNKNOWN, State.REGISTERED} or (m.state is State.READY and m.bytes_kept)
        ]
        assert requests.doubt_all(self.connection) == len(doubted)
        for model in doubted:
            model.version, model.due, model.since_now = model.version + 1, True, True
            model.state = State.REGISTERED if model.state is State.REGISTERED else State.UNKNOWN

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def its_annulment_is_done(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.models)))
        model = self.models[id_]
        assert requests.annulled(self.connection, id_) == (model.state is State.DONE)
        if model.state is State.DONE:
            model.state, model.version, model.since_now = State.ANNULLED, model.version + 1, True

    @invariant()
    def the_ledger_stands_as_the_model(self) -> None:
        found = self._sql(
            "select id, state, lease_token::text as token, coalesce(lease_until > now(), false) as leased, "
            "due_at <= now() as due, version, attempts, failures, signed_exchange_id is not null as bytes_kept, "
            "fss_request_id, asked_in, state_since = now() as since_now from ers.request"
        )
        stand = {
            row.id: Model(
                State(row.state),
                row.token,
                row.leased,
                row.due,
                row.version,
                row.attempts,
                row.failures,
                row.bytes_kept,
                row.fss_request_id,
                row.asked_in,
                row.since_now,
            )
            for row in found
        }
        assert stand == self.models


def test_requests_move_as_the_model_says(make_database: MakeDatabase) -> None:
    Requests.engine = database.connect(make_database(build_ledger))
    try:
        run_state_machine_as_test(
            Requests,
            settings=settings(
                max_examples=60,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Requests.engine.dispose()
