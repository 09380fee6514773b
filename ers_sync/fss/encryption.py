"""Encrypt a whole signed envelope for its reader, and open what came back.

The outer envelope is written as text, around bytes that are never parsed again; the inner bytes come out exactly as they went in.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.crypto.provider import CryptoProvider, DecryptionError, Sealed
from ers_sync.fss.profile import RSA_OAEP, Placement, Profile
from ers_sync.fss.xml import DS, SOAP, XENC, XmlError, from_base64, only_child, to_base64

_ENVELOPE = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header/><soapenv:Body>'
    f'<xenc:EncryptedData xmlns:xenc="{XENC}" xmlns:ds="{DS}" Type="{XENC}Element">'
    '<xenc:EncryptionMethod Algorithm="{cipher}"/>'
    '<ds:KeyInfo><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{transport}">{parameters}</xenc:EncryptionMethod>'
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    "<xenc:CipherData><xenc:CipherValue>{key}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>"
    "<xenc:CipherData><xenc:CipherValue>{content}</xenc:CipherValue></xenc:CipherData>"
    "</xenc:EncryptedData></soapenv:Body></soapenv:Envelope>"
)
# XML Encryption 1.1, 5.5.2: without these RSA-OAEP means SHA-1.
_PARAMETERS = {
    RSA_OAEP: (
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        '<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"'
        ' Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/>'
    ),
}


class EncryptionError(Exception):
    """The message is not encrypted as the profile wants it, or not for us; one text for every failed decryption."""


def encrypt(
    signed: bytes, *, profile: Profile, provider: CryptoProvider, sender: Certificate, recipient: Certificate
) -> bytes:
    """Return the outer envelope. Raise CryptoError if the recipient's key is not of the provider's kind."""
    sealed = provider.encrypt(signed, recipient.spki_der)
    shown = recipient if profile.placement is Placement.V2 else sender
    return _ENVELOPE.format(
        cipher=profile.cipher,
        transport=profile.transports[0],
        parameters=_PARAMETERS.get(profile.transports[0], ""),
        certificate=to_base64(shown.der),
        key=to_base64(sealed.key_transport),
        content=to_base64(sealed.content),
    ).encode("ascii")


def find_encrypted(root: etree._Element) -> etree._Element | None:
    """Return the EncryptedData of a parsed envelope, or None if its Body holds anything else."""
    if root.tag != f"{{{SOAP}}}Envelope":
        return None
    body = root.find(f"{{{SOAP}}}Body")
    return body[0] if body is not None and len(body) == 1 and body[0].tag == f"{{{XENC}}}EncryptedData" else None


def decrypt(encrypted: etree._Element, *, profile: Profile, providers: Sequence[CryptoProvider]) -> bytes:
    """Return the inner envelope, opened by the first of the keys that can (an old key still opens a late answer).

    Raises:
        EncryptionError: another algorithm than the profile's, a broken form, or none of the keys opens it.
    """
    try:
        sealed = _sealed(encrypted, profile)
    except XmlError as error:
        raise EncryptionError(str(error)) from error
    for provider in providers:
        try:
            return provider.decrypt(sealed)
        except DecryptionError:
            continue
    raise EncryptionError(str(DecryptionError()))


def _sealed(encrypted: etree._Element, profile: Profile) -> Sealed:
    key = only_child(only_child(encrypted, f"{{{DS}}}KeyInfo"), f"{{{XENC}}}EncryptedKey")
    if only_child(encrypted, f"{{{XENC}}}EncryptionMethod").get("Algorithm") != profile.cipher:
        raise XmlError("the cipher is not that of the profile")
    if only_child(key, f"{{{XENC}}}EncryptionMethod").get("Algorithm") not in profile.transports:
        raise XmlError("the key transport is not that of the profile")
    return Sealed(_cipher_value(key), _cipher_value(encrypted))


def _cipher_value(parent: etree._Element) -> bytes:
    return from_base64(only_child(only_child(parent, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue"))
