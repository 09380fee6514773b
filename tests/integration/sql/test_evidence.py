"""The evidence in the ledger: never open where there is a key, and closed by another one after a rotation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from ers_sync.ledger import database, evidence, exchanges
from ers_sync.ledger.evidence import COLUMNS, Resealed
from ers_sync.ledger.sealing import MAGIC, Seal, SealError
from tests.conftest import MakeDatabase

OLD, NEW = b"o" * 32, b"n" * 32
LONG_AGO = timedelta(hours=2)


@dataclass(frozen=True)
class Ended:
    endpoint: str = "https://fund.example"
    host: str = "fund.example"
    http_status: int | None = 200
    request_wire: bytes | None = b"request wire"
    answer_wire: bytes | None = b"answer wire"
    answer_signed: bytes | None = b"answer signed"


@pytest.fixture
def ledger(make_database: MakeDatabase) -> Iterator[Engine]:
    engine = database.connect(make_database())
    database.migrate(engine)
    yield engine
    engine.dispose()


def exchange(ledger: Engine, seal: Seal, *, ended: bool = True, ago: timedelta = LONG_AGO) -> int:
    with ledger.begin() as connection:
        at = datetime(2026, 3, 16, tzinfo=UTC)
        id_ = exchanges.begin(
            connection, seal, operation="putVisit", organization_id=1, signed=b"request signed", business_at=at
        )
        if ended:
            exchanges.finish(connection, seal, id_, Ended(), outcome="ANSWERED", status="REGISTERED")
        connection.execute(
            text("update ers.exchange set started_at = now() - :ago where id = :id"), {"ago": ago, "id": id_}
        )
    return id_


def kept(ledger: Engine) -> list[bytes]:
    """Every value of the evidence as it lies in the database."""
    with ledger.connect() as connection:
        found = connection.execute(text(f"select {', '.join(COLUMNS)} from ers.exchange order by id")).all()  # noqa: S608 - our own names
    return [bytes(value) for row in found for value in row if value is not None]


def reseal(ledger: Engine, *keys: bytes) -> Resealed:
    return evidence.reseal(ledger, Seal(keys), lambda: False)


def test_all_four_are_closed_and_read_back(ledger: Engine) -> None:
    seal = Seal([NEW])
    id_ = exchange(ledger, seal)
    assert [value[: len(MAGIC)] for value in kept(ledger)] == [MAGIC] * 4
    with ledger.connect() as connection:
        attempt = exchanges.attempt(connection, seal, id_)
    assert (attempt.signed, attempt.signed_answer) == (b"request signed", b"answer signed")


def test_bytes_put_into_another_row_are_not_taken_for_its_own(ledger: Engine) -> None:
    seal = Seal([NEW])
    first, second = exchange(ledger, seal), exchange(ledger, seal)
    with ledger.begin() as connection:
        swap = "update ers.exchange set signed_request = (select signed_request from ers.exchange where id = :a) where id = :b"
        connection.execute(text(swap), {"a": first, "b": second})
        exchanges.attempt(connection, seal, first)
        with pytest.raises(SealError, match="изменены"):
            exchanges.attempt(connection, seal, second)


def test_a_rotation_closes_all_anew_also_what_was_open(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 2)
    ids = [exchange(ledger, seal, ended=ended) for seal in (Seal(), Seal([OLD])) for ended in (True, False, True)]
    exchange(ledger, Seal([NEW, OLD]))
    assert reseal(ledger, NEW, OLD) == Resealed(closed=6, missing=0, finished=True)
    assert {value[: len(MAGIC) + 8] for value in kept(ledger)} == {Seal([NEW]).head}
    with ledger.connect() as connection:
        for id_ in ids:
            assert exchanges.attempt(connection, Seal([NEW]), id_).signed == b"request signed"
    # nothing is looked at twice, until the keys change
    assert reseal(ledger, NEW, OLD) == Resealed(0, 0, finished=True)
    assert reseal(ledger, OLD, NEW).closed == 7


def test_a_stop_is_heeded_and_the_rest_is_done_later(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 2)
    for _ in range(5):
        exchange(ledger, Seal())
    assert evidence.reseal(ledger, Seal([NEW]), lambda: True) == Resealed(2, 0, finished=False)
    assert reseal(ledger, NEW) == Resealed(3, 0, finished=True)


def test_what_may_be_under_way_is_left_to_the_next_day(ledger: Engine) -> None:
    exchange(ledger, Seal([OLD]), ended=False, ago=timedelta(minutes=59))
    assert reseal(ledger, NEW, OLD).closed == 0
    exchange(ledger, Seal([OLD]), ago=timedelta(minutes=61))
    assert reseal(ledger, NEW, OLD).closed == 1


def test_a_lost_key_is_counted_and_stops_nothing(ledger: Engine) -> None:
    exchange(ledger, Seal([OLD]))
    exchange(ledger, Seal())
    assert reseal(ledger, NEW) == Resealed(closed=1, missing=1, finished=True)
    # told again every day, and mended by the key's coming back
    assert reseal(ledger, NEW) == Resealed(closed=0, missing=1, finished=True)
    assert reseal(ledger, NEW, OLD) == Resealed(closed=1, missing=0, finished=True)


def test_without_keys_nothing_is_touched(ledger: Engine) -> None:
    exchange(ledger, Seal())
    assert reseal(ledger) == Resealed(0, 0, finished=True)
    assert kept(ledger)[0] == b"request signed"
