"""A woman of one test in a line that many tests share: her rows have numbers of her own, and are told apart by their last digits."""

from __future__ import annotations

from typing import Any

from ers_sync.stand.line import Line, insert, ogrn, snils, update, woman

Standing = tuple[str, str, int, str, str | None]


class Her:
    """A woman with one pregnancy. Rows are named by small numbers (`exam(2, …)`), the rows of РАМ are `first` plus that."""

    def __init__(self, line: Line, first: int, *, of: Her | None = None) -> None:
        self.line, self.first = line, first
        self.patient: int = of.patient if of else first
        self.snils = snils(self.patient)

    @property
    def id(self) -> int:
        """The id of the pregnancy."""
        return self.first

    def card(self, **values: object) -> str:
        """Her card, complete unless told otherwise."""
        return woman(self.patient, **values)

    def pregnancy(self, **values: object) -> str:
        """The pregnancy."""
        known = {"id": self.id, "patient_id": self.patient, "organization_id": 1, "fetus_count": 1}
        return insert("pregnancy", **known | values)

    def exam(self, row: int, at: str, days: int | None, kind: str = "repeat", **values: object) -> str:
        """An exam of hospital 1; the first of a pregnancy is usually `kind="primary"`."""
        known = {"id": self.first + row, "pregnancy_id": self.id, "organization_id": 1, "kind": kind, "deleted": False}
        return insert("exam", **known | {"examined_at": at, "gestation_days": days} | values)

    def registered(self, at: str = "2026-01-12 10:00", days: int | None = 60, **values: object) -> str:
        """Her card, her pregnancy and its primary exam (row 1)."""
        return self.card() + self.pregnancy(**values) + self.exam(1, at, days, "primary")

    def outcome(self, row: int, at: str, days: int | None, kind: str = "delivery", **values: object) -> str:
        """An outcome, in hospital 2 unless told otherwise."""
        known = {"id": self.first + row, "pregnancy_id": self.id, "organization_id": 2, "kind": kind, "deleted": False}
        return insert("outcome", **known | {"occurred_at": at, "gestation_days": days} | values)

    def newborn(self, row: int, outcome: int, **values: object) -> str:
        """A newborn of an outcome."""
        known = {"id": self.first + row, "outcome_id": self.first + outcome, "ordinal": 1, "sex": "female"}
        return insert("newborn", **known | {"height_cm": 51, "weight_g": 3300} | values)

    def child(self, row: int, half_year: int, begins: str, ends: str | None, **values: object) -> str:
        """A child under observation, in hospital 1 unless told otherwise."""
        known = {"id": self.first + row, "pregnancy_id": self.id, "organization_id": 1, "half_year": half_year}
        names = {"last_name": "Ёлкин", "first_name": "Пётр", "birth_date": begins, "deleted": False}
        return insert("child", **known | names | {"watch_begin": begins, "watch_end": ends} | values)

    def edit(self, table: str, row: int, **values: object) -> str:
        """Another value in one of her rows (row 0: her card or pregnancy)."""
        return update(table, self.patient if table == "patient" else self.first + row, **values)

    def vanish(self, table: str, row: int) -> str:
        """One of her rows is no more."""
        return f"delete from ram.{table} where id = {self.first + row};"  # noqa: S608 - names and numbers of the test

    def certificate(self, number: str, created: str, **values: object) -> dict[str, Any]:
        """A certificate of hers as the Fund's seed has it; of hospital 2 unless told otherwise."""
        known = {"ers_number": number, "snils": self.snils, "ogrn": ogrn(2), "create_date": created}
        return known | {"status": "OPEN", "tickets": []} | values

    def states(self) -> list[Standing]:
        """(kind, row, revision, state, reason) of her requests, sorted; a row as `exam:2`."""
        return sorted(
            (r["kind"], self._row(r["source"]), r["revision"], r["state"], r["reason"]) for r in self.requests()
        )

    def state(self, kind: str, row: str | None = None) -> tuple[str, str | None]:
        """State and reason of the newest revision of her request of a kind, of one row if there are several."""
        found = [r for r in self.requests(kind=kind) if row is None or self._row(r["source"]) == row]
        newest = max(found, key=lambda r: (r["revision"], r["id"]))
        return newest["state"], newest["reason"]

    def requests(self, **wanted: object) -> list[dict[str, Any]]:
        """Her rows of the ledger, by the pregnancy's id."""
        return self.line.requests(pregnancy_id=self.id, **wanted)

    def book(self) -> list[tuple[str, str]]:
        """(operation, key) of everything that the Fund processed for her, in order; visit ids as rows (`2`, `2-2`)."""
        return [(r["operation"], self._key(r)) for r in self.entries() if r["result"] == "PROCESSED"]

    def entries(self) -> list[dict[str, Any]]:
        """The Fund's book, as far as it is hers."""
        return [row for row in self.line.book() if row["snils"] == self.snils]

    def number(self) -> str | None:
        """The number of the certificate that her pregnancy is linked to."""
        rows = self.line.ledger("select ers_number from ers.pregnancy where id = :id", id=self.id)
        return rows[0]["ers_number"] if rows else None

    def findings(self) -> list[tuple[str, bool]]:
        """(code, is money at stake) of what a person must look at, sorted."""
        text = "select code, money from ers.finding where pregnancy_id = :id and closed_at is null"
        return sorted((row["code"], row["money"]) for row in self.line.ledger(text, id=self.id))

    def _row(self, source: str) -> str:
        name, _, id_ = source.partition(":")
        return f"{name}:{int(id_) - self.first}"

    def _key(self, entry: dict[str, Any]) -> str:
        id_, dash, revision = entry["key"].partition("-")
        return f"{int(id_) - self.first}{dash}{revision}" if id_.isdigit() else entry["key"]
