"""Signatures of the RSA profile, checked by xmlsec: an implementation of XML Signature that shares no code with ours.

xmlsec knows no GOST, so there is nothing like it for the other profile; here it proves that what we write is what others read.
"""

from __future__ import annotations

from functools import lru_cache

import xmlsec
from lxml import etree

from ers_sync.fss.crypto.certificate import Certificate
from ers_sync.fss.xml import WSU


def is_right(signature: etree._Element, body: etree._Element, certificate: Certificate) -> bool:
    """Check a ds:Signature, whose structure was looked at before, over the Body with its wsu:Id, by a certificate's key."""
    context = xmlsec.SignatureContext()
    context.key = _key(certificate.der)
    context.register_id(body, "Id", WSU)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@lru_cache(maxsize=1024)
def _key(certificate_der: bytes) -> xmlsec.Key:
    return xmlsec.Key.from_memory(certificate_der, xmlsec.constants.KeyDataFormatCertDer)
