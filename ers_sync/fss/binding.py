"""The Fund's WSDL and XSD at work: plain values become elements and back, and lxml's schema validates both ways.

zeep reads the description. It is not enough alone: it builds XML that its own schema rejects (a choice without a branch, facets), and
takes answers too kindly. Its own writing and reading of elements takes several times as long as the signature, so that `parts.py` does
both, by the names, the order and the types that zeep read from the schema.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import zeep
from lxml import etree

from ers_sync.fss import parts
from ers_sync.fss.parts import Part

_XS = "http://www.w3.org/2001/XMLSchema"
_COMPILING = threading.Lock()  # the first schema of a process also sets up libxml2's own types, which all threads share

Parts = tuple[Part, Part]


class MessageError(Exception):
    """A message that the Fund's schema does not allow: our own mistake, or the Fund's new form.

    Attributes:
        operation: `createErs`, …
        path: the element, by names without namespaces; it quotes no value.
        rule: which rule of XML Schema was broken, or the kind of the error.
    """

    def __init__(self, operation: str, path: str, rule: str) -> None:
        super().__init__(f"{operation}: {path or '/'}: {rule}")
        self.operation = operation
        self.path = path
        self.rule = rule


class Binding:
    """The service's description, read once and shared by threads; a validator serves one at a time, because of its list of errors.

    Args:
        wsdl: the description, SOAP 1.1 document/literal; its schemas lie in files of their own beside it.
    """

    def __init__(self, wsdl: Path) -> None:
        self._wsdl = wsdl
        self._validators: deque[etree.XMLSchema] = deque()  # those that nobody uses now
        self._reading = threading.Lock()
        self._known: dict[str, Parts] = {}

    def render(self, parent: etree._Element, operation: str, values: Mapping[str, Any]) -> None:
        """Add the request of an operation with these values to a Body. Raise MessageError if the schema does not allow it."""
        part = self._parts(operation)[0]
        try:
            parent.append(parts.write(part, values))
        except (TypeError, ValueError, AttributeError) as error:
            # Their texts may quote the values.
            raise MessageError(operation, part.name, type(error).__name__) from None
        self._validate(parent[-1], operation)

    def read(self, body: etree._Element, operation: str) -> Any:
        """Return the answer to an operation in a Body as an object with an attribute for everything that the schema knows.

        An element that is not there is None, one that may repeat is a list. Raise MessageError if it is anything else.
        """
        part = self._parts(operation)[1]
        if len(body) != 1 or body[0].tag != part.tag:
            raise MessageError(operation, "Body", f"expected {part.name} alone")
        self._validate(body[0], operation)
        try:
            return parts.read(part, body[0])
        except (TypeError, ValueError) as error:
            raise MessageError(operation, part.name, type(error).__name__) from None

    def soap_action(self, operation: str) -> str:
        """Return the SOAPAction of the WSDL."""
        with self._reading:
            return str(self._operation(operation).soapaction)

    def _operation(self, name: str) -> Any:
        return self._client.service._binding.get(name)  # noqa: SLF001 - zeep has no public way

    def _validate(self, element: etree._Element, operation: str) -> None:
        try:
            schema = self._validators.pop()
        except IndexError:
            with self._reading, _COMPILING:
                schema = _schema_of(self._client.wsdl.types.documents)
        try:
            if not schema.validate(element):
                log: Any = schema.error_log
                first = log[0]
                raise MessageError(operation, _names(first.path), first.type_name)
        finally:
            self._validators.append(schema)

    def _parts(self, operation: str) -> Parts:
        """Return the elements of a request and of its answer."""
        with self._reading:
            if operation not in self._known:
                described = self._operation(operation)
                self._known[operation] = parts.describe(described.input.body), parts.describe(described.output.body)
            return self._known[operation]

    @cached_property
    def _client(self) -> Any:
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_external=True)
        return zeep.Client(str(self._wsdl), settings=settings)  # type: ignore[no-untyped-call] # zeep has no types


def _schema_of(documents: Any) -> etree.XMLSchema:
    """Return one validator for all schemas that a description names, each in its own namespace."""
    whole = etree.Element(f"{{{_XS}}}schema")
    for document in documents:
        location = document._location  # noqa: SLF001 - zeep has no public way
        if location and document._target_namespace:  # noqa: SLF001 - the same
            namespace = document._target_namespace  # noqa: SLF001 - the same
            etree.SubElement(whole, f"{{{_XS}}}import", namespace=namespace, schemaLocation=location)
    return etree.XMLSchema(whole)


def _names(path: str | None) -> str:
    """Turn `/ns0:a/ns0:b[2]` into `a/b[2]`; a star, libxml2's word for a name without prefix, stays."""
    return "/".join(step.partition(":")[2] or step for step in (path or "").split("/") if step)
