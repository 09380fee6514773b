"""Fuzz the way of an answer, guided by coverage: `python -m tests.fuzz.answer_path [libFuzzer options] [corpus folders]`.

It needs the package atheris, which is no dependency of the project. The first byte of an input says whether RSA or GOST is spoken, and
where the rest goes in: the reply itself, what an encrypted reply holds, a splice into a signed answer, edits of its tree (moved, copied,
renamed elements: signature wrapping), or the payload that the Fund signs. But for what the Fund signs, nothing may ever be ANSWERED that
says anything else than the answer there was.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import atheris  # type: ignore[import-untyped] # installed by hand where it is run
from lxml import etree

with atheris.instrument_imports(include=["ers_sync.fss"]):
    from ers_sync.fss.client import Exchange
    from ers_sync.fss.outcomes import Outcome
    from ers_sync.fss.xml import SOAP, WSU, XmlError, canonical, parse
    from tests.unit.fss.answering import RESULT, Parties

RSS_LIMIT_KIB = 1_500_000
SIDES = [(parties, parties.signed()) for parties in (Parties("rsa"), Parties("auto"))]
ATTRIBUTES = (
    f"{{{WSU}}}Id",
    "Id",
    "ID",
    "{http://www.w3.org/XML/1998/namespace}id",
    "URI",
    "Algorithm",
    f"{{{SOAP}}}actor",
)
WAYS = 5
MAX_ELEMENTS = 200  # copies of copies


def splice(signed: bytes, data: bytes) -> bytes:
    """Replace a piece of the signed answer: two bytes say where, two how much of it."""
    place = int.from_bytes(data[:2], "big") % (len(signed) + 1)
    count = int.from_bytes(data[2:4], "big") % 600
    return signed[:place] + data[4:] + signed[place + count :]


def edited(signed: bytes, data: bytes) -> bytes:
    """Edit the tree of the signed answer: every four bytes are one edit, of one element by the pattern of another."""
    root = etree.fromstring(signed)
    for operation, one, two, how in zip(*[iter(data)] * 4, strict=False):
        elements = list(root.iter())
        if len(elements) > MAX_ELEMENTS:
            break
        edit(operation % 7, elements[one % len(elements)], elements[two % len(elements)], how)
    return etree.tostring(root)


def edit(operation: int, one: etree._Element, two: etree._Element, how: int) -> None:
    """Move, copy, remove, rename an element, or give it an attribute or a text."""
    parent = one.getparent()
    if operation == 0 and two not in one.iter() and parent is not None:
        two.insert(how % (len(two) + 1), one)
    elif operation == 1:
        two.insert(how % (len(two) + 1), deepcopy(one))
    elif operation == 2 and parent is not None:
        parent.remove(one)
    elif operation == 3:
        values = [str(value) for element in two.iter() for value in element.attrib.values()]
        one.set(
            ATTRIBUTES[how % len(ATTRIBUTES)],
            ("", "#", *values, *(f"#{value}" for value in values))[how // 7 % (2 * len(values) + 2)],
        )
    elif operation == 4:
        one.tag = two.tag
    elif operation == 5:
        one.text = two.text or str(how)
    elif operation == 6:
        one.attrib.pop(ATTRIBUTES[how % len(ATTRIBUTES)], "")


def by_the_fund(parties: Parties, data: bytes) -> bytes | None:
    """Sign a payload, if it is one."""
    try:
        parse(data)
        return parties.signed(data.decode("utf-8", "ignore"))
    except (XmlError, ValueError):
        return None  # lxml parses a text more strictly than bytes


def replies(parties: Parties, signed: bytes, way: int, rest: bytes) -> Iterator[bytes]:
    """Yield the reply that an input stands for; none if it stands for nothing."""
    if way == 0:
        yield rest
    elif way == 1:
        yield parties.sealed(rest)
    elif way == 2:
        yield parties.sealed(splice(signed, rest))
    elif way == 3:
        yield parties.sealed(edited(signed, rest))
    elif (made := by_the_fund(parties, rest)) is not None:
        yield parties.sealed(made)


def one(data: bytes) -> None:
    """Judge one input. Raise whatever the answer path raises, and AssertionError for a success that is none."""
    if not data:
        return
    parties, signed = SIDES[data[0] >> 7]
    way = data[0] % 64 % WAYS
    for wire in replies(parties, signed, way, data[1:]):
        exchange = parties.judge(wire, 500 if way == 0 and data[0] & 64 else 200)
        check(exchange, None if way == WAYS - 1 else signed)


def check(exchange: Exchange, signed: bytes | None) -> None:
    """Hold what must always be true of an exchange; `signed` is the one answer that the Fund has given, None if it gives any."""
    assert (exchange.outcome is Outcome.ANSWERED) == (exchange.answer is not None)
    if exchange.answer is not None and signed is not None:
        # a piece of the Header that no signature covers may have changed, the Body may not
        assert body(exchange.answer_signed or b"") == body(signed)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < RSS_LIMIT_KIB


def body(signed: bytes) -> bytes:
    """Return the canonical form of an envelope's Body."""
    return canonical(parse(signed)[1], with_comments=True)


def seeds(folder: Path) -> None:
    """Write the inputs to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    fault = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault/></s:Body></s:Envelope>'
    for side, (parties, signed) in enumerate(SIDES):
        begin = [
            (0, parties.sealed(signed)),
            (0, fault),
            (1, signed),
            (2, bytes(4)),
            (2, b"\1\0\0\x20<a/>"),
            (3, bytes([1, 27, 1, 1])),
            (4, RESULT.encode()),
        ]
        for number, (way, data) in enumerate(begin):
            (folder / f"seed-{side}-{number}").write_bytes(bytes([side << 7 | way]) + data)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        if not argument.startswith("-") and not Path(argument).is_file():
            seeds(Path(argument))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
