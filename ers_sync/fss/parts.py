"""Plain values as the elements that a schema describes, and back: what zeep reads of the schema, compiled into plain tuples.

Whether the outcome is what the schema allows is for the validator to say, both ways; here nothing is checked but that a value has a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from lxml import etree
from zeep.xsd.types.builtins import Date, String, Token

from ers_sync.fss.xml import escaped

_BLANKS = str.maketrans("\t\n\r", "   ")
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True, slots=True)
class Part:
    """An element: what it consists of, in order, or how its value is written and read.

    Attributes:
        name: without namespace, as values name it.
        tag: with its namespace.
        start: the start tag as text; it declares the namespace only where the element around it has another.
        end: the end tag.
        repeats: whether there may be more than one.
        inner: by tag, in the schema's order; empty for an element that holds text.
        text: a value as text.
        value: a text as a value.
    """

    name: str
    tag: str
    start: str
    end: str
    repeats: bool
    inner: dict[str, Part]
    text: Callable[[Any], str]
    value: Callable[[str], Any]


def describe(element: Any, around: str | None = None) -> Part:
    """Turn zeep's element, with all below it, into a part; `around` is the namespace that is declared around it."""
    namespace, kind = element.qname.namespace, element.type
    name = (
        f"ers:{element.name}" if namespace else element.name
    )  # none where the schema leaves local elements unqualified
    declared = f' xmlns:ers="{escaped(namespace)}"' if namespace and namespace != around else ""
    inner = [describe(child, namespace or around) for _, child in getattr(kind, "elements", ())]
    return Part(
        name=element.name,
        tag=element.qname.text,
        start=f"<{name}{declared}>",
        end=f"</{name}>",
        repeats=element.accepts_multiple,
        inner={part.tag: part for part in inner},
        text=str if inner else kind.xmlvalue,
        value=str if inner else _reader(kind),
    )


def _reader(kind: Any) -> Callable[[str], Any]:
    """Return what reads a valid text of a simple type: as zeep does, by a shorter way for what most of an answer is made of."""
    if type(kind).pythonvalue is String.pythonvalue:
        return str
    if type(kind).pythonvalue is Token.pythonvalue:
        return _token
    return partial(_day, kind.pythonvalue) if isinstance(kind, Date) else cast("Callable[[str], Any]", kind.pythonvalue)


def _token(text: str) -> str:
    return text.translate(_BLANKS).strip()


def _day(by_zeep: Callable[[str], date], text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:  # with a zone
        return by_zeep(text)


def write(part: Part, value: Any) -> etree._Element:
    """Return an element with a value: a mapping by names, lists in it for what repeats.

    Raises:
        TypeError, ValueError, AttributeError: a value is missing, has no place, is not of its type, or holds what XML cannot.
    """
    pieces: list[str] = []
    _write(pieces.append, part, value)
    try:
        return etree.fromstring("".join(pieces))
    except etree.XMLSyntaxError:
        raise ValueError("characters that XML cannot hold") from None


def _write(add: Callable[[str], None], part: Part, value: Any) -> None:
    add(part.start)
    if part.inner:
        rest = dict(value)
        for inner in part.inner.values():
            if inner.name in rest:
                given = rest.pop(inner.name)
                for item in given if isinstance(given, list) else (given,):
                    _write(add, inner, item)
        if rest:
            raise TypeError("the schema has no such element")
    elif value is None:
        raise TypeError("a value is missing")
    else:
        add(escaped(part.text(value)))
    add(part.end)


def read(part: Part, element: etree._Element) -> Any:
    """Return the value of a valid element, None where it is empty; of one with children an object with all their names as attributes.

    What the schema lets stand without naming it (xs:any) is passed over.

    Raises:
        TypeError, ValueError: a text is no value of its type.
    """
    if not part.inner:  # a nil one has no text either
        return None if element.text is None else part.value(element.text)
    if not len(element) and element.get(_NIL) in {"true", "1"}:
        return None
    values: dict[str, Any] = {inner.name: [] if inner.repeats else None for inner in part.inner.values()}
    for child in element:
        known = part.inner.get(child.tag)
        if known is None:
            continue
        value = read(known, child)
        if known.repeats:
            values[known.name].append(value)
        else:
            values[known.name] = value
    return SimpleNamespace(**values)
