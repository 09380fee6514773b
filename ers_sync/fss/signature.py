"""Sign a SOAP envelope as the Fund wants it, and check such a signature.

One `wsse:Security` block a signer; the signature covers the Body. Signed nodes are never moved or serialised again: `sign` serialises
once, `verify` hands back the very Body that it checked.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from lxml import etree

from ers_sync.fss import rsa_signature, xml
from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.crypto.provider import CryptoProvider
from ers_sync.fss.profile import RSA_SHA256, Placement, Profile, Suite
from ers_sync.fss.xml import DS, SOAP, WSSE, WSU, XmlError, from_base64, only_child, to_base64

_AUTHORITY = "urn:ru:fss:integration:types:signature:v01"
_MCHD = "urn:ru:fss:integration:types:mchd:v01"
_PREFIXES = {"soapenv": SOAP, "ds": DS, "wsse": WSSE, "wsu": WSU}
# Its prefixes are those of the envelope, where the declarations here go away.
_BLOCK = (
    "<wsse:Security "
    + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _PREFIXES.items())
    + ' soapenv:actor="{actor}">'
    f'<wsse:BinarySecurityToken EncodingType="{xml.BASE64_BINARY}" ValueType="{xml.X509_V3}"'
    ' wsu:Id="{actor}">{token}</wsse:BinarySecurityToken>'
    '<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{form}"/>'
    '<ds:SignatureMethod Algorithm="{signature}"/>'
    '<ds:Reference URI="#{body}"><ds:Transforms><ds:Transform Algorithm="{form}"/></ds:Transforms>'
    '<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue>{value}</ds:DigestValue></ds:Reference></ds:SignedInfo>'
    "<ds:SignatureValue/>"
    '<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#{actor}"'
    f' ValueType="{xml.X509_V3}"/></wsse:SecurityTokenReference></ds:KeyInfo>'
    "{object}</ds:Signature></wsse:Security>"
)
_OBJECT = (
    f'<ds:Object><ns0:authority xmlns:ns0="{_AUTHORITY}"><ns1:powerOfAttorneyLink xmlns:ns1="{_MCHD}"><ns1:uuid>'
    "{uuid}</ns1:uuid></ns1:powerOfAttorneyLink></ns0:authority></ds:Object>"
)
_ID = f"{{{WSU}}}Id"
_ACTOR = f"{{{SOAP}}}actor"
_IDS = etree.XPath("//@*[local-name() = 'Id' or local-name() = 'ID' or local-name() = 'id']")
_COUNT_BODIES = etree.XPath("count(//soap:Body)", namespaces=xml.NAMESPACES)
_COUNT_SIGNATURES = etree.XPath("count(//ds:Signature)", namespaces=xml.NAMESPACES)


class SignatureError(Exception):
    """The envelope is not signed as it must be; the text says what is wrong and quotes nothing of the message."""


class UnreadableError(SignatureError):
    """The bytes are no XML that may be read. Of what was decrypted it means that decryption gave nonsense, which is not told apart."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the actor of the block, the key with its certificate, and the number of the power of attorney (МЧД) if needed."""

    actor: str
    certificate: Certificate
    provider: CryptoProvider
    power_of_attorney: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """The Body that was checked, and who signed it: (actor, certificate) of every block, in order."""

    body: etree._Element
    signers: tuple[tuple[str, Certificate], ...]


