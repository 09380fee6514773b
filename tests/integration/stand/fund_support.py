"""A hospital that talks to a stand-in Fund: through the product's own client, or with bytes of its own making."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from ers_sync.domain.content import Kind, Numbers, Sender
from ers_sync.fss import encryption, signature
from ers_sync.fss.answers import ErsData, Registered, Result
from ers_sync.fss.binding import Binding
from ers_sync.fss.client import Exchange, FundClient
from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.keyfiles import KeyFiles, KeySource, load_keyring
from ers_sync.fss.keyring import Key
from ers_sync.fss.messages import OPERATIONS, WSDL, request
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.profile import Profile, Role, from_settings
from ers_sync.fss.software import Software
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.fss.xml import FAULT, SOAP, local_name
from ers_sync.stand.fund.keys import certificate_file, key_file
from ers_sync.stand.fund.process import FundProcess

NOW = "2026-06-15T12:00:00+05:00"
MOMENT = datetime.fromisoformat(NOW)
OGRN, OTHER = "1026602336727", "1036602336728"
NUMBER, SNILS = "5500000001", "11223344595"
QUIET, QUIET_SNILS = "5500000002", "11223344696"  # nothing is sent under this one
CONTRACT = ("14", "2026-01-01")
SEED: dict[str, Any] = {
    "organizations": [
        {
            "ogrn": ogrn,
            "contracts": [
                {"kind": kind, "number": "14", "from": "2026-01-01", "to": None} for kind in ("1", "2", "3-1", "3-2")
            ],
        }
        for ogrn in (OGRN, OTHER)
    ],
    "certificates": [
        {
            "ers_number": NUMBER,
            "snils": SNILS,
            "ogrn": OTHER,
            "create_date": "2026-01-20",
            "status": "SERVICE",
            "tickets": [{"type": "1", "create_date": "2026-06-01", "ogrn": OTHER}],
            "visits": [{"visit_id": "v1", "visit_date": "2026-02-01", "ogrn": OTHER}],
        },
        {
            "ers_number": QUIET,
            "snils": QUIET_SNILS,
            "ogrn": OGRN,
            "create_date": "2026-01-20",
            "status": "OPEN",
            "tickets": [],
        },
    ],
}
NAMES = {"organizations": {OTHER: "Роддом"}, "women": {}}
PERSON: dict[str, Any] = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "patronymic": None,
    "birth_date": "1990-01-01",
    "snils": SNILS,
    "snils_absence_reason": None,
    "policy_kind": "ЕНП",
    "policy_number": "6600000000000001",
    "policy_begin_date": None,
    "policy_absence_reason": None,
    "document": {"kind": "паспорт", "series": None, "number": "123456", "issue_date": "2010-01-01", "issuer": "ОВД"},
    "document_absence_reason": None,
    "address": "Екатеринбург",
    "address_absence_reason": None,
}
CONTENTS: dict[Kind, dict[str, Any]] = {
    Kind.CREATE_ERS: {"person": PERSON, "register_date": "2026-01-20"},
    Kind.PUT_VISIT: {
        "person": PERSON,
        "visit_date": "2026-06-01",
        "gestation_days": 200,
        "obstetric_status": None,
        "doctor": None,
    },
    Kind.ANNUL_VISIT: {"visit_id": "1", "reason": "ошибка"},
    Kind.PUT_TICKET1: {
        "person": PERSON,
        "register_gestation_days": 60,
        "put_gestation_days": 210,
        "is_multiple": False,
        "sick_leave_number": None,
        "exchange_card_number": None,
        "exchange_card_date": None,
    },
    Kind.PUT_TICKET2: {
        "person": PERSON,
        "arrival_date": None,
        "birth_at": "2026-06-14T03:10:00",
        "icd10": None,
        "mother_death_reason": None,
        "children_total": None,
        "newborns": [{"sex": "female", "height_cm": 50, "weight_g": 3300, "death_reason": None}],
    },
    Kind.PUT_TICKET3: {
        "person": PERSON,
        "half_year": 2,
        "children": [
            {
                "birth_date": "2025-12-01",
                "last_name": "Иванов",
                "first_name": "Иван",
                "patronymic": None,
                "policy_number": None,
                "watch_begin": "2025-12-05",
                "watch_end": "2026-06-15",
            }
        ],
    },
    Kind.DISABLE_ERS: {"reason_code": 1, "reason": "ошибка"},
}
CONTRACT_KINDS = {Kind.PUT_TICKET1: "1", Kind.PUT_TICKET2: "2", Kind.PUT_TICKET3: "3-2"}


@dataclass(frozen=True)
class Reply:
    """A reply to bytes of a test's own making: the Fault's element and code, empty for an answer."""

    status: int
    fault: str
    code: str
    body: bytes


class Hospital:
    """One hospital with its key, and a client of its own."""

    def __init__(self, fund: FundProcess, folder: Path, *, crypto: str, ogrn: str = OGRN, **profile: Any) -> None:
        keys = folder / "keys"
        self.fund, self.ogrn = fund, ogrn
        self.profile: Profile = from_settings(crypto, profile)
        roles = {role for roles in self.profile.signers.values() for role in roles} | {Role.MO}
        sources = (KeySource(ogrn, key_file(keys, ogrn), certificate_file(keys, ogrn), role) for role in roles)
        files = KeyFiles(tuple(sources), (certificate_file(keys, "fund"),))
        self.keyring = load_keyring(files, crypto=crypto, profile=self.profile)
        self.transport = Transport(TransportSettings(connect=5, read=2, write=5, total=10))
        self.client = FundClient(self.profile, self.keyring, self.transport)
        self.http = httpx.Client(trust_env=False, timeout=5)

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()
        self.http.close()

    @property
    def key(self) -> Key:
        """The key that signs."""
        return self.keyring.signing(self.ogrn, Role.MO, MOMENT)

    @property
    def fund_certificate(self) -> Certificate:
        """For which requests are encrypted."""
        return self.keyring.recipient(MOMENT)

    def sender(self, kind: Kind | None = None) -> Sender:
        """Who sends, naming a contract of the kind that fits."""
        contract_kind = CONTRACT_KINDS.get(kind) if kind else None
        return {
            "name": "ЦГБ",
            "inn": "6658021402",
            "ogrn": self.ogrn,
            "kpp": None,
            "contract_kind": contract_kind,
            "contract_number": CONTRACT[0],
            "contract_date": CONTRACT[1],
        }

    def put(self, kind: Kind, *, number: str = NUMBER, visit_id: str = "1", **changed: Any) -> Exchange:
        """Send a put."""
        prepared = self.client.prepare(
            kind, self.sender(kind), CONTENTS[kind] | changed, _numbers(number, visit_id), MOMENT
        )
        return self.client.send(prepared, endpoint=self.fund.url, moment=MOMENT)

    def result(self, kind: Kind, request_id: str) -> Exchange:
        """Ask what became of a put."""
        asked = self.client.ask_result(self.sender(), kind=kind, request_id=request_id, moment=MOMENT)
        return self.client.send(asked, endpoint=self.fund.url, moment=MOMENT)

    def done(self, kind: Kind, **changed: Any) -> Result:
        """Send a put, and ask until its result is final."""
        registered = self.put(kind, **changed).answer
        assert isinstance(registered, Registered)
        return self.final(kind, registered.request_id)

    def final(self, kind: Kind, request_id: str) -> Result:
        """Ask until the result is final."""
        pause = threading.Event()
        for _ in range(1000):
            answer = self.result(kind, request_id).answer
            assert isinstance(answer, Result)
            if answer.status.value.startswith("PROCESSED") or answer.errors:
                return answer
            pause.wait(0.01)
        raise AssertionError("the Fund does not process")

    def data(self, identifier: str) -> ErsData:
        """Ask for certificates."""
        asked = self.client.ask(self.sender(), ers_identifier=identifier, moment=MOMENT)
        exchange = self.client.send(asked, endpoint=self.fund.url, moment=MOMENT)
        assert exchange.outcome is Outcome.ANSWERED, exchange.fault_text
        assert isinstance(exchange.answer, ErsData)
        return exchange.answer

    def body(
        self, kind: Kind = Kind.PUT_VISIT, *, ogrn: str | None = None, body_id: str | None = None
    ) -> etree._Element:
        """A Body that is right, or of another sender, or with another id."""
        body = signature.new_envelope(body_id or self.profile.body_id.format(ogrn=self.ogrn))
        sender: Sender = {**self.sender(kind), "ogrn": ogrn or self.ogrn}
        Binding(WSDL).render(
            body, OPERATIONS[kind], request(kind, Software(), sender, CONTENTS[kind], _numbers(NUMBER, "1"))
        )
        return body

    def sign(self, body: etree._Element, key: Key | None = None, actor: str | None = None) -> bytes:
        """Sign a Body, by this hospital's key and as its actor unless another is given."""
        actor = actor or self.profile.actors[Role.MO].format(ogrn=self.ogrn)
        return signature.sign(body, self.profile, [(key or self.key).signer(actor)])

    def encrypt(self, signed: bytes, recipient: Certificate | None = None) -> bytes:
        """Encrypt for the Fund, or for somebody else."""
        return encryption.encrypt(
            signed,
            profile=self.profile,
            provider=self.key.provider,
            sender=self.key.certificate,
            recipient=recipient or self.fund_certificate,
        )

    def post(self, wire: bytes, action: str = "putVisit") -> Reply:
        """Send bytes."""
        headers = {"SOAPAction": f'"http://gtw.ws.fss.ru/openservice/ers/{action}"', "Content-Type": "text/xml"}
        reply = self.http.post(self.fund.url, content=wire, headers=headers)
        detail = etree.fromstring(reply.content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault/detail")
        if detail is None:
            return Reply(reply.status_code, "", "", reply.content)
        return Reply(
            reply.status_code, local_name(detail[0]), detail[0].findtext(f"{{{FAULT}}}code") or "", reply.content
        )


def with_certificate(key: Key, pem: bytes) -> Key:
    """The same key under another certificate."""
    return replace(key, certificate=read_certificate(pem))


def _numbers(number: str, visit_id: str) -> Numbers:
    return {"ers_number": number, "visit_id": visit_id, "create_date": "2026-06-15"}
