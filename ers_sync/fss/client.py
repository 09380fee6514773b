"""The Fund as the jobs see it: prepare a signed request, send it, and learn what it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from ers_sync.domain.content import Kind, Numbers, Sender
from ers_sync.fss import answers, encryption, messages, outcomes, signature, xml
from ers_sync.fss.answers import Registered
from ers_sync.fss.binding import Binding, MessageError
from ers_sync.fss.crypto.provider import DecryptionError
from ers_sync.fss.exchange import Exchange, Prepared, Reading, with_reading
from ers_sync.fss.given import GivenIds
from ers_sync.fss.keyring import Key, KeyProblem, Keyring, Keys
from ers_sync.fss.outcomes import Fault, Outcome
from ers_sync.fss.profile import Placement, Profile, Role
from ers_sync.fss.service import Service
from ers_sync.fss.signature import SignatureError, UnreadableError, Verified
from ers_sync.fss.software import Software
from ers_sync.fss.transport import NeverSentError, PerhapsSentError, Reply, Transport
from ers_sync.fss.xml import SOAP, WSSE, XmlError, from_base64


class FundClient:
    """Talks to the Fund for all hospitals of the keyring, which may change meanwhile. Safe to share between threads."""

    def __init__(
        self,
        profile: Profile,
        keys: Keys,
        transport: Transport,
        software: Software | None = None,
        service: Service = messages,
    ) -> None:
        self._profile = profile
        self._keys = keys
        self._transport = transport
        self._software = software or Software()
        self._service = service
        self._binding = Binding(service.WSDL)
        self._given = GivenIds()

    def prepare(
        self, kind: Kind, sender: Sender, content: Mapping[str, Any], numbers: Numbers, moment: datetime
    ) -> Prepared:
        """Build, check and sign a request.

        Raises:
            MessageError: the schema does not allow it.
            KeyProblem: there is no key to sign with, or no certificate to encrypt for, at this moment.
        """
        return self._prepare(
            kind,
            self._service.OPERATIONS[kind],
            sender,
            moment,
            lambda: self._service.request(kind, self._software, sender, content, numbers),
        )

    def ask(self, sender: Sender, *, ers_identifier: str, moment: datetime) -> Prepared:
        """Build the question for the certificates of a СНИЛС (11 digits), or for one number (10). Raise as `prepare`."""
        return self._prepare(
            None,
            self._service.GET_DATA,
            sender,
            moment,
            lambda: self._service.data_question(self._software, sender, ers_identifier),
            question=ers_identifier,
        )

    def ask_result(self, sender: Sender, *, kind: Kind, request_id: str, moment: datetime) -> Prepared:
        """Build the question for what became of a loaded request. Raise as `prepare`."""
        return self._prepare(
            None,
            self._service.GET_RESULT,
            sender,
            moment,
            lambda: self._service.result_question(self._software, sender, kind, request_id),
            question=request_id,
        )

    def _prepare(
        self,
        kind: Kind | None,
        operation: str,
        sender: Sender,
        moment: datetime,
        values: Callable[[], Mapping[str, Any]],
        *,
        question: str | None = None,
    ) -> Prepared:
        ogrn, keyring = sender["ogrn"], self._keys.current()
        signers = [
            keyring.signing(ogrn, role, moment).signer(self._profile.actors[role].format(ogrn=ogrn))
            for role in self._profile.signers_of(kind)
        ]
        keyring.recipient(moment)
        body = signature.new_envelope(self._profile.body_id.format(ogrn=ogrn))
        try:
            filled = values()
        except (KeyError, TypeError, ValueError) as error:
            raise MessageError(operation, "", type(error).__name__) from None
        self._binding.render(body, operation, filled)
        return Prepared(operation, ogrn, signature.sign(body, self._profile, signers), question)

    def send(self, prepared: Prepared, *, endpoint: str, moment: datetime) -> Exchange:
        """Encrypt a request anew, send it once, and read the answer; `moment` is the business time for certificates.

        Whatever happens on the way is told by the outcome.

        Raises:
            KeyProblem: nothing was sent, for want of a certificate of the Fund or a key of the hospital.
        """
        keyring = self._keys.current()
        sender = keyring.signing(prepared.ogrn, Role.MO, moment)
        if self._profile.placement is Placement.V1:
            sender = _signed_by(prepared, keyring) or sender
        wire = encryption.encrypt(
            prepared.signed,
            profile=self._profile,
            provider=sender.provider,
            sender=sender.certificate,
            recipient=keyring.recipient(moment),
        )
        now = datetime.now(UTC)
        host = urlsplit(endpoint).netloc.rpartition("@")[2]
        exchange = Exchange(prepared.operation, endpoint, host, now, now, Outcome.PERHAPS_ACCEPTED)
        try:
            reply = self._transport.post(endpoint, wire, self._binding.soap_action(prepared.operation))
        except NeverSentError as error:
            exchange = replace(exchange, outcome=Outcome.NOT_ACCEPTED, fault_text=str(error))
        except PerhapsSentError as error:
            exchange = replace(exchange, request_wire=wire, fault_text=str(error))
        else:
            exchange = self._judge(prepared, replace(exchange, request_wire=wire), reply, moment)
        return replace(exchange, ended=datetime.now(UTC))

    def reread(self, prepared: Prepared, exchange: Exchange, moment: datetime) -> Exchange:
        """Judge anew an answer that was kept (`exchange.answer_signed`), at the business time when it came."""
        keyring = self._keys.current()
        if not keyring.opening(prepared.ogrn):
            return replace(exchange, outcome=Outcome.UNVERIFIABLE, fault_text="the hospital has no key any more")
        return with_reading(exchange, self._read(prepared, exchange.answer_signed or b"", keyring, moment))

    def _judge(self, prepared: Prepared, exchange: Exchange, reply: Reply, moment: datetime) -> Exchange:
        return with_reading(
            exchange,
            self._reading(prepared, reply, moment),
            http_status=reply.status,
            retry_after=outcomes.retry_after(reply.headers),
            answer_wire=reply.body,
        )

    def _reading(self, prepared: Prepared, reply: Reply, moment: datetime) -> Reading:
        root = _parse(reply)
        fault = outcomes.find_fault(root.find(f"{{{SOAP}}}Body")) if root is not None else None
        outcome = outcomes.of_reply(reply.status, root, fault)
        if outcome is not None or root is None:
            return _faulted(outcome or Outcome.PERHAPS_ACCEPTED, fault)
        return self._open(prepared, root, moment)

    def _open(self, prepared: Prepared, root: etree._Element, moment: datetime) -> Reading:
        """Decrypt, verify and read an answer."""
        encrypted = encryption.find_encrypted(root)
        if encrypted is None:
            return Reading(Outcome.UNVERIFIABLE, fault_text="the answer is not encrypted")
        keyring = self._keys.current()
        keys = keyring.opening(prepared.ogrn)
        try:
            signed = encryption.decrypt(encrypted, profile=self._profile, providers=[key.provider for key in keys])
        except encryption.EncryptionError as error:
            return Reading(Outcome.UNVERIFIABLE, fault_text=str(error))
        return self._read(prepared, signed, keyring, moment)

    def _read(self, prepared: Prepared, signed: bytes, keyring: Keyring, moment: datetime) -> Reading:
        def no_answer(why: str) -> Reading:
            return Reading(Outcome.UNVERIFIABLE, fault_text=why, answer_signed=signed)

        try:
            verified = signature.verify(
                signed,
                profile=self._profile,
                provider=keyring.opening(prepared.ogrn)[0].provider,
                trusted=keyring.trusted,
                moment=moment,
            )
            self._check_actor(verified)
            fault = outcomes.find_fault(verified.body)
            if fault is not None:
                return _faulted(outcomes.of_fault(fault), fault, signed)
            answer = self._service.answer(prepared.operation, self._binding.read(verified.body, prepared.operation))
        except (SignatureError, MessageError) as error:
            nonsense = isinstance(error, UnreadableError)  # one text for every failure to decrypt
            return no_answer(str(DecryptionError() if nonsense else error))
        if prepared.question is not None and not answers.is_about(answer, prepared.question):
            return no_answer("the answer is to another question")
        if isinstance(answer, Registered) and not self._given.belongs(answer.request_id, prepared.signed):
            return no_answer("the id was given to another request")
        return Reading(Outcome.ANSWERED, answer_signed=signed, answer=answer)

    def _check_actor(self, verified: Verified) -> None:
        if self._profile.check_fund_actor:
            for actor, certificate in verified.signers:
                if actor != self._profile.fund_actor.format(ogrn=certificate.ogrn):
                    raise SignatureError("the actor of the signature is not the Fund's")


def _faulted(outcome: Outcome, fault: Fault | None, signed: bytes | None = None) -> Reading:
    code, text = (fault.code, fault.text) if fault else (None, None)
    return Reading(outcome, code, text, answer_signed=signed)


def _parse(reply: Reply) -> etree._Element | None:
    """Return the root of a reply that calls itself XML and is."""
    kind = reply.headers.get("content-type", "text/xml").partition(";")[0].strip().lower()
    if not reply.body or not kind.endswith("xml"):
        return None
    try:
        return xml.parse(reply.body)
    except XmlError:
        return None


def _signed_by(prepared: Prepared, keyring: Keyring) -> Key | None:
    """Return the key that signed a request, if it is still known: bytes that go out again may be older than the newest key."""
    token = xml.parse(prepared.signed).find(f".//{{{WSSE}}}BinarySecurityToken")
    shown = from_base64(token) if token is not None else None
    return next((key for key in keyring.opening(prepared.ogrn) if key.certificate.der == shown), None)


__all__ = ["Exchange", "FundClient", "KeyProblem", "Prepared"]
