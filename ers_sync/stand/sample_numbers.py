"""Made-up numbers with valid check digits."""

from __future__ import annotations

_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)


def snils(number: int) -> str:
    """Return the 11 digits of the СНИЛС of a nine-digit number above 001-001-998: Σ digit x weight (9…1) mod 101, 100 as 0."""
    digits = f"{number:09}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02}"


def inn(number: int) -> str:
    """Return the 10 digits of the ИНН of an organization with the first nine given."""
    digits = f"{number:09}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _INN_WEIGHTS, strict=True))
    return f"{digits}{total % 11 % 10}"


def ogrn(number: int) -> str:
    """Return the 13 digits of the ОГРН with the first twelve given."""
    return f"{number:012}{number % 11 % 10}"
