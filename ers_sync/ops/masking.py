"""The last resort against personal data in texts that were not written here. The rule itself is: nothing personal is logged."""

from __future__ import annotations

import re

MASK = "***"

_NAME = r"[А-ЯЁ](?:[а-яё]+|[А-ЯЁ]+)(?:-[А-ЯЁ](?:[а-яё]+|[А-ЯЁ]+))*"
_PERSONAL = re.compile(
    r"(?<!\d)\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}(?!\d)"  # СНИЛС, with its separators or without
    r"|(?<!\d)\d{16}(?!\d)"  # a policy's number (ЕНП); ОГРН (13) and ЭРС (10 digits) stay readable
    rf"|\b{_NAME}(?:\s+{_NAME})+\b"  # surname, first name, patronymic
    rf"|\b{_NAME}\s+[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.)?"  # surname and initials
)


def mask(text: str) -> str:
    """Return the text with what looks like a СНИЛС, a policy or a full Russian name replaced."""
    return _PERSONAL.sub(MASK, text)
