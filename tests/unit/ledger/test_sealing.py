"""Evidence at rest: what is closed is opened only by its key, in its row and column."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.ledger.sealing import MAGIC, Seal, SealError, key_of

OLD, NEW = b"o" * 32, b"n" * 32
SECRET = "<Surname>Ёлкина</Surname>".encode()


@given(st.binary(max_size=2000), st.integers(1, 10**16))
def test_what_is_closed_is_opened(value: bytes, row: int) -> None:
    kept = Seal([NEW]).close(value, row, "wire_answer")
    assert kept is not None
    assert Seal([NEW, OLD]).open(kept, row, "wire_answer") == value
    assert Seal([OLD, NEW]).open(memoryview(kept), row, "wire_answer") == value


def test_nothing_of_it_is_seen() -> None:
    kept = Seal([NEW]).close(SECRET * 10, 1, "signed_request") or b""
    assert SECRET not in kept
    assert kept != Seal([NEW]).close(SECRET * 10, 1, "signed_request"), "a nonce is used once"
    assert len(kept) < len(SECRET * 10), "compressed first"


def test_absent_stays_absent() -> None:
    assert Seal([NEW]).close(None, 1, "wire_answer") is None
    assert Seal([NEW]).open(None, 1, "wire_answer") is None


def test_what_was_kept_without_a_key_is_read_as_it_is() -> None:
    assert Seal().close(SECRET, 1, "wire_answer") == SECRET
    assert Seal([NEW]).open(SECRET, 1, "wire_answer") == SECRET
    assert Seal([NEW]).open(b"", 1, "wire_answer") == b""


def test_a_key_that_is_not_there_is_named_by_its_id() -> None:
    kept = Seal([OLD]).close(SECRET, 1, "wire_answer")
    with pytest.raises(SealError) as caught:
        Seal([NEW]).open(kept, 1, "wire_answer")
    assert Seal([OLD]).names[0] in str(caught.value)
    with pytest.raises(SealError):
        Seal().open(kept, 1, "wire_answer")


def test_another_row_another_column_or_another_byte() -> None:
    seal = Seal([NEW])
    kept = seal.close(SECRET, 1, "wire_answer") or b""
    for row, column in ((2, "wire_answer"), (1, "signed_answer")):
        with pytest.raises(SealError):
            seal.open(kept, row, column)  # type: ignore[arg-type] # a column in a table of cases
    for at in range(len(MAGIC), len(kept)):
        with pytest.raises(SealError):
            seal.open(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :], 1, "wire_answer")
    for length in range(len(MAGIC), len(kept)):
        with pytest.raises(SealError):
            seal.open(kept[:length], 1, "wire_answer")


def test_a_key_is_32_bytes_in_base64() -> None:
    text = base64.b64encode(NEW).decode()
    assert key_of(text) == key_of(text[:20] + "\n" + text[20:]) == NEW
    for wrong in ("", "ключ", base64.b64encode(NEW[:31]).decode(), NEW.hex(), text + "!"):
        assert key_of(wrong) is None
