"""The way of an answer, from the bytes of the reply to its outcome, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import cast

from lxml import etree

from ers_sync.domain.content import Kind, Sender
from ers_sync.fss import encryption, signature
from ers_sync.fss.client import Exchange, FundClient, Prepared
from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.keyring import Key, Keyring
from ers_sync.fss.profile import GOST, RSA, Profile, Role
from ers_sync.fss.signature import Signer
from ers_sync.fss.transport import Reply, Transport
from ers_sync.fss.xml import ERS
from ers_sync.stand.pki import TestAuthority

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OGRN, OTHER, FUND = "1026602336727", "1036602336728", "1027739443236"
REQUEST_ID = "0a1b2c3d-0000-1111-2222-333344445555"
SNILS = "11223344595"
XML = "text/xml; charset=UTF-8"
RESULT = (
    f'<getResultByIdResponse xmlns="{ERS}"><requestId>{REQUEST_ID}</requestId><status>PROCESSED</status>'
    "<ersNumber>0123456789</ersNumber></getResultByIdResponse>"
)


class Canned:
    """A transport whose reply is given."""

    def __init__(self) -> None:
        self.reply = Reply(200, {}, b"")

    def post(self, url: str, body: bytes, soap_action: str) -> Reply:  # noqa: ARG002 - as `Transport.post`
        return self.reply


@dataclass(frozen=True)
class Parties:
    """Two hospitals, the Fund, and a client of the first one."""

    crypto: str = "rsa"
    carrier: Canned = field(default_factory=Canned)

    @property
    def profile(self) -> Profile:
        return RSA if self.crypto == "rsa" else GOST

    @cached_property
    def authority(self) -> TestAuthority:
        return TestAuthority.create("rsa" if self.crypto == "rsa" else "gost", MOMENT)

    def _signer(self, ogrn: str, actor: str) -> Signer:
        pair = self.authority.issue("Организация", ogrn, "7736056647")
        certificate = read_certificate(pair.certificate_pem)
        return Signer(actor.format(ogrn=ogrn), certificate, make_provider(self.crypto, pair.private_key_pem))

    @cached_property
    def hospital(self) -> Signer:
        return self._signer(OGRN, self.profile.actors[Role.MO])

    @cached_property
    def other(self) -> Signer:
        """Another hospital, with a certificate of the same authority."""
        return self._signer(OTHER, self.profile.actors[Role.MO])

    @cached_property
    def fund(self) -> Signer:
        return self._signer(FUND, self.profile.fund_actor)

    @cached_property
    def client(self) -> FundClient:
        key = Key(OGRN, Role.MO, self.hospital.certificate, self.hospital.provider)
        return FundClient(self.profile, Keyring([key], [self.fund.certificate]), cast("Transport", self.carrier))

    @property
    def sender(self) -> Sender:
        return {
            "name": "ЦГБ",
            "inn": "6658021402",
            "ogrn": OGRN,
            "kpp": None,
            "contract_kind": None,
            "contract_number": None,
            "contract_date": None,
        }

    @cached_property
    def question(self) -> Prepared:
        """What became of the request REQUEST_ID?"""
        return self.client.ask_result(self.sender, kind=Kind.PUT_VISIT, request_id=REQUEST_ID, moment=MOMENT)

    def signed(self, payload: str = RESULT, *, by: Signer | None = None) -> bytes:
        body = signature.new_envelope(f"OGRN_{FUND}")
        body.append(etree.fromstring(payload))
        return signature.sign(body, self.profile, [by or self.fund])

    def sealed(self, signed: bytes, *, to: Certificate | None = None) -> bytes:
        return encryption.encrypt(
            signed,
            profile=self.profile,
            provider=self.fund.provider,
            sender=self.fund.certificate,
            recipient=to or self.hospital.certificate,
        )

    def judge(
        self, wire: bytes, status: int = 200, headers: Mapping[str, str] | None = None, asked: Prepared | None = None
    ) -> Exchange:
        """What the client makes of a reply."""
        self.carrier.reply = Reply(status, {"content-type": XML} | dict(headers or {}), wire)
        return self.client.send(asked or self.question, endpoint="http://fund.invalid/ers", moment=MOMENT)