def new_envelope(body_id: str) -> etree._Element:
    """Return the empty Body, with its id, of a new envelope; the payload goes into it before `sign`."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap=_PREFIXES)
    etree.SubElement(root, f"{{{SOAP}}}Header")
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    body.set(_ID, body_id)
    return body


def sign(body: etree._Element, profile: Profile, signers: Sequence[Signer]) -> bytes:
    """Sign the envelope around a Body made by `new_envelope` and serialise it: the bytes are final.

    There is no XML declaration, because what is encrypted is an element (XML Encryption, 3.1). Placement v2 also shows the
    first signer's certificate in the Header, so that the Fund can encrypt its answer for it.
    """
    root = body.getparent()
    if root is None:
        raise ValueError("the Body stands in no envelope")
    header = root[0]
    content = _referred(body)
    for signer in signers:
        _add_block(header, body, content, profile, signer)
    if profile.placement is Placement.V2:
        etree.SubElement(header, f"{{{DS}}}X509Certificate").text = to_base64(signers[0].certificate.der)
    return etree.tostring(root, xml_declaration=False, encoding="UTF-8")


def _referred(body: etree._Element) -> bytes:
    """Return what is digested: a reference by id leaves comments out, whatever the algorithm (XML Signature, 4.4.3.3)."""
    return xml.canonical(body, with_comments=False)


def _add_block(header: etree._Element, body: etree._Element, content: bytes, profile: Profile, signer: Signer) -> None:
    provider = signer.provider
    suite = next((suite for suite in profile.suites if suite.digest_size == provider.digest_size), None)
    if suite is None:
        raise SignatureError("the profile has no algorithm for the length of the key")
    power = signer.power_of_attorney
    block = _BLOCK.format(
        actor=xml.escaped(signer.actor),
        token=to_base64(signer.certificate.der),
        form=profile.canonicalization,
        signature=suite.signature,
        body=xml.escaped(body.get(_ID) or ""),
        digest=suite.digest,
        value=to_base64(provider.digest(content)),
        object=_OBJECT.format(uuid=xml.escaped(power)) if power else "",
    )
    header.append(etree.fromstring(block))
    signature = header[-1][1]
    value = provider.sign_digest(provider.digest(xml.canonical(signature[0], with_comments=profile.with_comments)))
    signature[1].text = to_base64(value)


def verify(
    data: bytes, *, profile: Profile, provider: CryptoProvider, trusted: Collection[Certificate], moment: datetime
) -> Verified:
    """Check every signature of an envelope and return the Body that they cover; nothing may read any other node.

    Args:
        data: the envelope as it was decrypted or received.
        profile: which algorithms and which canonical form are let pass.
        provider: does the arithmetic; its own key plays no part.
        trusted: the certificates that may have signed, whole (pinned), not their issuers.
        moment: aware business time, at which the certificates must be valid.

    Raises:
        UnreadableError: it is no XML.
        SignatureError: the envelope has another form, another signer, or was changed.
    """
    try:
        root = xml.parse(data)
    except XmlError as error:
        raise UnreadableError(str(error)) from error
    try:
        body = _only_body(root)
        blocks = only_child(root, f"{{{SOAP}}}Header").findall(f"{{{WSSE}}}Security")
        if not blocks or _COUNT_SIGNATURES(root) != len(blocks):
            raise SignatureError("expected one signature in every Security block, and no other")
        pinned = {certificate.der: certificate for certificate in trusted}
        check = _Check(body, profile, provider, pinned, moment)
        return Verified(body, tuple(check.block(block) for block in blocks))
    except XmlError as error:
        raise SignatureError(str(error)) from error


def _only_body(root: etree._Element) -> etree._Element:
    """Return the Body, if the envelope has one place only where a Body and its id can be."""
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SignatureError("the root is not a SOAP 1.1 Envelope")
    if [child.tag for child in root] != [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]:
        raise SignatureError("the envelope must consist of a Header and a Body")
    if _COUNT_BODIES(root) != 1:
        raise SignatureError("there is a second Body")
    ids = cast("list[str]", _IDS(root))
    if len(set(ids)) != len(ids):
        raise SignatureError("an id is not unique")
    return root[1]


@dataclass(frozen=True, slots=True)
class _Check:
    """What all blocks of one envelope are checked against."""

    body: etree._Element
    profile: Profile
    provider: CryptoProvider
    pinned: dict[bytes, Certificate]
    moment: datetime

    def block(self, security: etree._Element) -> tuple[str, Certificate]:
        """Check one Security block; return its actor and certificate."""
        signature = only_child(security, f"{{{DS}}}Signature")
        signed_info = only_child(signature, f"{{{DS}}}SignedInfo")
        suite = self._suite(signed_info)
        certificate = self._certificate(security, signature)
        self._digest(only_child(signed_info, f"{{{DS}}}Reference"), suite)
        value = from_base64(only_child(signature, f"{{{DS}}}SignatureValue"))
        if suite == RSA_SHA256:
            right = rsa_signature.is_right(signature, self.body, certificate)
        else:
            digest = self.provider.digest(
                xml.canonical(signed_info, with_comments=self.profile.with_comments), suite.digest_size
            )
            right = self.provider.verify_digest(certificate.spki_der, digest, value)
        if not right:
            raise SignatureError("the signature is wrong")
        return security.get(_ACTOR, ""), certificate

    def _suite(self, signed_info: etree._Element) -> Suite:
        self._canonicalization(only_child(signed_info, f"{{{DS}}}CanonicalizationMethod"))
        method = only_child(signed_info, f"{{{DS}}}SignatureMethod").get("Algorithm")
        for suite in self.profile.suites:
            if suite.signature == method:
                return suite
        raise SignatureError("the algorithm of the signature is not in the profile")

    def _canonicalization(self, element: etree._Element) -> None:
        if element.get("Algorithm") != self.profile.canonicalization or len(element):
            raise SignatureError("the canonical form is not that of the profile")

    def _digest(self, reference: etree._Element, suite: Suite) -> None:
        if reference.get("URI") != f"#{self.body.get(_ID)}":
            raise SignatureError("the reference is not to the Body")
        transforms = only_child(reference, f"{{{DS}}}Transforms")
        self._canonicalization(only_child(transforms, f"{{{DS}}}Transform"))
        if len(transforms) != 1 or only_child(reference, f"{{{DS}}}DigestMethod").get("Algorithm") != suite.digest:
            raise SignatureError("the algorithm of the digest is not in the profile")
        stated = from_base64(only_child(reference, f"{{{DS}}}DigestValue"))
        if not hmac.compare_digest(stated, self.provider.digest(_referred(self.body), suite.digest_size)):
            raise SignatureError("the Body was changed after it was signed")

    def _certificate(self, security: etree._Element, signature: etree._Element) -> Certificate:
        token = only_child(security, f"{{{WSSE}}}BinarySecurityToken")
        key_info = only_child(signature, f"{{{DS}}}KeyInfo")
        pointer = only_child(only_child(key_info, f"{{{WSSE}}}SecurityTokenReference"), f"{{{WSSE}}}Reference")
        if token.get(_ID) is None or pointer.get("URI") != f"#{token.get(_ID)}":
            raise SignatureError("the key reference is not to the token of its block")
        certificate = self.pinned.get(from_base64(token))
        if certificate is None:
            raise SignatureError("the signer's certificate is not one of the trusted")
        if not certificate.is_valid_at(self.moment):
            raise SignatureError("the signer's certificate is not valid at this time")
        return certificate
