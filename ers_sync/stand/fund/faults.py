"""SOAP Faults of the Fund: unencrypted, unsigned, HTTP 500. Kinds and codes were seen, except E_NOT_FOUND, which is ours."""

from __future__ import annotations

import uuid
from enum import Enum
from xml.sax.saxutils import escape

from ers_sync.fss.xml import FAULT, SOAP


class FaultKind(Enum):
    """The five kinds: the name of the element in `detail`, and the usual code."""

    INTERNAL = ("internalFault", "E_0000")
    SIGNATURE = ("digitalSignFault", "E_0100")
    DECRYPT = ("decryptFault", "E_0200")
    TMS = ("tmsFault", "E_0000")
    INVALID_DATA = ("invalidDataFault", "E_0200")


NOT_FOUND = "E_NOT_FOUND"


class RefusedError(Exception):
    """The request is answered with a Fault. The text goes over the wire unencrypted: nothing personal may be in it."""

    def __init__(self, kind: FaultKind, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.kind, self.text, self.code = kind, text, code or kind.value[1]


def fault_body(kind: FaultKind, text: str, code: str | None = None) -> bytes:
    """The whole answer that carries a Fault."""
    name, usual = kind.value
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:Server</faultcode><faultstring>{escape(text)}</faultstring>"
        f'<detail><f:{name} xmlns:f="{FAULT}"><f:uuid>{uuid.uuid4()}</f:uuid><f:code>{code or usual}</f:code>'
        f"<f:message>{escape(text)}</f:message></f:{name}></detail>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()
