"""The Fund's WSDL and XSD at work: plain values become elements and back, and lxml's schema validates both ways.

zeep reads the description and the answers. It is not enough alone: it builds XML that its own schema rejects (a choice without a branch,
facets), and takes answers too kindly. Its own writing of elements takes several times as long as the signature, so the elements are
written here, in the order and by the types that zeep read from the schema.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree

_XS = "http://www.w3.org/2001/XMLSchema"


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


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of a request: its tag, what it consists of, in order, or how its value is written."""

    name: str
    tag: str
    parts: tuple[_Part, ...]
    text: Callable[[Any], str]


def _describe(element: Any) -> _Part:
    """Turn zeep's element, with all below it, into a part."""
    inner = tuple(_describe(child) for _, child in getattr(element.type, "elements", ()))
    return _Part(element.name, element.qname.text, inner, element.type.xmlvalue if not inner else str)


def _write(parent: etree._Element, part: _Part, value: Any) -> None:
    namespace = etree.QName(part.tag).namespace  # none where the schema leaves local elements unqualified
    element = etree.SubElement(parent, part.tag, nsmap={"ers": namespace} if namespace else None)
    if not part.parts:
        if value is None:
            raise TypeError("a value is missing")
        element.text = part.text(value)
        return
    rest = dict(value)
    for inner in part.parts:
        if inner.name in rest:
            given = rest.pop(inner.name)
            for item in given if isinstance(given, list) else (given,):
                _write(element, inner, item)
    if rest:
        raise TypeError("the schema has no such element")


class Binding:
    """The service's description, loaded once a thread: neither a zeep client nor a validator may be shared.

    Args:
        wsdl: the description, SOAP 1.1 document/literal; its schemas lie in files of their own beside it.
    """

    def __init__(self, wsdl: Path) -> None:
        self._wsdl = wsdl
        self._local = threading.local()

    def render(self, parent: etree._Element, operation: str, values: Mapping[str, Any]) -> None:
        """Add the request of an operation with these values to a Body. Raise MessageError if the schema does not allow it."""
        part = self._part(operation)
        try:
            _write(parent, part, values)
        except (TypeError, ValueError, AttributeError) as error:
            # Their texts may quote the values.
            raise MessageError(operation, part.name, type(error).__name__) from None
        self._validate(parent[-1], operation)

    def read(self, body: etree._Element, operation: str) -> Any:
        """Return zeep's object for the answer to an operation in a Body. Raise MessageError if it is anything else."""
        expected = self._operation(operation).output.body
        if len(body) != 1 or body[0].tag != expected.qname.text:
            raise MessageError(operation, "Body", f"expected {expected.name} alone")
        self._validate(body[0], operation)
        try:
            return expected.parse(body[0], self._client.wsdl.types)
        except (zeep.exceptions.Error, TypeError, ValueError) as error:
            raise MessageError(operation, expected.name, type(error).__name__) from None

    def soap_action(self, operation: str) -> str:
        """Return the SOAPAction of the WSDL."""
        return str(self._operation(operation).soapaction)

    def _operation(self, name: str) -> Any:
        return self._client.service._binding.get(name)  # noqa: SLF001 - zeep has no public way

    def _validate(self, element: etree._Element, operation: str) -> None:
        schema = self._schema
        if not schema.validate(element):
            log: Any = schema.error_log
            first = log[0]
            raise MessageError(operation, _names(first.path), first.type_name)

    def _part(self, operation: str) -> _Part:
        parts: dict[str, _Part] = self._local.__dict__.setdefault("parts", {})
        if operation not in parts:
            parts[operation] = _describe(self._operation(operation).input.body)
        return parts[operation]

    @property
    def _client(self) -> Any:
        if not hasattr(self._local, "client"):
            settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_external=True)
            self._local.client = zeep.Client(str(self._wsdl), settings=settings)  # type: ignore[no-untyped-call] # zeep has no types
        return self._local.client

    @property
    def _schema(self) -> etree.XMLSchema:
        if not hasattr(self._local, "schema"):
            self._local.schema = _schema_of(self._client.wsdl.types.documents)
        schema: etree.XMLSchema = self._local.schema
        return schema


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
