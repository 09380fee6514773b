"""The way of one request through the Fund: let in, served, answered; the answer signed and encrypted."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ers_sync.fss import encryption, signature
from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.stand.fund import answers
from ers_sync.stand.fund.desk import Desk
from ers_sync.stand.fund.entrance import Accepted, Entrance
from ers_sync.stand.fund.faults import NOT_FOUND, FaultKind, RefusedError
from ers_sync.stand.fund.model import Put
from ers_sync.stand.fund.reading import ResultQuestion, read_request, read_sender


@dataclass(frozen=True, slots=True)
class Answer:
    """The signed answer before its encryption, and whom it is for."""

    body: etree._Element
    recipient: Certificate
    request: Accepted


class Gateway:
    """Everything between the HTTP body of a request and that of its answer. Safe for threads."""

    def __init__(self, entrance: Entrance, desk: Desk) -> None:
        self.identity, self._entrance, self._desk = entrance.identity, entrance, desk

    def serve(self, wire: bytes, soap_action: str, extra_delay: float = 0.0) -> Answer:
        """Serve one request. Raise RefusedError for a Fault; all that the answer tells is on the disk by then."""
        accepted = self._entrance.accept(wire, self._desk.clock.now())
        if soap_action != accepted.operation:
            raise RefusedError(FaultKind.INVALID_DATA, "SOAPAction does not name the operation of the Body")
        body = signature.new_envelope(self.identity.profile.body_id.format(ogrn=self.identity.certificate.ogrn))
        self._write(body, accepted, extra_delay)
        self._desk.sync()
        return Answer(body, accepted.sender, accepted)

    def seal(self, answer: Answer) -> tuple[bytes, bytes]:
        """Sign an answer and encrypt it for the one who asked: (signed, wire) bytes."""
        signed = signature.sign(answer.body, self.identity.profile, [self.identity.signer])
        return signed, self.encrypt(signed, answer.recipient)

    def encrypt(self, signed: bytes, recipient: Certificate) -> bytes:
        """Encrypt bytes for a certificate."""
        identity = self.identity
        return encryption.encrypt(
            signed,
            profile=identity.profile,
            provider=identity.provider,
            sender=identity.certificate,
            recipient=recipient,
        )

    def _write(self, body: etree._Element, accepted: Accepted, extra_delay: float) -> None:
        try:
            request = read_request(accepted.root)
        except ValueError:
            raise RefusedError(FaultKind.INVALID_DATA, "the operation is not served") from None
        if isinstance(request, Put):
            answers.write_registered(body, request.operation, self._desk.load(request, extra_delay))
        elif isinstance(request, ResultQuestion):
            loaded = self._desk.result(request.request_id)
            own = loaded is not None and loaded.put.sender.ogrn == read_sender(accepted.root).ogrn
            if loaded is None or not own or loaded.put.operation != request.operation:
                raise RefusedError(FaultKind.INVALID_DATA, "no such request", NOT_FOUND)
            answers.write_result(body, request.request_id, loaded)
        else:
            answers.write_data(body, self._desk.certificates(request.identifier), self._desk)
