"""A digest of all the rows of each pregnancy, which РАМ's server makes: what a compare needs of a pregnancy that has not changed.

The rows are those that `cases.py` would read, by the same queries, and of them the columns that it reads. Digests are told from each
other, never interpreted: another one costs one more working out, no more.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from ers_sync.domain.model import Child, Doctor, Exam, Newborn, Organization, Outcome, Patient, Pregnancy
from ers_sync.grouping import grouped
from ers_sync.ram.rows import Column, columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import RowMapping

    from ers_sync.ram.cases import Select

# rows that have the keys in common count together: the fewer come, the less there is to do here
_ROWS = "select {keys}, sum({hashed})::text as digest from ({query}) as of_ram group by {keys}"
BY_RECORD = "hash_record_extended(row({columns}), 0)"  # PostgreSQL 14 and newer: half the time of the other
BY_TEXT = "hashtextextended(row({columns})::text, 0)"
_MODELS = {
    "pregnancies": Pregnancy,
    "exams": Exam,
    "outcomes": Outcome,
    "children": Child,
    "patients": Patient,
    "doctors": Doctor,
    "newborns": Newborn,
    "organizations": Organization,
}
_NAMES = "pregnancy_id, organization_id, doctor_id"


def read_digests(
    select: Select, queries: Mapping[str, str], ids: Sequence[int], *, hashed: str = BY_RECORD
) -> dict[int, bytes]:
    """Return a digest (16 bytes) of the rows of each of the pregnancies `ids` that is there, by its id.

    `hashed` is how РАМ's server makes a number of a row: BY_RECORD or, an older one, BY_TEXT.
    """

    def read(query: str, keys: str, **binds: list[int]) -> Sequence[RowMapping]:
        if binds and not binds["ids"]:
            return ()
        number = hashed.format(columns=", ".join(_column(*each) for each in columns(_MODELS[query]).items()))
        return select(_ROWS.format(keys=keys, hashed=number, query=queries[query]), **binds)

    def named(query: str, key: str, keys: Iterable[int | None]) -> dict[int | None, str]:
        wanted = list({each for each in keys if each is not None})
        return {row[key]: row["digest"] for row in read(query, key, ids=wanted)}

    pregnancies = read("pregnancies", "id, patient_id, organization_id", ids=list(ids))
    outcomes = read("outcomes", f"{_NAMES}, id", ids=list(ids))
    others = [*read("exams", _NAMES, ids=list(ids)), *read("children", _NAMES, ids=list(ids))]
    patients = named("patients", "id", (row["patient_id"] for row in pregnancies))
    doctors = named("doctors", "id", (row["doctor_id"] for row in (*outcomes, *others)))
    newborns = named("newborns", "outcome_id", (row["id"] for row in outcomes))
    hospitals = {row["id"]: row["digest"] for row in read("organizations", "id")}

    def told(row: RowMapping, newborn: str | None = None) -> tuple[int, str]:
        """Return whose a row is, and the row with what it names; a name that leads nowhere leaves its place empty."""
        known = doctors.get(row["doctor_id"]), hospitals.get(row["organization_id"])
        return row["pregnancy_id"], f"{row['digest']} {known} {newborn}"

    hers = grouped([*map(told, others), *(told(row, newborns.get(row["id"])) for row in outcomes)])
    found = {}
    for row in pregnancies:
        her = row["digest"], patients.get(row["patient_id"]), hospitals.get(row["organization_id"])
        found[row["id"]] = blake2b(f"{her} {sorted(hers[row['id']])}".encode(), digest_size=16).digest()
    return found


def _column(name: str, column: Column) -> str:
    """Return how a column counts. A text counts letter by letter, whatever its own type takes for the same."""
    return f'{name}::text collate "C"' if column.kind is str else name
