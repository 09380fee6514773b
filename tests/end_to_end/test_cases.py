"""The daemon held against the tables that `expected.sql` is held against: every case a woman of her own in one РАМ, all sent at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ers_sync.stand.expected import Row, differences
from ers_sync.stand.line import Line, Options, open_line
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from ers_sync.stand.sample_numbers import snils
from tests.integration.expected_ram import NOW, SNILS, Given, contracts, fill, hospitals
from tests.integration.test_expected import CASES, row

STEP = 1000  # between the ids of two cases
NAMES = list(CASES)
RELATED = {"id", "patient_id", "pregnancy_id", "outcome_id"}


def _number(case: int, woman: int) -> str:
    return snils(200_000_000 + case * 10 + woman)


def _own(case: int, value: Any) -> Any:
    """A case's own СНИЛС; the second after now, which a run outlasts, becomes an hour."""
    women = {number: _number(case, woman) for woman, number in SNILS.items()}
    if isinstance(value, str):
        return women.get(value, value.replace(" 12:00:01", " 13:00:00"))
    return value


def _rows(case: int) -> list[Given]:
    given = CASES[NAMES[case]][0]
    return [
        (table, {key: value + case * STEP if key in RELATED else _own(case, value) for key, value in values.items()})
        if table != "organization"
        else (table, values)
        for table, values in given
    ]


def _certificates(case: int) -> list[dict[str, Any]]:
    def own(known: dict[str, Any]) -> dict[str, Any]:
        visits = [seen | {"visit_id": _key(case, seen["visit_id"])} for seen in known.get("visits", [])]
        number = f"9{case:04}{known['ers_number'][-5:]}"
        return known | {"snils": _own(case, known["snils"]), "ers_number": number, "visits": visits}

    return [own(known) for known in CASES[NAMES[case]][1]]


def _key(case: int, key: str) -> str:
    """A visit's id is that of its exam."""
    return str(int(key) + case * STEP) if key.isdecimal() else key


def _called_for(case: int) -> Counter[Row]:
    rows = (row(words, _number(case, 1)) for words in CASES[NAMES[case]][2])
    return Counter((operation, ogrn, number, _key(case, key)) for operation, ogrn, number, key in rows)


@pytest.fixture(scope="module")
def line(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Return a line that has settled with all the cases."""
    with ExitStack() as stack:
        ram, ledger = (postgres.create_database(name) for name in ("cases_ram", "cases_ledger"))
        stack.callback(postgres.drop_database, "cases_ram")
        stack.callback(postgres.drop_database, "cases_ledger")
        create_reference_schema(ram)
        fill(ram, hospitals())
        fill(ram, [given for case in range(len(NAMES)) for given in _rows(case)])
        certificates = [known for case in range(len(NAMES)) for known in _certificates(case)]
        seed = {"organizations": contracts(), "certificates": certificates}
        changes = {"schedule": {"poll_seconds": 1, "submit_workers": 4}}
        options = Options(at=NOW, delay=0.0, seed=seed, changes=changes)
        opened = stack.enter_context(open_line(tmp_path_factory.mktemp("cases"), ram, ledger, options))
        opened.settle()
        yield opened


@pytest.fixture(scope="module")
def processed(line: Line) -> dict[str, Counter[Row]]:
    """Return what the Fund processed, by СНИЛС."""
    found: dict[str, Counter[Row]] = {}
    for operation, ogrn, number, key in line.processed():
        found.setdefault(number, Counter())[operation, ogrn, number, key] += 1
    return found


@pytest.mark.parametrize("case", range(len(NAMES)), ids=NAMES)
def test_case(case: int, processed: dict[str, Counter[Row]]) -> None:
    women = (processed.get(_number(case, woman), Counter()) for woman in SNILS)
    assert sum(women, Counter()) == _called_for(case)


def test_all_cases_in_one_region(line: Line) -> None:
    """The cases do not disturb one another, in the daemon or in `expected.sql`; nothing is refused or sent twice."""
    seed = {
        "organizations": contracts(),
        "certificates": [c for case in range(len(NAMES)) for c in _certificates(case)],
    }
    assert differences(line.ram_dsn, seed, line.context.clock(), line.book()) == []
