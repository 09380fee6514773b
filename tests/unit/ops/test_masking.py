from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.ops.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("снилс 11223344595", "снилс ***"),
        ("112-233-445 95,", "***,"),
        ("112 233 445 95", "***"),
        ("policy=1234567890123456", "policy=***"),
        ("Иванова Мария Петровна не найдена", "*** не найдена"),
        ("ИВАНОВА МАРИЯ", "***"),
        ("Римская-Корсакова Анна", "***"),
        ("Иванова М. П. и Ёлкина Ю.", "*** и ***"),
        # what must stay readable
        ("request 1234567890", "request 1234567890"),
        ("ogrn=1026605606620", "ogrn=1026605606620"),
        ("Фонд не отвечает", "Фонд не отвечает"),
        ("2026-11-22 05:00:00", "2026-11-22 05:00:00"),
    ],
)
def test_what_is_masked_and_what_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.from_regex(r"[0-9]{11}", fullmatch=True), st.sampled_from(["{}", "x={}", "({})", "/{}/", "№{}."]))
def test_no_eleven_digits_survive(digits: str, around: str) -> None:
    ascii_digits = "".join(str(int(digit)) for digit in digits)
    assert ascii_digits not in mask(around.format(ascii_digits))
