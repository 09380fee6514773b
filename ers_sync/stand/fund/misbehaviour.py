"""Carry out one behaviour of the table on a request."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus

from lxml import etree

from ers_sync.fss import signature
from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.crypto.provider import CryptoProvider
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.xml import ERS
from ers_sync.stand.fund.behaviours import Rule
from ers_sync.stand.fund.entrance import Identity
from ers_sync.stand.fund.faults import FaultKind, fault_body
from ers_sync.stand.fund.gateway import Answer, Gateway
from ers_sync.stand.pki import TestAuthority

XML = "text/xml; charset=UTF-8"
_HTML = "text/html; charset=UTF-8"
_FAULTS = {
    "fault_internal": FaultKind.INTERNAL,
    "fault_signature": FaultKind.SIGNATURE,
    "fault_decrypt": FaultKind.DECRYPT,
    "fault_tms": FaultKind.TMS,
    "fault_invalid_data": FaultKind.INVALID_DATA,
}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What goes over the wire."""

    status: int
    content_type: str
    body: bytes
    retry_after: float | None = None


def instead(rule: Rule) -> HttpReply | None:
    """What is answered instead of an answer; None: nothing."""
    name = rule.behaviour
    if name in _FAULTS:
        return HttpReply(500, XML, fault_body(_FAULTS[name], rule.says or "a fault on purpose"))
    if name == "empty_200":
        return HttpReply(200, XML, b"")
    if name == "garbage":
        return HttpReply(200, XML, b"<soapenv:Envelope><\x00\xff not XML at all")
    if name == "html_200":
        return HttpReply(200, _HTML, _page("Вход в систему"))
    if name.startswith("http_"):
        status = HTTPStatus(int(name.removeprefix("http_")))
        pause = rule.seconds if rule.seconds or status == HTTPStatus.TOO_MANY_REQUESTS else None
        return HttpReply(status, _HTML, _page(f"{status.value} {status.phrase}"), pause)
    return None


def _page(title: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def twisted(rule: Rule, gateway: Gateway, answer: Answer) -> bytes:
    """The wire bytes of a wrong answer in the right form."""
    return _TWISTS[rule.behaviour](gateway, answer)


def _wrong_request_id(gateway: Gateway, answer: Answer) -> bytes:
    for element in answer.body.iter(f"{{{ERS}}}requestId"):
        element.text = str(uuid.uuid4())
    return gateway.seal(answer)[1]


def _unsigned(gateway: Gateway, answer: Answer) -> bytes:
    return gateway.encrypt(etree.tostring(answer.body.getroottree(), encoding="UTF-8"), answer.recipient)


def _foreign_key(gateway: Gateway, answer: Answer) -> bytes:
    signed = signature.sign(answer.body, gateway.identity.profile, [stranger(gateway.identity).signer])
    return gateway.encrypt(signed, answer.recipient)


def _unencrypted(gateway: Gateway, answer: Answer) -> bytes:
    return gateway.seal(answer)[0]


def _undecryptable(gateway: Gateway, answer: Answer) -> bytes:
    return gateway.seal(replace(answer, recipient=stranger(gateway.identity).certificate))[1]


_TWISTS: dict[str, Callable[[Gateway, Answer], bytes]] = {
    "wrong_request_id": _wrong_request_id,
    "unsigned": _unsigned,
    "foreign_key": _foreign_key,
    "unencrypted": _unencrypted,
    "undecryptable": _undecryptable,
}
_BY_A_STRANGER = frozenset({"foreign_key", "undecryptable"})


def prepare(rules: list[Rule], identity: Identity) -> None:
    """Make beforehand what takes long, so that no answer waits for it."""
    if any(rule.behaviour in _BY_A_STRANGER for rule in rules):
        stranger(identity)


def stranger(identity: Identity) -> Identity:
    """Somebody who says that he is the Fund: the same name and profile, a key from another authority."""
    provider, certificate = _foreign(identity.provider.name, identity.certificate)
    return Identity(identity.profile, provider, certificate)


@lru_cache
def _foreign(crypto: str, certificate: Certificate) -> tuple[CryptoProvider, Certificate]:
    middle = certificate.not_before + (certificate.not_after - certificate.not_before) / 2
    authority = TestAuthority.create("rsa" if certificate.is_rsa else "gost", middle)
    pair = authority.issue(certificate.organization or "", certificate.ogrn or "", certificate.inn or "")
    return make_provider(crypto, pair.private_key_pem), pair.certificate
