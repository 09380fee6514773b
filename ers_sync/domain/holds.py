"""Whether a request may go out: settled by the Fund already, held for the first reason that applies, or ready."""

from __future__ import annotations

from ers_sync.domain import contracts, identifiers
from ers_sync.domain.called import CalledFor
from ers_sync.domain.completeness import Missing
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.matching import UNCLEAR, Certificate, Match, Verdict, has_ticket
from ers_sync.domain.model import Case
from ers_sync.domain.request import Desired, Details, Request
from ers_sync.domain.states import Cancel, Hold, State

ANY_SERVICE = "any"  # what a request that any contract covers is refused under
REFUSED = "Фонд не находит договора (код 1204): сверьте номер, дату и вид услуг договора с отделением Фонда"
WAITS_FOR_CERTIFICATE = "ждёт номера ЭРС: запрос на формирование ещё не обработан"
WAITS_FOR_ANNULMENT = "ждёт аннулирования прежней редакции посещения"
STOPPED = "отложено оператором"


def desired(called: CalledFor, match: Match, facts: Facts, case: Case, site: Site, *, no_number: str | None) -> Desired:
    """Return what should become of a request that РАМ calls for, before it is sent; `no_number` is as `without_number.why`."""
    settled = _settled(called, match, facts, case, site)
    if settled is not None:
        return Desired(State.CANCELLED, settled)
    if called.missing:
        return Desired(State.HELD, Hold.MISSING_DATA, _columns(called.missing))
    number = match.certificate.number if match.verdict is Verdict.ONE and match.certificate else None
    service = contracts.service(called.kind, called.half_year)
    held = sending_hold(called.organization_id, service, site)
    waits = held or _waiting(called, match, facts, number, no_number)
    return waits or _stopped(called, facts, site) or Desired(State.READY)


def annulment(request: Request, site: Site) -> Desired:
    """Return what should become of an annulment that has not been sent."""
    held = sending_hold(request.organization_id, None, site)
    if held:
        return held
    if (request.organization_id, request.kind) in site.brakes:
        return Desired(State.HELD, Hold.BRAKE, _brake_details())
    return _stopped_by_person(request) if request.operator_hold else Desired(State.READY)


def sending_hold(organization_id: int, service: str | None, site: Site) -> Desired | None:
    """Return why the hospital itself cannot send now: no contract valid on its local day, or no key to sign with."""
    hospital = site.rules.hospitals.get(organization_id)
    if hospital is None:
        return Desired(State.HELD, Hold.NO_SIGNING_KEY, _text("МО нет в конфигурации: нет ключа для подписи"))
    if contracts.for_sending(site.contracts.get(organization_id, ()), service, hospital.today(site.now)) is None:
        what = (
            f"нет действующего договора с Фондом (вид услуг {service})"
            if service
            else "нет действующего договора с Фондом"
        )
        return Desired(State.HELD, Hold.NO_CONTRACT, _text(f"{what}: внесите договор"))
    if (organization_id, service or ANY_SERVICE) in site.refused:
        return Desired(State.HELD, Hold.NO_CONTRACT, _text(REFUSED))
    problem = site.key_problems.get(organization_id)
    return Desired(State.HELD, Hold.NO_SIGNING_KEY, _text(problem)) if problem else None


def _settled(called: CalledFor, match: Match, facts: Facts, case: Case, site: Site) -> Cancel | None:
    """Return why nothing will be sent, ever: the Fund has it already, or its certificate is closed."""
    if match.verdict is Verdict.CLOSED:
        return Cancel.CERTIFICATE_CLOSED
    certificate = match.certificate
    if certificate is None:
        return None
    if called.kind is Kind.CREATE_ERS:
        return Cancel.ADOPTED
    if called.kind in TICKETS:
        service = str(contracts.service(called.kind, called.half_year))
        claim = service, called.organization_id if called.kind is Kind.PUT_TICKET3 else None
        there = has_ticket(certificate, service, _ogrn(called, case)) or claim in facts.claimed_elsewhere
        return Cancel.ALREADY_THERE if there else None
    return Cancel.ALREADY_THERE if _visited(called, certificate, facts, case, site) else None


def _visited(called: CalledFor, certificate: Certificate, facts: Facts, case: Case, site: Site) -> bool:
    """Tell whether somebody has reported by hand a visit to this hospital on this day.

    One that is called after this very exam, on a day that is doubted, was sent by a ledger that was lost: it is taken over when it is
    asked about.
    """
    ogrn = _ogrn(called, case)
    if ogrn is None:
        return False
    ours = {request.visit_id for request in facts.requests if request.visit_id}
    exam = called.source.removeprefix("exam:")
    lost = site.doubted_until is not None and called.event_on is not None and called.event_on <= site.doubted_until
    return any(
        v.visited_on == called.event_on
        and v.ogrn == ogrn
        and v.visit_id not in ours
        and not (lost and v.visit_id.partition("-")[0] == exam)
        for v in certificate.visits
    )


def _ogrn(called: CalledFor, case: Case) -> str | None:
    organization = case.organizations.get(called.organization_id)
    return identifiers.ogrn(organization.ogrn) if organization else None


def _waiting(
    called: CalledFor, match: Match, facts: Facts, number: str | None, no_number: str | None
) -> Desired | None:
    if match.verdict is Verdict.UNCLEAR or (match.verdict is Verdict.NONE and facts.unclear):
        return Desired(State.HELD, Hold.CERTIFICATE_UNCLEAR, _text(facts.unclear or UNCLEAR))
    if called.kind is not Kind.CREATE_ERS and number is None:
        return Desired(State.HELD, Hold.NO_CERTIFICATE_NUMBER, _text(no_number or WAITS_FOR_CERTIFICATE))
    if any(r.subject == called.subject and r.taken_back and r.state is State.DONE for r in facts.requests):
        return Desired(State.HELD, Hold.ANNUL_FIRST, _text(WAITS_FOR_ANNULMENT))
    return None


def _stopped(called: CalledFor, facts: Facts, site: Site) -> Desired | None:
    if (called.organization_id, called.kind) in site.brakes:
        return Desired(State.HELD, Hold.BRAKE, _brake_details())
    mine = (r for r in facts.requests if r.kind is called.kind and r.subject == called.subject and r.alive)
    stopped = next((r for r in mine if r.operator_hold), None)
    return _stopped_by_person(stopped) if stopped else None


def _stopped_by_person(request: Request) -> Desired:
    """Keep the operator's words (a request that was ready has no others); what another reason has left in their place says nothing."""
    words = request.details if request.reason in {None, Hold.OPERATOR} else ()
    return Desired(State.HELD, Hold.OPERATOR, words or _text(STOPPED))


def _columns(missing: tuple[Missing, ...]) -> Details:
    return tuple({"column": gap.column, "text": gap.text} for gap in missing)


def _text(text: str) -> Details:
    return ({"column": None, "text": text},)


def _brake_details() -> Details:
    return _text("слишком много изменений за один просмотр РАМ: нужно подтверждение человека")
