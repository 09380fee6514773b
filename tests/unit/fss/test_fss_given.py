"""An id that the Fund gave counts for one request."""

from __future__ import annotations

import pytest

from ers_sync.fss import given
from ers_sync.fss.given import GivenIds


def test_an_id_is_of_the_first_request_it_was_given_to() -> None:
    ids = GivenIds()
    assert ids.belongs("A1", b"one")
    assert ids.belongs("a1", b"one")
    assert not ids.belongs("a1", b"two")
    assert ids.belongs("b2", b"two")


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "LAST", 2)
    ids = GivenIds()
    for number in "123":
        assert ids.belongs(number, b"one")
    assert not ids.belongs("2", b"two")
    assert ids.belongs("1", b"two")
    assert len(ids._ids) == 2
