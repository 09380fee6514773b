"""The checks that a request passes before anybody reads it: encryption, signatures, certificates, schema, who signs for whom.

Every step refuses with its own kind of Fault, in this order; nothing of a later step is looked at before the earlier ones are passed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from lxml import etree

from ers_sync.fss import encryption, signature, xml
from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.crypto.provider import CryptoProvider
from ers_sync.fss.messages import OPERATIONS
from ers_sync.fss.profile import Placement, Profile
from ers_sync.fss.signature import SignatureError, Signer, Verified
from ers_sync.fss.xml import DS, WSSE, XENC, XmlError
from ers_sync.stand.fund.faults import FaultKind, RefusedError
from ers_sync.stand.fund.reading import operation_of, read_sender
from ers_sync.stand.fund.trust import DistrustError, Trust

_TOKENS = etree.XPath("//wsse:Security/wsse:BinarySecurityToken", namespaces=xml.NAMESPACES)
_SHOWN = f"{{{DS}}}KeyInfo/{{{XENC}}}EncryptedKey/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"
_KINDS = {operation: kind for kind, operation in OPERATIONS.items()}
_POWER = "{urn:ru:fss:integration:types:mchd:v01}powerOfAttorneyLink"


@dataclass(frozen=True, slots=True)
class Identity:
    """The Fund's key with its certificate, and the profile of the exchange."""

    profile: Profile
    provider: CryptoProvider
    certificate: Certificate

    @property
    def signer(self) -> Signer:
        """The Fund as the signer of its answers."""
        return Signer(self.profile.fund_actor.format(ogrn=self.certificate.ogrn), self.certificate, self.provider)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that passed every check of form: who asks, what, in which decrypted bytes."""

    operation: str
    root: etree._Element
    sender: Certificate
    signed: bytes


class Entrance:
    """The checks of one Fund. Safe for threads."""

    def __init__(self, identity: Identity, trust: Trust, schema: etree.XMLSchema) -> None:
        self.identity, self._trust = identity, trust
        self._schema, self._schema_lock = schema, threading.Lock()

    def accept(self, wire: bytes, moment: datetime) -> Accepted:
        """Take in one HTTP body; `moment` is the business time for certificates. Raise RefusedError."""
        encrypted, signed, tokens = self._decrypt(wire)
        verified = self._verify(signed, tokens, moment)
        sender = verified.signers[0][1]
        self._check_shown(encrypted, verified, sender)
        root = self._valid(verified)
        operation = operation_of(root)
        self._check_signers(verified, operation, read_sender(root).ogrn)
        return Accepted(operation, root, sender, signed)

    def _decrypt(self, wire: bytes) -> tuple[etree._Element, bytes, list[Any]]:
        """Return the encrypted element, the bytes in it, and their tokens. That the bytes are no XML is no other Fault: CBC has no MAC."""
        profile, provider = self.identity.profile, self.identity.provider
        try:
            encrypted = encryption.find_encrypted(xml.parse(wire))
            if encrypted is None:
                raise RefusedError(FaultKind.DECRYPT, "the Body holds no encrypted message")
            signed = encryption.decrypt(encrypted, profile=profile, providers=[provider])
            return encrypted, signed, cast("list[Any]", _TOKENS(xml.parse(signed)))
        except (XmlError, encryption.EncryptionError):
            raise RefusedError(FaultKind.DECRYPT, "the message cannot be decrypted") from None

    def _verify(self, signed: bytes, tokens: list[Any], moment: datetime) -> Verified:
        try:
            return signature.verify(
                signed,
                profile=self.identity.profile,
                provider=self.identity.provider,
                trusted=[self._trust.take(xml.from_base64(token)) for token in tokens],
                moment=moment,
            )
        except (DistrustError, SignatureError, XmlError) as error:
            raise RefusedError(FaultKind.SIGNATURE, str(error)) from None

    def _check_shown(self, encrypted: etree._Element, verified: Verified, sender: Certificate) -> None:
        """The certificates outside the signature: the outer one, and in profile v2 the sender's in the inner Header."""
        v2 = self.identity.profile.placement is Placement.V2
        wanted = self.identity.certificate if v2 else sender
        if _certificate_in(encrypted, _SHOWN) != wanted.der:
            raise RefusedError(FaultKind.DECRYPT, "the message shows another certificate than the profile wants")
        header = verified.body.getprevious()
        if v2 and (header is None or _certificate_in(header, f"{{{DS}}}X509Certificate") != sender.der):
            raise RefusedError(FaultKind.SIGNATURE, "the Header does not show the signer's certificate")

    def _valid(self, verified: Verified) -> etree._Element:
        if len(verified.body) != 1 or not operation_of(verified.body[0]):
            raise RefusedError(FaultKind.INVALID_DATA, "the Body is no request of this service")
        with self._schema_lock:
            if not self._schema.validate(verified.body[0]):
                places = {f"{e.path} ({e.type_name})" for e in cast("Iterable[Any]", self._schema.error_log)}
                raise RefusedError(FaultKind.INVALID_DATA, f"not valid by the schema: {'; '.join(sorted(places))}")
        return verified.body[0]

    def _check_signers(self, verified: Verified, operation: str, ogrn: str) -> None:
        profile = self.identity.profile
        wanted = [profile.actors[role].format(ogrn=ogrn) for role in profile.signers_of(_KINDS.get(operation))]
        if [actor for actor, _ in verified.signers] != wanted:
            raise RefusedError(FaultKind.SIGNATURE, "the actors of the signatures are not those of the operation")
        if verified.body.get(f"{{{xml.WSU}}}Id") != profile.body_id.format(ogrn=ogrn):
            raise RefusedError(FaultKind.SIGNATURE, "the id of the Body is not that of the sender")
        header = verified.body.getprevious()
        blocks = header.findall(f"{{{WSSE}}}Security") if header is not None else []
        for (_, certificate), block in zip(verified.signers, blocks, strict=True):
            named = certificate.ogrn or (ogrn if block.find(f".//{_POWER}") is not None else None)
            if named != ogrn:
                raise RefusedError(FaultKind.SIGNATURE, "the ОГРН of the certificate is not that of the request")


def _certificate_in(parent: etree._Element, path: str) -> bytes | None:
    found = parent.find(path)
    try:
        return None if found is None else xml.from_base64(found)
    except XmlError:
        return None
