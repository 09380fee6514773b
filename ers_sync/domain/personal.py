"""What is personal never becomes a text by accident (152-ФЗ)."""

from __future__ import annotations

from typing import Annotated


class Personal(str):
    """A personal value of РАМ, as it was typed; in an f-string, a message or a traceback it is `***`.

    `identifiers.clean` and its like return what it says as plain text: for a message to the Fund, the ledger or a report.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, _: str) -> str:
        return "***"


PersonalText = Annotated[str, Personal]
"""The type of a field that `ram/rows.py` fills with a `Personal`; made-up rows may hold plain texts."""
