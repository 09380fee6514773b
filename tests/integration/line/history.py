"""Random histories of a РАМ: who edits what, in which order, with scans, exchanges and full compares in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg2

from ers_sync.stand.line import Line, insert
from tests.integration.line.support import Her

DAYS = ["2026-01-20", "2026-02-03", "2026-02-12", "2026-02-26", "2026-03-05", "2026-03-13"]
LATER = "2026-03-30"
GESTATIONS = [100, 150, 195, 196, 209, 210, 211, 220]
ROWS = range(2, 7)  # the repeat exams that a pregnancy may have; row 1 is the primary exam, 8 and 9 are outcomes

JOBS = ["scan", "scan", "scan", "submit", "submit", "poll", "poll", "reconcile", "pull", "sweep"]


class History:
    """A number of pregnancies, one a woman, and what happens to their rows. Every choice comes from one generator."""

    def __init__(self, line: Line, women: list[Her], seed: int) -> None:
        self.line, self.women, self.draw = line, women, random.Random(seed)
        self.late: tuple[Her, Any] | None = None
        for her in women:
            line.ram(her.registered(fetus_count=self.draw.choice([1, 1, 2, None])))

    def run(self, steps: int) -> None:
        """Let so many things happen, then commit or roll back what is open."""
        for _ in range(steps):
            if self.draw.random() < 0.35:
                self.line.run(self.draw.choice(JOBS))
            elif self.draw.random() < 0.08:
                self._late()
            else:
                self._edit()
        self._end_late()

    def settle(self) -> None:
        """Come to rest: what vanished is missing in two full compares, and all that can go out has gone."""
        self.line.settle()
        self.line.run("sweep", "sweep")
        self.line.settle()

    def _edit(self) -> None:
        her = self.draw.choice([one for one in self.women if self.late is None or one is not self.late[0]])
        self.line.ram(self._statement(her))

    def _late(self) -> None:
        """Leave a transaction open over whatever comes next, or end the one that is."""
        if self.late is not None:
            self._end_late()
            return
        her = self.draw.choice(self.women)
        connection = psycopg2.connect(self.line.ram_dsn)
        connection.cursor().execute(self._statement(her))
        self.late = her, connection

    def _end_late(self) -> None:
        if self.late is not None:
            connection = self.late[1]
            (connection.commit if self.draw.random() < 0.8 else connection.rollback)()
            connection.close()
            self.late = None

    def _statement(self, her: Her) -> str:
        actions: list[tuple[int, Callable[[Her], str]]] = [
            (5, self._new_exam),
            (6, self._changed_exam),
            (2, self._deleted_or_not),
            (2, self._vanished_exam),
            (1, self._moved_exam),
            (1, self._primary),
            (1, self._vanished_pregnancy),
            (2, self._outcome),
            (1, lambda her: her.edit("pregnancy", 0, fetus_count=self.draw.choice([1, 2, None]))),
            (1, lambda her: her.edit("patient", 0, last_name=self.draw.choice(["Ёлкина", "Петрова-Водкина"]))),
            (1, lambda her: her.edit("patient", 0, address=self.draw.choice([None, "г. Ревда", "г. Ревда"]))),
        ]
        weights, makers = zip(*actions, strict=True)
        return str(self.draw.choices(makers, weights)[0](her))

    def _new_exam(self, her: Her) -> str:
        row, at = self.draw.choice(ROWS), f"{self.draw.choice(DAYS)} 1{self.draw.randrange(10)}:00"
        again = her.vanish("exam", row)  # the same id again, with other content, is what an import does
        hospital = self.draw.choice([1, 1, 2])
        return again + her.exam(row, at, self.draw.choice(GESTATIONS), organization_id=hospital)

    def _changed_exam(self, her: Her) -> str:
        at = f"{self.draw.choice([*DAYS, LATER])} 1{self.draw.randrange(10)}:00"
        values: dict[str, object] = self.draw.choice(
            [
                {"gestation_days": self.draw.choice([*GESTATIONS, None])},
                {"examined_at": self.draw.choice([at, at, None])},
                {"organization_id": self.draw.choice([1, 2, 99, None])},
                {"note": self.draw.choice([None, "", "Голова  ", "Ягодицы"])},
                {"doctor_id": self.draw.choice([None, 7])},
            ]
        )
        return her.edit("exam", self.draw.choice(ROWS), **values)

    def _deleted_or_not(self, her: Her) -> str:
        return her.edit("exam", self.draw.choice(ROWS), deleted=self.draw.random() < 0.6)

    def _vanished_exam(self, her: Her) -> str:
        return her.vanish("exam", self.draw.choice(ROWS))

    def _moved_exam(self, her: Her) -> str:
        others = [one for one in self.women if self.late is None or one is not self.late[0]]
        return her.edit("exam", self.draw.choice(ROWS), pregnancy_id=self.draw.choice(others).id)

    def _primary(self, her: Her) -> str:
        values: list[dict[str, object]] = [
            {"deleted": True},
            {"deleted": False},
            {"deleted": False},
            {"organization_id": 2},
            {"gestation_days": 50},
        ]
        return her.edit("exam", 1, **self.draw.choice(values))

    def _vanished_pregnancy(self, her: Her) -> str:
        """Usually it is there again at once, as after an import that clears before it fills."""
        back = insert("pregnancy", id=her.id, patient_id=her.patient, organization_id=1, fetus_count=1)
        return her.vanish("pregnancy", 0) + (back if self.draw.random() < 0.8 else "")

    def _outcome(self, her: Her) -> str:
        row = self.draw.choice([8, 9])
        if self.draw.random() < 0.5:
            return her.edit("outcome", row, deleted=True)
        kind = self.draw.choice(["delivery", "delivery", "abortion", "other"])
        rows = her.vanish("outcome", row) + her.vanish("newborn", row)
        at = f"{self.draw.choice(DAYS)} 12:30"
        return rows + her.outcome(row, at, self.draw.choice([153, 154, 270]), kind) + her.newborn(row, row)
