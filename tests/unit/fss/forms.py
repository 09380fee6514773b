"""Replies that are no answers by their form alone: each as a change of a right one, with its content type."""

from __future__ import annotations

from collections.abc import Callable

from ers_sync.fss import xml

from .answering import XML

UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?>'
FORMS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", XML),
    "HTML": (lambda _: b"<html><body>login</body></html>", "text/html"),
    "the answer as HTML": (lambda wire: wire, "text/html"),
    "the answer as JSON": (lambda wire: wire, "application/json"),
    "JSON": (lambda _: b'{"status": "PROCESSED"}', "application/json"),
    "DTD": (lambda wire: b"<!DOCTYPE x []>" + wire, XML),
    "external DTD": (lambda wire: b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">' + wire, XML),
    "entity bomb": (lambda _: bomb() + b"<x>&a9;</x>", XML),
    "deep": (lambda _: b"<a>" * 500_000, XML),
    "deep and closed": (lambda _: b"<a>" * 90_000 + b"</a>" * 90_000, XML),
    "wide": (lambda _: b"<a>" + b"<b/>" * 1_000_000 + b"</a>", XML),
    "many attributes": (lambda _: crowded(300_000), XML),
    "wide in UTF-7": (lambda _: UTF_7 + b"<r>" + b"+ADw-b/>" * 1_000_000 + b"+ADw-/r>", XML),
    "another encoding": (lambda wire: wire.replace(b"</", "\u044f</".encode("cp1251"), 1), XML),
    "32 attributes and one": (lambda _: crowded(33), XML),
    "huge": (lambda _: b"<a>" + b"x" * (xml.MAX_BYTES + 1) + b"</a>", XML),
    "UTF-16": (lambda wire: wire.decode().encode("utf-16"), "application/octet-stream"),
}


def crowded(attributes: int) -> bytes:
    """One element with so many attributes."""
    return b"<a " + b" ".join(b'a%d=""' % number for number in range(attributes)) + b"/>"


def bomb() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "x">{entities}]>'.encode()
