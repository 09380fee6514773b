"""What the demonstration is held against, and what it tells when the Fund's book is another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random
from typing import Any

import psycopg2
import pytest
import stdnum.ru.inn
import stdnum.ru.ogrn

from ers_sync.stand.expected import LONGEST, SCRIPT, Row, differences, expected
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema, run_script
from ers_sync.stand.sample_numbers import snils
from tests.integration.expected_cards import CARDS, NUMBERS
from tests.integration.expected_cases import EVENTS
from tests.integration.expected_certificates import CERTIFICATES
from tests.integration.expected_ram import (
    NOW,
    OGRN,
    PLAIN,
    SENT,
    SNILS,
    Given,
    card,
    contracts,
    exam,
    fill,
    hospitals,
    known,
    pregnancy,
    primary,
)


def row(words: str, number: str = SNILS[1]) -> Row:
    """`createErs 1`, `ticket2 1` or `11 1` (a visit) as a row."""
    key, hospital = words.split()
    operation = {"createErs": "createErs"}.get(key, f"putT{key[1:7]}" if key.startswith("ticket") else "putVisit")
    return operation, OGRN[int(hospital)], number, "" if key == "createErs" else key


@pytest.fixture(scope="module")
def with_hospitals(postgres: PrivatePostgres) -> Iterator[str]:
    dsn = postgres.create_database("called_for")
    create_reference_schema(dsn)
    fill(dsn, hospitals())
    yield dsn
    postgres.drop_database("called_for")


@pytest.fixture
def ram(with_hospitals: str) -> str:
    """One database for all, with the hospitals and nobody else: a new one for every case takes a second."""
    run_script(with_hospitals, "truncate ram.patient, ram.pregnancy, ram.exam, ram.outcome, ram.newborn, ram.child")
    run_script(with_hospitals, "delete from ram.organization where id > 9")
    return with_hospitals


def found(dsn: str, given: list[Given], certificates: list[dict[str, Any]]) -> Counter[Row]:
    fill(dsn, given)
    return expected(dsn, {"organizations": contracts(), "certificates": certificates}, NOW)


CASES = {**EVENTS, **CERTIFICATES}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, ram: str) -> None:
    given, certificates, called_for = CASES[name]
    assert found(ram, given, certificates) == Counter(map(row, called_for))


def test_cards(ram: str) -> None:
    """Every card of its own in one РАМ: ids tell whose visit went out."""
    for id_, (changes, _) in enumerate(CARDS.values(), 1):
        fill(ram, [card(1, **changes | {"id": id_}), pregnancy(id_, patient_id=id_)])
        fill(ram, [exam(id_, 100, pregnancy_id=id_)])
    visits = {
        int(key) for _, _, _, key in expected(ram, {"organizations": contracts(), "certificates": [known()]}, NOW)
    }
    names = list(CARDS)
    assert {names[id_ - 1] for id_ in visits} == {name for name, (_, sent) in CARDS.items() if sent}


@pytest.mark.parametrize(("typed", "sent"), NUMBERS.items())
def test_snils(typed: str, sent: str, ram: str) -> None:
    rows = found(ram, [card(snils=typed), *PLAIN[1:]], [])
    assert rows == Counter(row(words, sent) for words in SENT if sent)


# Twelve digits of an ИНН have two check digits, so few of them are valid by chance; a digit too many or too few never is.
VALID: dict[str, tuple[Callable[[str], bool], int]] = {
    "inn": (stdnum.ru.inn.is_valid, 10),
    "ogrn": (stdnum.ru.ogrn.is_valid, 13),
    "snils": (lambda number: number == snils(int(number[:9])), 11),
}


@pytest.mark.parametrize("kind", [*VALID, "inn of a person"])
def test_check_digits(kind: str, ram: str) -> None:
    """Against python-stdnum, and for СНИЛС the formula in words of the sample: every last digits of some numbers."""
    name, _, person = kind.partition(" ")
    valid, length = VALID[name]
    beginnings = [
        f"{Random(seed).randrange(10**11, 10**12)}1" for seed in range(60 if name == "snils" or person else 400)
    ]
    places = 2 if name == "snils" or person else 1
    length = 12 if person else length
    numbers = [f"{begin[: length - places]}{end:0{places}}" for begin in beginnings for end in range(10**places)]
    assert judged(ram, name, numbers) == [valid(number) for number in numbers]
    assert not any(judged(ram, name, [f"{numbers[0]}0", numbers[0][:-1], "", f"{numbers[0][:-1]}x"]))


def judged(dsn: str, name: str, numbers: list[str]) -> list[bool]:
    """Tell which numbers a function of the script takes for valid."""
    functions = SCRIPT.read_text(encoding="utf-8").partition("create temp table")[0]
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(functions)
        cursor.execute(f"select pg_temp.{name}(number) is not null from unnest(%s) as number", [numbers])  # noqa: S608 - ours
        return [valid for (valid,) in cursor.fetchall()]


def test_no_snils(ram: str) -> None:
    """Without СНИЛС nothing is found, so both rows of one pregnancy ask, and the Fund gives both the same number."""
    other = [pregnancy(2), primary(20, 61, 2, pregnancy_id=2), exam(21, 211, 2, pregnancy_id=2)]
    given = [card(snils="\t", snils_absence_reason="иностранка"), *PLAIN[1:], exam(12, 210), *other]
    rows = found(ram, given, [known(snils="")])
    assert rows == Counter(row(words, "") for words in [*SENT, "createErs 2", "12 1", "21 2", "ticket1 1"])


def line(words: str, **changes: Any) -> dict[str, Any]:
    operation, ogrn_, number, key = row(words)
    usual = {"operation": operation, "ogrn": ogrn_, "snils": number, "key": key, "result": "PROCESSED"}
    return usual | {"codes": [], "duplicate": False} | changes


REFUSED = {"result": "PROCESSING_ERROR", "codes": ["1204"]}
WHOSE = f"ОГРН {OGRN[1]}, СНИЛС …{SNILS[1][-4:]}"
DIFFERENCES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "equal": ([line("11 1"), line("createErs 1")], []),
    "lost": ([line("createErs 1")], [f"putVisit 11, {WHOSE}: положено 1, обработано Фондом 0"]),
    "twice": (
        [line("createErs 1"), line("createErs 1"), line("11 1")],
        [f"createErs, {WHOSE}: положено 1, обработано Фондом 2"],
    ),
    "not called for": (
        [*map(line, SENT), line("annul 1", snils="", operation="annulVisit", key="11")],
        [f"annulVisit 11, ОГРН {OGRN[1]}, без СНИЛС: положено 0, обработано Фондом 1"],
    ),
    "refused once, processed later": (
        [*map(line, SENT), line("11 1", **REFUSED)],
        [f"putVisit 11, {WHOSE}: отклонено Фондом, PROCESSING_ERROR (коды: 1204)"],
    ),
    "sent anew": (
        [*map(line, SENT), line("11 1", **REFUSED | {"codes": ["2201"], "duplicate": True})],
        [f"putVisit 11, {WHOSE}: отправлено повторно, хотя уже обработано (коды: 2201)"],
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences(name: str, ram: str) -> None:
    book, told = DIFFERENCES[name]
    fill(ram, PLAIN)
    assert differences(ram, {"organizations": contracts()}, NOW, book) == told


def test_many_differences(ram: str) -> None:
    book = [line(f"{id_} 1") for id_ in range(LONGEST + 3)]
    told = differences(ram, {}, NOW, book)
    assert len(told) == LONGEST + 1
    assert told[-1] == "… и ещё 3"


def test_now_has_a_zone(ram: str) -> None:
    with pytest.raises(ValueError, match="no zone"):
        expected(ram, {}, NOW.replace(tzinfo=None))
