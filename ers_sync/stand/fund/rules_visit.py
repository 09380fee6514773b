"""putVisit and annulVisit."""

from __future__ import annotations

from ers_sync.stand.fund.codes import Code
from ers_sync.stand.fund.model import Certificate, Put
from ers_sync.stand.fund.ruling import (
    Refusal,
    Settled,
    Verdict,
    before_pregnancy,
    certificate_refusals,
    contract_refusals,
    person_refusals,
    refuse,
    verdict,
)


def put_visit(put: Put, fund: Settled) -> Verdict:
    """Note a visit under a certificate; its id is unique for the hospital, for ever."""
    day, visit_id, ogrn = put.details["visit_date"], put.details["visit_id"], put.sender.ogrn
    certificate, refusals = certificate_refusals(put, fund)
    refusals = contract_refusals(put, fund, None) + refusals + person_refusals(put, day)
    earlier = fund.registry.visits.get((ogrn, visit_id))
    if earlier is not None:
        refusals.append(refuse(Code.VISIT_ID_ANNULLED if earlier[1].annulled else Code.VISIT_REPEATED))
    if fund.ahead(day):
        refusals.append(refuse(Code.VISIT_LATER))
    if certificate is not None and before_pregnancy(certificate, day):
        refusals.append(refuse(Code.VISIT_TOO_EARLY))
    visit = {"do": "visit", "number": put.ers_number, "visit_id": visit_id, "visit_date": day, "ogrn": ogrn}
    return verdict(put, refusals, visit)


def annul_visit(put: Put, fund: Settled) -> Verdict:
    """Take back a visit of the same hospital, once."""
    visit_id, ogrn = put.details["visit_id"], put.sender.ogrn
    refusals = contract_refusals(put, fund, None)
    certificate = fund.registry.certificates.get(put.ers_number)
    if certificate is None:
        return verdict(put, [*refusals, refuse(Code.NO_CERTIFICATE)])
    refusals += _visit_refusals(certificate, visit_id, ogrn, fund)
    return verdict(put, refusals, {"do": "annul", "number": put.ers_number, "visit_id": visit_id, "ogrn": ogrn})


def _visit_refusals(certificate: Certificate, visit_id: str, ogrn: str, fund: Settled) -> list[Refusal]:
    own = fund.registry.visits.get((ogrn, visit_id))
    if own is None:
        foreign = any(visit.visit_id == visit_id for visit in certificate.visits)
        return [refuse(Code.FOREIGN_VISIT if foreign else Code.NO_VISIT)]
    if own[0] is not certificate:
        return [refuse(Code.VISIT_ELSEWHERE)]
    return [refuse(Code.ANNULLED_BEFORE)] if own[1].annulled else []
