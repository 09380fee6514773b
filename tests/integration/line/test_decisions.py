"""What a person does at the command line, through the configuration file of a running line: Russian words, exit codes 0, 1 and 2."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ers_sync.cli import main
from ers_sync.stand.line import Line, ogrn
from tests.integration.line.conftest import MakeHer
from tests.integration.line.support import Her

Cli = Callable[..., tuple[int, str]]
EARLY = "Только осмотры от 30-ти недель или от 28-ми недель при многоплодной беременности"


@pytest.fixture
def cli(line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return a function that runs a command as the operator `ivanova`: the exit code, and all that was printed."""
    monkeypatch.setenv("SUDO_USER", "ivanova")

    def run(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        try:
            code = main([*map(str, words), "--config", str(line.config), *_at(words)])
        except SystemExit as stopped:
            code = int(str(stopped.code))
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def _at(words: tuple[object, ...]) -> list[str]:
    at_home = {"requests", "contracts", "status"}
    decided = {"retry", "cancel", "hold", "release", "resolve"}
    return [] if words[0] in at_home and not decided & set(words) else ["--at", "2026-03-16T12:00"]


def test_talon_1_of_an_early_exam_is_refused_in_the_manuals_words(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 209) + her.exam(3, "2026-02-13 10:00", None))
    line.settle()

    for row in (2, 3):
        assert cli("send-ticket1", her.first + row) == (1, EARLY + "\n")
    line.settle()
    assert her.requests(kind="put_ticket1") == []

    line.ram(her.edit("pregnancy", 0, fetus_count=2))
    assert cli("send-ticket1", her.first + 2)[0] == 0
    line.settle()
    assert her.state("put_ticket1") == ("DONE", None)


def test_talon_1_of_an_exam_of_the_operators_choice(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.card(address=None) + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.ram(her.exam(2, "2026-02-12 10:00", 212) + her.exam(3, "2026-02-26 10:00", 226))
    line.run("scan")
    assert [row["source"] for row in her.requests(kind="put_ticket1")] == [f"exam:{her.first + 2}"]

    code, text = cli("send-ticket1", her.first + 3)
    assert (code, text.startswith("Осмотр выбран для талона 1")) == (0, True)
    line.ram(her.edit("patient", 0, address="г. Ревда"))
    line.settle()

    sent = her.requests(kind="put_ticket1")[0]
    assert (sent["state"], sent["source"]) == ("DONE", f"exam:{her.first + 3}")
    assert [entry for entry in her.book() if entry[0] == "putTicket1"] == [("putTicket1", "ticket1")]
    code, text = cli("send-ticket1", her.first + 2)
    assert (code, "уже отправлен" in text) == (1, True)


def test_a_talon_that_an_operator_gave_up_can_be_chosen_again(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.card(address=None) + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.ram(her.exam(2, "2026-02-12 10:00", 212))
    line.run("scan")
    talon = her.requests(kind="put_ticket1")[0]["id"]
    assert cli("requests", "cancel", talon, "--reason", "ошибка", "--yes")[0] == 0
    line.ram(her.edit("patient", 0, address="г. Ревда"))
    line.settle()
    assert her.state("put_ticket1") == ("CANCELLED", "operator")

    assert cli("send-ticket1", her.first + 2)[0] == 0
    line.settle()

    assert her.state("put_ticket1") == ("DONE", None)


def test_a_visit_annulled_by_hand_stays_annulled_and_the_log_has_the_operators_name(
    line: Line, her: Her, cli: Cli
) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))
    line.settle()
    assert cli("annul-visit", her.first + 2)[0] == 2  # the reason is obligatory
    assert cli("annul-visit", her.first + 2, "--reason", "  ", "--yes")[0] == 2

    assert cli("annul-visit", her.first + 2, "--reason", "ошибка врача", "--yes")[0] == 0
    code, text = cli("annul-visit", her.first + 2, "--reason", "ошибка врача", "--yes")
    assert (code, text) == (1, "Посещение уже аннулируется\n")
    line.settle()
    line.ram(her.edit("exam", 2, gestation_days=92))
    line.settle()

    assert her.book() == [("createErs", ""), ("putVisit", "2"), ("annulVisit", "2")]
    assert her.state("put_visit") == ("ANNULLED", "operator")
    log = line.ledger(
        "select operator from ers.exchange where operation = 'annulVisit' and pregnancy_id = :id", id=her.id
    )
    assert [row["operator"] for row in log] == ["ivanova"]
    decided = line.ledger(
        "select operator, action, reason from ers.decision where about = :about", about=f"exam:{her.first + 2}"
    )
    assert decided == [{"operator": "ivanova", "action": "annul-visit", "reason": "ошибка врача"}]


