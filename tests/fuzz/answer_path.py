"""Fuzz the way of an answer, guided by coverage: `python -m tests.fuzz.answer_path [libFuzzer options] [corpus folders]`.

It needs the package atheris, which is no dependency of the project. The first byte of an input says where its rest goes in: the reply
itself, what an encrypted reply holds, a splice into a signed answer, or the payload that the Fund signs. But for what the
Fund signs, nothing may ever be ANSWERED that says anything else than the answer there was.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped] # installed by hand where it is run

with atheris.instrument_imports(include=["ers_sync.fss"]):
    from ers_sync.fss.client import Exchange
    from ers_sync.fss.outcomes import Outcome
    from ers_sync.fss.xml import XmlError, canonical, parse
    from tests.unit.fss.answering import RESULT, Parties

RSS_LIMIT_KIB = 1_500_000
PARTIES = Parties()
SIGNED = PARTIES.signed()


def splice(data: bytes) -> bytes:
    """Replace a piece of the signed answer: two bytes say where, two how much of it."""
    place = int.from_bytes(data[:2], "big") % (len(SIGNED) + 1)
    count = int.from_bytes(data[2:4], "big") % 600
    return SIGNED[:place] + data[4:] + SIGNED[place + count :]


def by_the_fund(data: bytes) -> bytes | None:
    """Sign a payload, if it is one."""
    try:
        parse(data)
    except XmlError:
        return None
    return PARTIES.signed(data.decode("utf-8", "ignore"))


def one(data: bytes) -> None:
    """Judge one input. Raise whatever the answer path raises, and AssertionError for a success that is none."""
    if not data:
        return
    way, rest = data[0] % 4, data[1:]
    if way == 0:
        check(PARTIES.judge(rest, 500 if data[0] & 64 else 200))
    elif way == 1:
        check(PARTIES.judge(PARTIES.sealed(rest)))
    elif way == 2:
        check(PARTIES.judge(PARTIES.sealed(splice(rest))))
    else:
        try:
            signed = by_the_fund(rest)
        except ValueError:
            return  # lxml parses a text more strictly than bytes
        if signed is not None:
            check(PARTIES.judge(PARTIES.sealed(signed)), by_fund=True)


def check(exchange: Exchange, *, by_fund: bool = False) -> None:
    """Hold what must always be true of an exchange."""
    assert (exchange.outcome is Outcome.ANSWERED) == (exchange.answer is not None)
    if exchange.answer is not None and not by_fund:
        # a piece of the Header that no signature covers may have changed, the Body may not
        assert body(exchange.answer_signed or b"") == body(SIGNED)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < RSS_LIMIT_KIB


def body(signed: bytes) -> bytes:
    """Return the canonical form of an envelope's Body."""
    return canonical(parse(signed)[1], with_comments=True)


def seeds(folder: Path) -> None:
    """Write the inputs to begin with."""
    wire = PARTIES.sealed(SIGNED)
    fault = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault/></s:Body></s:Envelope>'
    begin = [
        b"\0" + wire,
        b"\0" + fault,
        b"\1" + SIGNED,
        b"\2" + bytes(4),
        b"\2\1\0\0\x20<a/>",
        b"\3" + RESULT.encode(),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(begin):
        (folder / f"seed-{number}").write_bytes(data)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        if not argument.startswith("-"):
            seeds(Path(argument))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
