"""XML as this package reads it: one defensive parser, the namespaces, and the canonical form.

Whatever comes from outside goes through `parse`: UTF-8 alone, no DTD, no entities, no network, no comments or processing instructions (a
comment can hide half of a value from a reader that the signature covers), and bounds on size, depth and attributes.
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
ERS = "http://gtw.ws.fss.ru/openservice/ers"
FAULT = "http://www.fss.ru/integration/types/fault/v01"
X509_V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64_BINARY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

NAMESPACES = {"soap": SOAP, "ds": DS, "xenc": XENC, "wsse": WSSE, "wsu": WSU, "ers": ERS, "fault": FAULT}

MAX_BYTES = 10 * 1024 * 1024
MAX_MARKUP = 200_000  # tags and attributes: each takes some hundred bytes once it is parsed
MAX_DEPTH = 40
MAX_ATTRIBUTES = 32  # of one element: the time of its canonical form grows with their square

_XSI = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}
_REFUSED = {
    "the document is too deep": "/*" * (MAX_DEPTH + 1),
    "an element has too many attributes": f"//@*[{MAX_ATTRIBUTES + 1}]",
    "the document has comments or processing instructions": "//comment() | //processing-instruction()",
    # libxml2's schema validation would follow such a hint
    "the document names a schema of its own": "//@xsi:schemaLocation | //@xsi:noNamespaceSchemaLocation",
}
_REASONS = {reason: etree.XPath(f"boolean({path})", namespaces=_XSI) for reason, path in _REFUSED.items()}
_ANY_REASON = etree.XPath(f"boolean({' | '.join(_REFUSED.values())})", namespaces=_XSI)


class XmlError(ValueError):
    """Bytes that are no acceptable XML; the text never quotes them."""


def parse(data: bytes) -> etree._Element:
    """Return the root of a document from outside. Raise XmlError if it is broken, too large, too deep, or holds what it must not."""
    if len(data) > MAX_BYTES or (len(data) > MAX_MARKUP and data.count(b"<") + data.count(b"=") > MAX_MARKUP):
        raise XmlError("the document is too large")
    parser = etree.XMLParser(
        encoding="UTF-8",  # whatever the document says: in UTF-7 no tag would have been counted
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        # The parser's own text may quote the document.
        raise XmlError("the document is not well-formed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("the document has a DTD")
    if _ANY_REASON(root):
        raise XmlError(next(reason for reason, holds in _REASONS.items() if holds(root)))
    return root


def canonical(element: etree._Element, *, with_comments: bool) -> bytes:
    """Return the exclusive canonical form of an element in its place in the document, its comments in it or left out.

    Raises:
        XmlError: it has none, for it uses a namespace that is no absolute URI (Canonical XML, 1.3).
    """
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=with_comments)
    except etree.C14NError:
        raise XmlError(f"{local_name(element)} has no canonical form") from None


def only_child(parent: etree._Element, tag: str) -> etree._Element:
    """Return the one child of that tag. Raise XmlError if there is none, or another."""
    found = list(parent.iterchildren(tag))
    if len(found) != 1:
        raise XmlError(f"expected exactly one {local_name(tag)} in {local_name(parent)}, found {len(found)}")
    return found[0]


def local_name(element: etree._Element | str) -> str:
    """Return the name of an element or a tag without its namespace."""
    return etree.QName(element).localname


def escaped(text: str) -> str:
    """Return a text as it stands in an element or between double quotes; characters that XML cannot hold stay, for the parser to refuse."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;")  # as it stands it would be read as a line feed


def to_base64(data: bytes) -> str:
    """Encode without line breaks."""
    return base64.b64encode(data).decode("ascii")


def from_base64(element: etree._Element) -> bytes:
    """Decode an element's text; line breaks and blanks are let pass. Raise XmlError if it is no base64."""
    if len(element):
        raise XmlError(f"{local_name(element)} has children")
    text = element.text or ""
    with suppress(ValueError):  # in one piece, as it comes as a rule
        return binascii.a2b_base64(text, strict_mode=True)
    try:
        # not split(): a string for every piece would take twenty times as much memory
        return binascii.a2b_base64(text.encode("ascii").translate(None, b" \t\r\n"), strict_mode=True)
    except ValueError:
        raise XmlError(f"{local_name(element)} is not base64") from None
