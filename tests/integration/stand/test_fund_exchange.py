"""The product's client and the stand-in Fund: every operation over HTTP, by RSA and by GOST."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ers_sync.domain.content import Kind
from ers_sync.domain.matching import CertificateStatus, TicketSeen, VisitSeen
from ers_sync.fss.answers import Registered, Result
from ers_sync.fss.outcomes import Outcome
from ers_sync.stand.fund import server
from ers_sync.stand.fund.gateway import Gateway
from ers_sync.stand.fund.process import FundProcess
from ers_sync.stand.fund.settings import Settings
from ers_sync.stand.pki import TestAuthority

from .conftest import MakeHospital
from .fund_support import MOMENT, NUMBER, OTHER, PERSON, QUIET, QUIET_SNILS, SNILS, Hospital

WITHOUT_SNILS = {**PERSON, "last_name": "Петрова", "snils": None, "snils_absence_reason": "нет"}


def test_a_certificate_from_its_forming_to_its_closing(tenant: Hospital) -> None:
    formed = tenant.done(Kind.CREATE_ERS, person=WITHOUT_SNILS)
    assert formed.status == "PROCESSED"
    number = formed.ers_number or ""
    for kind in (Kind.PUT_VISIT, Kind.ANNUL_VISIT, Kind.PUT_TICKET1, Kind.PUT_TICKET2, Kind.PUT_TICKET3):
        assert tenant.done(kind, number=number, person=WITHOUT_SNILS).status == "PROCESSED"
    (known,) = tenant.data(number).certificates
    assert (known.status, known.created_on, known.visits) == (CertificateStatus.SERVICE, date(2026, 1, 20), ())
    assert [ticket.kind for ticket in known.tickets] == ["1", "2", "3-2"]
    assert tenant.done(Kind.DISABLE_ERS, number=number).status == "PROCESSED"
    assert tenant.data(number).certificates[0].status is CertificateStatus.CLOSED
    book = [line for line in tenant.fund.book() if line["ers_number"] == number]
    assert [(line["operation"], line["key"], line["formed"]) for line in book] == [
        ("createErs", "", True),
        ("putVisit", "1", False),
        ("annulVisit", "1", False),
        ("putTicket1", "ticket1", False),
        ("putTicket2", "ticket2", False),
        ("putTicket3", "ticket3-2", False),
        ("disableErs", "", False),
    ]


def test_what_the_fund_knows_from_its_seed(tenant: Hospital) -> None:
    for identifier in (NUMBER, SNILS):
        (known,) = tenant.data(identifier).certificates
        assert (known.number, known.snils, known.ogrn, known.organization_name) == (NUMBER, SNILS, OTHER, "Роддом")
        assert known.status is CertificateStatus.SERVICE
        assert known.tickets[0] == TicketSeen("1", date(2026, 6, 1), "PROCESSED", OTHER)
        assert known.visits[0] == VisitSeen("v1", date(2026, 2, 1), OTHER)
    (quiet,) = tenant.data(QUIET_SNILS).certificates
    assert (quiet.number, quiet.status, quiet.organization_name) == (QUIET, CertificateStatus.OPEN, None)
    assert (quiet.tickets, quiet.visits) == ((), ())
    assert tenant.data("11223344797").certificates == ()


def test_a_refusal_comes_with_its_codes(tenant: Hospital) -> None:
    result = tenant.done(Kind.PUT_TICKET1, put_gestation_days=196)
    assert (result.status, result.ers_number) == ("PROCESSING_ERROR", None)
    assert [code for code, _ in result.errors] == ["2302", "2301"]
    line = tenant.fund.book()[-1]
    assert (line["result"], line["codes"], line["duplicate"]) == ("PROCESSING_ERROR", ["2302", "2301"], True)


def test_contracts_come_and_go(fund: FundProcess, hospital: Hospital) -> None:
    ended = [{"kind": "1", "number": "14", "from": "2026-01-01", "to": "2026-06-14"}]
    fund.plant({"organizations": [{"ogrn": hospital.ogrn, "contracts": ended}]})
    assert [code for code, _ in hospital.done(Kind.PUT_VISIT).errors] == ["1204"]
    fund.set_clock("2026-06-14T23:00:00+05:00")
    assert hospital.done(Kind.PUT_VISIT).status == "PROCESSED"


def test_queued_is_not_shown(start: Callable[..., FundProcess], hospital_of: MakeHospital) -> None:
    hospital = hospital_of(start(delay=3600))
    registered = hospital.put(Kind.PUT_VISIT).answer
    assert isinstance(registered, Registered)
    answer = hospital.result(Kind.PUT_VISIT, registered.request_id).answer
    assert isinstance(answer, Result)
    assert answer.status == "REGISTERED"
    assert [visit.visit_id for visit in hospital.data(NUMBER).certificates[0].visits] == ["v1"]
    assert hospital.fund.waiting() == 1
    assert hospital.fund.book() == []


def test_a_result_is_told_to_its_hospital_and_for_its_operation_only(
    tenant: Hospital, hospital_of: MakeHospital, shared: tuple[FundProcess, Path]
) -> None:
    registered = tenant.put(Kind.PUT_VISIT, visit_id="told").answer
    assert isinstance(registered, Registered)
    other = hospital_of(shared[0], folder=shared[1], ogrn=OTHER)
    asked = (
        other.result(Kind.PUT_VISIT, registered.request_id),
        tenant.result(Kind.PUT_TICKET1, registered.request_id),
        tenant.result(Kind.PUT_VISIT, "0a1b2c3d-0000-1111-2222-333344445555"),
    )
    assert [(answer.outcome, answer.fault_code) for answer in asked] == [
        (Outcome.INVALID_DATA_FAULT, "E_NOT_FOUND")
    ] * 3
    assert tenant.final(Kind.PUT_VISIT, registered.request_id.upper()).status == "PROCESSED"


@pytest.mark.parametrize("placement", ["v1", "v2"])
def test_by_gost(
    start: Callable[..., FundProcess], hospital_of: MakeHospital, gost_keys: tuple[Path, TestAuthority], placement: str
) -> None:
    fund = start(gost_keys[0], crypto="pure", profile={"placement": placement})
    hospital = hospital_of(fund, "pure", placement=placement)
    assert hospital.done(Kind.PUT_VISIT).status == "PROCESSED"
    assert len(hospital.data(SNILS).certificates[0].visits) == 2


def test_two_signers(start: Callable[..., FundProcess], hospital_of: MakeHospital) -> None:
    signers = {"put_ticket2": ["mo", "head"]}
    fund = start(profile={"signers": signers})
    assert hospital_of(fund, signers=signers).done(Kind.PUT_TICKET2).status == "PROCESSED"
    assert hospital_of(fund).put(Kind.PUT_TICKET2).outcome is Outcome.SIGNATURE_FAULT


def test_exchanges_are_kept_on_request(
    start: Callable[..., FundProcess], hospital_of: MakeHospital, folder: Path
) -> None:
    exchange = hospital_of(start(keep_exchanges=True)).put(Kind.PUT_VISIT)
    kept = {path.name: path.read_bytes() for path in (folder / "exchanges").iterdir()}
    assert kept["000001-putVisit.request.wire.xml"] == exchange.request_wire
    assert kept["000001-putVisit.answer.wire.xml"] == exchange.answer_wire
    assert kept["000001-putVisit.answer.signed.xml"] == exchange.answer_signed
    assert b"putVisitRequest" in kept["000001-putVisit.request.signed.xml"]


def test_exchanges_are_not_kept_otherwise(tenant: Hospital, shared: tuple[FundProcess, Path]) -> None:
    tenant.put(Kind.PUT_VISIT, visit_id="not kept")
    assert not (shared[1] / "exchanges").exists()


def test_what_is_acknowledged_is_on_the_disk(
    folder: Path, rsa_keys: tuple[Path, TestAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill shows no difference, a loss of power would: so the Fund is put together here, and its calls are watched."""
    shutil.copytree(rsa_keys[0], folder / "keys")
    settings = Settings(folder, seed=folder / "seed.json", crypto="rsa", at=MOMENT)
    desk = server._desk(settings)
    gateway = Gateway(server._entrance(settings, MOMENT), desk)
    hospital = Hospital(FundProcess(settings), folder, crypto="rsa")
    journal = folder / "journal.jsonl"
    synced: list[int] = []
    monkeypatch.setattr("os.fdatasync", lambda _: synced.append(journal.stat().st_size))
    gateway.serve(hospital.encrypt(hospital.sign(hospital.body())), "putVisit")
    assert synced == [journal.stat().st_size]
    hospital.close()
    desk.close()
