"""What a hostile answer may cost: memory a few times its size, and no time that grows with its square."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from ers_sync.fss.client import Exchange
from ers_sync.fss.crypto.provider import DecryptionError
from ers_sync.fss.outcomes import Outcome

from .answering import Parties
from .forms import FORMS


@pytest.fixture(scope="module")
def quick() -> Parties:
    return Parties()


def judged(parties: Parties, wire: bytes) -> tuple[Exchange, int]:
    """What the client makes of a reply, and the most bytes that Python allocated over it."""
    gc.collect()
    tracemalloc.start()
    try:
        return parties.judge(wire), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["deep and closed", "wide", "wide in UTF-7", "many attributes", "entity bomb"])
def test_memory_is_bounded(quick: Parties, name: str) -> None:
    """What Python allocates; libxml2's own is bounded by the number of tags and attributes that are let in."""
    data = quick.sealed(FORMS[name][0](b"<a/>"))
    assert judged(quick, data)[1] < 8 * len(data) + 1_000_000


def test_base64_in_small_pieces_takes_no_more_memory(quick: Parties) -> None:
    wire = quick.sealed(quick.signed() * 100)
    value = wire.rpartition(b"</xenc:CipherValue>")[0].rpartition(b">")[2]
    pieces = wire.replace(value, b" ".join(value[at : at + 2] for at in range(0, len(value), 2)))
    exchange, peak = judged(quick, pieces)
    assert exchange.answer_signed is not None
    assert peak < 8 * len(pieces)


def test_an_element_with_many_attributes_is_not_canonicalised(quick: Parties) -> None:
    """A shown certificate of the Fund's, which is public, is enough to get so far; 24,000 attributes took ten seconds."""
    for attributes, text in ((32, "changed after"), (33, str(DecryptionError()))):
        crowd = b" ".join(b'a%d=""' % number for number in range(attributes))
        signed = quick.signed().replace(b"<getResultByIdResponse ", b"<getResultByIdResponse " + crowd + b" ", 1)
        assert crowd in signed
        exchange = quick.judge(quick.sealed(signed))
        assert exchange.outcome is Outcome.UNVERIFIABLE
        assert text in str(exchange.fault_text)