def test_an_annulment_is_held_and_not_cancelled(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))
    line.settle()
    line.ram(her.edit("exam", 2, gestation_days=92))
    line.run("scan")
    annulment = her.requests(kind="annul_visit")[0]["id"]

    code, text = cli("requests", "cancel", annulment, "--reason", "подождём", "--yes")
    assert (code, text.startswith("Аннулирование отпадёт само")) == (1, True)
    assert cli("requests", "hold", annulment, "--reason", "подождём")[0] == 0
    line.settle()
    assert her.state("annul_visit") == ("HELD", "operator")
    assert her.state("put_visit") == ("HELD", "annul_first")
    assert cli("requests", "release", annulment)[0] == 0
    line.settle()

    assert her.book()[2:] == [("annulVisit", "2"), ("putVisit", "2-2")]


def test_a_certificate_is_closed_once_with_a_reason(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91, note="x"))
    line.settle()
    number = her.number()
    words = ("close-certificate", number, "--reason-code", 3)
    assert cli(*words, "--yes")[0] == 2
    assert cli("close-certificate", "123", "--reason-code", 3, "--reason", "выбыла", "--yes")[0] == 2
    assert cli("close-certificate", "1234567890", "--reason-code", 3, "--reason", "выбыла", "--yes")[0] == 1

    assert cli(*words, "--reason", "выбыла из области", "--yes")[0] == 0
    first = her.requests(kind="disable_ers")[0]["id"]
    assert cli(*words, "--reason", "выбыла из области", "--yes")[0] == 1
    assert cli("requests", "cancel", first, "--reason", "рано", "--yes")[0] == 0
    assert cli(*words, "--reason", "выбыла из области", "--yes")[0] == 0
    line.settle()
    line.ram(her.exam(3, "2026-03-12 10:00", 120))
    line.settle()

    assert her.book() == [("createErs", ""), ("putVisit", "2"), ("disableErs", "")]
    assert her.state("put_visit", "exam:3") == ("CANCELLED", "certificate_closed")
    log = line.ledger("select operator from ers.exchange where operation = 'disableErs'")
    assert [row["operator"] for row in log] == ["ivanova"]
    code, text = cli(*words, "--reason", "ещё раз", "--yes")
    assert (code, text) == (1, f"ЭРС {number} уже закрыт\n")


@pytest.mark.parametrize("hers", [0, 1, None])
def test_a_person_says_which_certificate_is_hers(line: Line, her: Her, cli: Cli, hers: int | None) -> None:
    numbers = [f"8{her.first:06d}{place:03d}" for place in range(2)]
    days = ("2026-01-10", "2026-02-01")
    line.fund.plant({"certificates": [her.certificate(n, day) for n, day in zip(numbers, days, strict=True)]})
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))
    line.settle()
    assert {row[3:] for row in her.states()} == {("HELD", "certificate_unclear")}

    assert cli("link-certificate", her.id, "--reason", "сверили", "--yes")[0] == 2
    assert cli("link-certificate", her.id, "9999999999", "--reason", "сверили", "--yes") == (
        1,
        "Фонд не знает ЭРС 9999999999\n",
    )
    chosen = "--none" if hers is None else numbers[hers]
    assert cli("link-certificate", her.id, chosen, "--reason", "сверили с Фондом", "--yes")[0] == 0
    line.settle()

    if hers is None:  # the Fund returns one of those: a person has to look once more
        assert her.state("create_ers") == ("HELD", "certificate_unclear")
        assert her.book() == [("createErs", "")]
    else:
        assert her.state("create_ers") == ("CANCELLED", "adopted")
        assert [(row["operation"], row["ers_number"]) for row in her.entries()] == [("putVisit", numbers[hers])]


