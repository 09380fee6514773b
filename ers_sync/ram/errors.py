"""What went wrong with РАМ, in words fit for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_ABOUT_THE_QUERY = "42"


class RamError(Exception):
    """РАМ cannot be reached or a query of it fails; the text says which server or what of the query, never a value."""


def in_words(error: DBAPIError) -> str:
    """Return what PostgreSQL complains of, without a value of any row.

    Class 42 of its SQLSTATE speaks of tables, columns and rights. Other messages may quote a value ("invalid input syntax for
    type integer: …"), so only their code is given. Without a code it is the connection, and nothing was read.
    """
    code = getattr(error.orig, "pgcode", None)
    if code and not code.startswith(_ABOUT_THE_QUERY):
        return f"SQLSTATE {code}"
    diagnosis = getattr(error.orig, "diag", None)
    message = (diagnosis and diagnosis.message_primary) or str(error.orig)
    return message.strip().partition("\n")[0]
