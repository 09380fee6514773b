"""What a scan must not lose: pregnancies that trouble it, requests that move while it works, whoever asks meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ers_sync.domain import plan
from ers_sync.domain.model import Case
from ers_sync.ledger import facts
from ers_sync.stand.line import Line
from tests.integration.line.conftest import MakeHer
from tests.integration.line.support import Her

AT = "2026-02-26 10:00"


def test_one_that_raises_is_put_off_and_a_thousand_others_are_worked_out(
    line: Line, her: Her, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, work_out = her.id + 500, plan.work_out
    ids = [her.id + n for n in range(1000)]
    line.ram(her.card(snils=None))  # held, and nobody can be asked about her
    line.ram(
        f"insert into ram.pregnancy (id, patient_id, organization_id, updated_at) "  # noqa: S608 - numbers of the test
        f"select n, {her.patient}, 1, clock_timestamp() from generate_series({ids[0]}, {ids[-1]}) n;"
        f"insert into ram.exam (id, pregnancy_id, organization_id, kind, examined_at, gestation_days, updated_at) "
        f"select n, n, 1, 'primary', '2026-01-12 10:00', 60, clock_timestamp() from generate_series({ids[0]}, {ids[-1]}) n;"
    )

    def raising(case: Case, *rest: Any) -> plan.Plan:
        if case.pregnancy.id == poison:
            raise ArithmeticError
        return work_out(case, *rest)

    monkeypatch.setattr(plan, "work_out", raising)
    (summary,) = line.run("scan")

    assert summary is not None
    assert (summary["pregnancies"], summary["failed"]) == (999, 1)
    found = line.ledger(
        "select pregnancy_id, failures from ers.rework where pregnancy_id between :a and :b", a=ids[0], b=ids[-1]
    )
    assert found == [{"pregnancy_id": poison, "failures": 1}]
    monkeypatch.undo()
    line.ledger("update ers.rework set not_before = now()")
    line.run("scan")
    made = line.ledger(
        "select count(*) as many from ers.request where pregnancy_id between :a and :b", a=ids[0], b=ids[-1]
    )
    assert made == [{"many": 1000}]


def test_a_change_that_a_lease_has_stopped_is_made_at_the_next_tick(line: Line, her: Her) -> None:
    line.ram(her.registered())
    line.run("scan")
    line.ledger("update ers.request set lease_until = now() + interval '1 hour' where pregnancy_id = :id", id=her.id)
    line.ram(her.edit("patient", 0, address=None))
    line.run("scan")
    assert her.state("create_ers") == ("READY", None)

    line.ledger("update ers.request set lease_until = null where pregnancy_id = :id", id=her.id)
    line.run("scan")  # nothing changed in РАМ since

    assert her.state("create_ers") == ("HELD", "missing_data")


def test_who_asks_while_a_pregnancy_is_being_worked_out_is_not_forgotten(
    line: Line, her: Her, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.ram(her.registered())
    line.run("scan")
    read = facts.of_cases

    def ask_after_reading(*arguments: Any) -> Any:
        known = read(*arguments)
        line.ledger(
            "insert into ers.rework (pregnancy_id) values (:id) on conflict (pregnancy_id) do update set since = clock_timestamp()",
            id=her.id,
        )
        return known

    for asked_before in (False, True):
        if asked_before:
            line.ledger("insert into ers.rework (pregnancy_id) values (:id) on conflict do nothing", id=her.id)
        line.ram(her.edit("patient", 0, address="г. Ревда"))
        monkeypatch.setattr(facts, "of_cases", ask_after_reading)
        line.run("scan")
        monkeypatch.undo()
        assert line.ledger("select pregnancy_id from ers.rework where pregnancy_id = :id", id=her.id) != []
        line.run("scan")
        assert line.ledger("select pregnancy_id from ers.rework where pregnancy_id = :id", id=her.id) == []


def test_rows_with_nothing_in_them_harm_nobody(line: Line, her: Her, make_her: MakeHer) -> None:
    """Every column that may be empty is; the next woman is served."""
    other = make_her(line)
    n = her.first
    line.ram(
        f"insert into ram.patient (id) values ({n}); insert into ram.pregnancy (id, patient_id) values ({n}, {n});"  # noqa: S608 - numbers of the test
        f"insert into ram.exam (id, pregnancy_id, kind) values ({n + 1}, {n}, 'primary'), ({n + 2}, {n}, 'repeat');"
        f"insert into ram.outcome (id, pregnancy_id, kind) values ({n + 3}, {n}, 'delivery');"
        f"insert into ram.newborn (id, outcome_id) values ({n + 4}, {n + 3});"
        f"insert into ram.child (id, pregnancy_id) values ({n + 5}, {n});"
        f"insert into ram.doctor (id) values ({n}); insert into ram.pregnancy (id, patient_id) values ({n + 7}, -1);"
    )
    line.ram(her.edit("exam", 1, organization_id=1) + her.edit("exam", 2, organization_id=1, doctor_id=n))
    line.ram(
        her.edit("outcome", 3, organization_id=2) + her.edit("child", 5, organization_id=1, watch_end="2026-01-01")
    )
    line.ram(other.registered())

    line.settle()

    assert other.state("create_ers") == ("DONE", None)
    assert {row[3:] for row in her.states()} == {("HELD", "missing_data")}
    assert {row[0] for row in her.states()} == {"create_ers", "put_visit", "put_ticket2", "put_ticket3"}
    texts = [gap["text"] for row in her.requests() for gap in row["details"]]
    assert all("карточка" in text or "осмотр" in text or "исход" in text for text in texts)


@pytest.mark.parametrize("moved_to", [2, 99])
def test_an_unsent_request_follows_its_exam_to_another_hospital(line: Line, her: Her, moved_to: int) -> None:
    line.ram(
        her.card(address=None) + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary") + her.exam(2, AT, 212)
    )
    line.settle()

    line.ram(her.edit("exam", 2, organization_id=moved_to) + her.edit("patient", 0, address="г. Ревда"))
    line.settle()

    sent = {(row["kind"], row["organization_id"]) for row in her.requests() if row["state"] == "DONE"}
    theirs = {("put_visit", 2), ("put_ticket1", 2)} if moved_to == 2 else set()
    assert sent == {("create_ers", 1)} | theirs
    gone = {(row["state"], row["reason"]) for row in her.requests() if row["state"] != "DONE"}
    assert gone == (set() if moved_to == 2 else {("CANCELLED", "gone")})


# what the card or the exam says → what the Fund was told of it, None: it is missing data
ODD: dict[str, tuple[Callable[[Her], str], tuple[str, str, object] | None]] = {
    "ё": (lambda her: her.edit("patient", 0, last_name="Ёжикова"), ("put_visit", "last_name", "Ёжикова")),
    "double surname": (
        lambda her: her.edit("patient", 0, last_name=" Мамина - Сибиряк "),
        ("put_visit", "last_name", "Мамина - Сибиряк"),
    ),
    "no patronymic": (lambda her: her.edit("patient", 0, patronymic=None), ("put_visit", "patronymic", None)),
    "a foreign name": (
        lambda her: her.edit("patient", 0, last_name="O'Brien-Łukasz"),
        ("put_visit", "last_name", "O'Brien-Łukasz"),
    ),
    "a formula": (lambda her: her.edit("patient", 0, last_name="=1+1"), ("put_visit", "last_name", "=1+1")),
    "СНИЛС with dashes": (
        lambda her: her.edit(
            "patient", 0, snils=f"{her.snils:.3}-{her.snils[3:]:.3}-{her.snils[6:]:.3} {her.snils[9:]}"
        ),
        ("put_visit", "snils", "itself"),
    ),
    "control characters in a note": (
        lambda her: her.edit("exam", 2, note="Голова\x0b\x01 слева"),
        ("put_visit", "obstetric_status", "Голова слева"),
    ),
    "a blank surname": (lambda her: her.edit("patient", 0, last_name="   "), None),
    "a bad СНИЛС": (lambda her: her.edit("patient", 0, snils="11111111111"), None),
    "born after the exam": (lambda her: her.edit("patient", 0, birth_date="2026-06-01"), None),
    "a document of the future": (lambda her: her.edit("patient", 0, id_doc_issue_date="2027-01-01"), None),
    "a gestation of nobody": (lambda her: her.edit("exam", 2, gestation_days=400), None),
}


@pytest.fixture(scope="module")
def odd(line: Line, make_her: MakeHer) -> dict[str, Her]:
    """Women with something odd in their rows."""
    women = {name: make_her(line) for name in ODD}
    for name, (edit, _) in ODD.items():
        her = women[name]
        line.ram(her.registered() + her.exam(2, AT, 105) + edit(her))
    line.settle()
    return women


@pytest.mark.parametrize("name", ODD)
def test_what_clerks_type(odd: dict[str, Her], name: str) -> None:
    her, told = odd[name], ODD[name][1]
    if told is None:
        assert her.state("put_visit") == ("HELD", "missing_data")
        assert her.requests(kind="put_visit")[0]["details"][0]["text"]
    else:
        kind, what, value = told
        (sent,) = her.requests(kind=kind)
        content = sent["content"]["person"] | {"obstetric_status": sent["content"]["obstetric_status"]}
        assert sent["state"] == "DONE"
        assert content[what] == (her.snils if value == "itself" else value)


def test_an_empty_scan_changes_nothing(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, AT, 105))
    line.settle()
    before = line.ledger("select id, version from ers.request order by id")

    line.run("scan", "sweep", "scan")

    assert line.ledger("select id, version from ers.request order by id") == before