def test_a_later_certificate_of_another_pregnancy_does_not_stop_this_one_for_ever(
    line: Line, her: Her, cli: Cli
) -> None:
    """The Fund has one that is closed and later than this pregnancy can be: none of hers, says a person."""
    later = her.certificate(f"8{her.first:09d}", "2026-03-01", status="CLOSED")
    line.fund.plant({"certificates": [later]})
    line.ram(her.registered(at="2026-01-12 10:00", days=300, registered_on="2026-01-12"))
    line.settle()
    assert her.state("create_ers") == ("HELD", "certificate_unclear")

    assert cli("link-certificate", her.id, "--none", "--reason", "другая беременность", "--yes")[0] == 0
    line.settle()

    assert her.state("create_ers") == ("DONE", None)
    code, text = cli("link-certificate", her.id, "--none", "--reason", "другая беременность", "--yes")
    assert (code, text) == (1, f"Беременность {her.id} уже связана с ЭРС {her.number()}\n")


def test_a_certificate_of_another_woman_is_not_linked(line: Line, her: Her, make_her: MakeHer, cli: Cli) -> None:
    other = make_her(line)
    line.ram(her.registered() + other.registered() + other.exam(2, "2026-02-12 10:00", 91))
    line.settle()

    refused = cli("link-certificate", her.id, other.number(), "--reason", "сверили", "--yes")

    assert refused == (1, f"ЭРС {other.number()} выдан другой женщине\n")
    assert cli("link-certificate", 999_999, "1234567890", "--reason", "сверили", "--yes")[0] == 1
    assert ogrn(1) == other.entries()[0]["ogrn"]


@pytest.mark.parametrize(
    ("typed", "code", "found"),
    [
        ("{snils}", 0, True),
        ("{dashes}", 0, True),
        ("зайцева", 0, True),
        ("Волкова", 0, False),
        ("123", 2, False),
        (" ", 2, False),
    ],
)
def test_a_womans_requests_are_found_without_her_name_in_a_command_line(  # noqa: PLR0917 - three of them are the table's
    line: Line, her: Her, cli: Cli, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, found: bool
) -> None:
    line.ram(her.card(last_name="Зайцева") + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.run("scan")
    dashes = f"{her.snils[:3]}-{her.snils[3:6]}-{her.snils[6:9]} {her.snils[9:]}"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed.format(snils=her.snils, dashes=dashes) + "\n"))

    ended, text = cli("requests", "list", "--patient", "--limit", 1000)

    assert (ended, f"exam:{her.first + 1}" in text) == (code, found)


def test_requests_are_held_released_listed_and_shown(line: Line, her: Her, cli: Cli) -> None:
    line.ram(her.registered())
    line.run("scan")
    request = her.requests()[0]["id"]

    assert cli("requests", "hold", request, "--reason", "ждём врача")[0] == 0
    line.settle()
    assert her.state("create_ers") == ("HELD", "operator")
    code, text = cli("requests", "list", "--state", "HELD", "--hospital", 1)
    assert (code, f"exam:{her.first + 1}" in text) == (0, True)
    assert "ждём врача" in cli("requests", "show", request)[1]
    assert "23:59:59" in cli("requests", "show", request)[1], "the deadline, in the region's zone"

    assert cli("requests", "release", request)[0] == 0
    line.settle()
    assert her.state("create_ers") == ("DONE", None)
    assert cli("requests", "show", 10**9)[0] == 1
    assert cli("requests", "release")[0] == 2
    assert cli("requests", "retry", request)[0] == 1
    assert cli("requests", "resolve", request, "--sent", "--reason", "видели", "--yes")[0] == 1
