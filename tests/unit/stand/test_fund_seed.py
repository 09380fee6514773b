"""The seed: exactly its shape, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ers_sync.stand.fund.model import Contract, Person
from ers_sync.stand.fund.registry import Registry
from ers_sync.stand.fund.seed import SeedError, plant, read_names, read_seed

from .fund_world import NAMES, NUMBER, OGRN, OTHER, SEED, registry


def certificate(**changed: Any) -> str:
    whole = {"ers_number": NUMBER, "snils": "11223344595", "ogrn": OGRN, "create_date": "2026-01-20", "status": "OPEN"}
    return json.dumps({"certificates": [{**whole, **changed}]})


def contract(**changed: Any) -> str:
    whole = {"kind": "1", "number": "14", "from": "2026-01-01", "to": None}
    return json.dumps({"organizations": [{"ogrn": OGRN, "contracts": [{**whole, **changed}]}]})


def test_a_seed_is_what_the_fund_knows() -> None:
    known = registry()
    assert known.contracts[OGRN][1] == Contract("2", "15", "2026-01-01", None)
    assert set(known.contracts) == {OGRN}
    assert known.certificates[NUMBER].owner == Person("Иванова", "Анна", "Петровна", "1990-01-01", "11223344595")
    assert set(known.visits) == {(OGRN, "old"), (OTHER, "theirs")}
    assert known.names == {OGRN: "ЦГБ"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"organisations": []}',
        contract(kind="3"),
        contract(number=""),
        contract(**{"from": "01.01.2026"}),
        contract(**{"from": None}),
        contract(signed="2026-01-01"),
        certificate(ers_number="123"),
        certificate(snils="112-233-445 95"),
        certificate(status="OPENED"),
        certificate(create_date="2026-02-30"),
        certificate(tickets=[{"type": "3", "create_date": "2026-01-20", "ogrn": OGRN}]),
        certificate(visits=[{"visit_id": "", "visit_date": "2026-01-20", "ogrn": OGRN}]),
        certificate(visits=None),
    ],
)
def test_a_wrong_seed_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(SeedError) as caught:
        read_seed(text)
    assert "11223344595" not in str(caught.value)
    assert "112-233" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [certificate(snils=""), contract(to="2026-01-01"), contract(), "{}", certificate(tickets=[])]
)
def test_a_right_seed_is_read(text: str) -> None:
    plant(Registry(), read_seed(text), read_names("{}"))


def test_planting_again_replaces() -> None:
    known = registry()
    plant(known, read_seed(certificate(snils="11223344696", status="CLOSED")), read_names("{}"))
    plant(known, read_seed(contract(number="99")), read_names("{}"))
    assert known.by_identifier("11223344595") == []
    assert [c.status for c in known.by_identifier("11223344696")] == ["CLOSED"]
    assert known.visits == {}
    assert [c.number for c in known.contracts[OGRN]] == ["99"]


def test_a_new_number_is_never_one_of_the_seed() -> None:
    known = registry()
    number = known.free_number()
    plant(known, read_seed(certificate(ers_number=number)), read_names("{}"))
    assert known.free_number() != number


def test_names_are_optional_and_strict() -> None:
    plant(known := Registry(), read_seed(SEED), read_names("{}"))
    assert known.certificates[NUMBER].owner == Person(snils="11223344595")
    with pytest.raises(SeedError):
        read_names(NAMES.replace("last_name", "surname"))
