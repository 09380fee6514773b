"""Cleaning of texts and the check digits of СНИЛС, ИНН and ОГРН (`docs/rules.md`)."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets): control characters, lone surrogates, U+FFFE, U+FFFF.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_NOT_DIGITS = re.compile(r"[^0-9]")

# Numbers up to this one were given without check digits.
_LAST_SNILS_WITHOUT_CHECK = 1_001_998


def clean(text: str | None) -> str | None:
    """Return the text without blanks around it and without characters that XML cannot hold; None if nothing is left."""
    if text is None:
        return None
    return _NOT_XML.sub("", text).strip() or None


def snils(text: str | None) -> str | None:
    """Return the 11 digits of a valid СНИЛС however it was typed, else None.

    The check sum is Σ digit x weight (9…1) mod 101, where 100 counts as 0; not all digits are zero.
    """
    digits = _NOT_DIGITS.sub("", text or "")
    if len(digits) != 11 or digits == "0" * 11:
        return None
    number, check = digits[:9], int(digits[9:])
    if int(number) <= _LAST_SNILS_WITHOUT_CHECK:
        return digits
    total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True))
    return digits if total % 101 % 100 == check else None


# A hospital's numbers are asked for with every visit of hers: checked anew each time they took a seventh of a full compare.
@lru_cache(maxsize=4096)
def inn(text: str | None) -> str | None:
    """Return the digits of a valid ИНН of an organization or a person (10 or 12), else None."""
    digits = clean(text)
    return digits if digits and stdnum_inn.is_valid(digits) and digits.isascii() and digits.isdigit() else None


@lru_cache(maxsize=4096)
def ogrn(text: str | None) -> str | None:
    """Return the 13 digits of a valid ОГРН of an organization, else None."""
    digits = clean(text)
    valid = digits and len(digits) == 13 and digits.isascii() and digits.isdigit() and stdnum_ogrn.is_valid(digits)
    return digits if valid else None


def kpp(text: str | None) -> str | None:
    """Return a КПП of the form that the Fund's schema takes, else None: it is not required."""
    cleaned = clean(text)
    return cleaned if cleaned and _KPP.fullmatch(cleaned) else None
