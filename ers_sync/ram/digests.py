"""A digest of all the rows of each pregnancy, which РАМ's server makes: what a compare needs of a pregnancy that has not changed.

The rows are those that `cases.py` would read, by the same queries, whole and as text. Digests are told from each other, never interpreted:
what a setting of the server does to the text costs one more working out, no more.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping

    from ers_sync.ram.cases import Select

# an alias that no column has: a column of its name would be taken for the row
_ROWS = """
select {key} as key, sum(hashtextextended(whole_row_of_ram::text, 0))::text as digest {more}
from ({query}) whole_row_of_ram group by {key}
"""
_OWN = ", min(patient_id) as patient_id, min(organization_id) as organization_id"
_NAMED = ", array_agg(organization_id) as organizations, array_agg(doctor_id) as doctors"


def read_digests(select: Select, queries: Mapping[str, str], ids: Sequence[int]) -> dict[int, bytes]:
    """Return a digest (16 bytes) of the rows of each of the pregnancies `ids` that is there, by its id."""

    def read(query: str, key: str, more: str = "", **binds: list[int]) -> dict[int, RowMapping]:
        if binds and not binds["ids"]:
            return {}
        return {row["key"]: row for row in select(_ROWS.format(key=key, more=more, query=queries[query]), **binds)}

    pregnancies = read("pregnancies", "id", _OWN, ids=list(ids))
    exams, outcomes, children = (
        read(query, "pregnancy_id", _NAMED + more, ids=list(ids))
        for query, more in (("exams", ""), ("outcomes", ", array_agg(id) as outcomes"), ("children", ""))
    )
    of_pregnancy = (exams, outcomes, children)
    doctors = {key for rows in of_pregnancy for row in rows.values() for key in row["doctors"]} - {None}
    by_id = {
        "patient": read("patients", "id", ids=sorted({row["patient_id"] for row in pregnancies.values()} - {None})),
        "doctor": read("doctors", "id", ids=sorted(doctors)),
        "newborns": read("newborns", "outcome_id", ids=[key for row in outcomes.values() for key in row["outcomes"]]),
        "organization": read("organizations", "id"),
    }
    found = {}
    for id_, pregnancy in pregnancies.items():
        hers = [rows[id_] for rows in of_pregnancy if id_ in rows]
        named = {("patient", pregnancy["patient_id"]), ("organization", pregnancy["organization_id"])}
        for row in hers:
            named |= {("organization", key) for key in row["organizations"]} | {
                ("doctor", key) for key in row["doctors"]
            }
        if id_ in outcomes:
            named |= {("newborns", key) for key in outcomes[id_]["outcomes"]}
        parts = [row["digest"] for row in (pregnancy, *hers)]
        parts += sorted(by_id[kind][key]["digest"] for kind, key in named if key in by_id[kind])
        found[id_] = blake2b(" ".join(parts).encode(), digest_size=16).digest()
    return found
