"""The figures of a run: where every request stands, and what was sent and received on which day. Small tables, pivoted by pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd

from ers_sync.reports import words
from ers_sync.reports.names import distinct, shortened
from ers_sync.reports.periods import Period
from ers_sync.reports.settings import ReportSettings
from ers_sync.reports.snapshot import Frame, Snapshot

COUNTS = ["ers", "visits", "ticket1", "ticket2", "ticket3_1", "ticket3_2"]
FOREIGN = ["foreign_ers", "foreign_tickets"]
ALL_TIME = (date(1900, 1, 1), date(9999, 12, 31))
UNSENT = ("HELD", "READY", "REJECTED", "QUARANTINED")  # the states of what the Fund neither has nor works on
# the other columns of the queries are counts
_NAMES = {
    "organization_id",
    "key_id",
    "key_name",
    "birth_date",
    "day",
    "kind",
    "state",
    "reason",
    "overdue",
    "was_sent",
}


class Sums(NamedTuple):
    """How many requests, how many of them overdue, and what their talons are worth."""

    number: int
    overdue: int
    roubles: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the summary and the sheet «МО» show, of the region or of one hospital.

    `standing` has a row for each (hospital, kind, half_year, state, reason, …) with `number` and `roubles`; `sent` and `received` one for
    each hospital and day with a column a kind, `worth` the roubles of those days; `stock` what was unsent and overdue now and a day before.
    """

    day: date
    names: Mapping[int, str]
    standing: pd.DataFrame
    sent: pd.DataFrame
    received: pd.DataFrame
    rejected: pd.DataFrame
    worth: pd.DataFrame
    stock: pd.DataFrame

    def of(self, organization_id: int | None) -> Figures:
        """Return the figures of one hospital; of the region for None."""
        if organization_id is None:
            return self
        tables = {
            name: getattr(self, name).loc[lambda table: table["organization_id"] == organization_id]
            for name in ("standing", "sent", "received", "rejected", "worth", "stock")
        }
        return replace(self, **tables)

    def by_standing(self) -> dict[str, list[int]]:
        """Return how many requests of each kind (the columns of the summary) stand where, in the order of `words.STANDINGS`."""
        table = self.standing.pivot_table(
            index="standing", columns="measure", values="number", aggfunc="sum", fill_value=0
        )
        places = list(range(len(words.MEASURES) + len(words.SIDE_MEASURES)))
        table = table.reindex(index=list(words.STANDINGS), columns=places, fill_value=0).astype(int)
        return {str(standing): list(counts) for standing, *counts in table.itertuples(name=None)}

    def sums(self) -> dict[str, Sums]:
        """Return the sums of each standing, in the order of `words.STANDINGS`."""
        found = dict(_sums(self.standing, "standing"))
        return {standing: found.get(standing, Sums(0, 0, 0)) for standing in words.STANDINGS}

    def unsent(self) -> Sums:
        """Return the sums of what the Fund neither has nor works on."""
        table = self.standing[self.standing["state"].isin(UNSENT)]
        return Sums(*(int(table[column].sum()) for column in ("number", "overdue_number", "roubles")))

    def reasons(self) -> list[tuple[str, Sums]]:
        """Return the sums of what is unsent by its reason, or its state where that says why: the most frequent first."""
        table = self.standing[self.standing["state"].isin(UNSENT)]
        by_reason = _sums(table.assign(why=table["reason"].where(table["state"] == "HELD", table["state"])), "why")
        return sorted(by_reason, key=lambda pair: -pair[1].number)

    def worst(self, most: int) -> list[tuple[str, Sums]]:
        """Return the hospitals (their short names) that have most that the Fund neither has nor works on, overdue first."""
        names = shortened(self.names)
        unsent = self.standing[self.standing["state"].isin(UNSENT)]
        by_hospital = sorted(_sums(unsent, "organization_id"), key=lambda pair: (-pair[1].overdue, -pair[1].number))
        return [(names[int(key)], sums) for key, sums in by_hospital[:most]]

    def last_days(self, days: int) -> list[tuple[date, int, int, int]]:
        """Return how many were sent, accepted and refused on each of the last days up to today."""
        calendar = [self.day - timedelta(days=back) for back in reversed(range(days))]
        columns = {
            "sent": self.sent.groupby("day")[COUNTS].sum().sum(axis=1),
            "received": self.received.groupby("day")[COUNTS].sum().sum(axis=1),
            "rejected": self.rejected.groupby("day")["rejected"].sum(),
        }
        table = pd.DataFrame(columns).reindex(calendar).fillna(0).astype(int)
        return [(day, *counts) for day, *counts in table.itertuples(name=None)]

    def between(self, subject: str, begin: date, end: date) -> tuple[int, int]:
        """Return how many requests were `sent` or `received` from one day to another, both included, and the roubles of their talons."""
        counts, worth = (
            table[(table["day"] >= begin) & (table["day"] <= end)] for table in (getattr(self, subject), self.worth)
        )
        return int(counts[COUNTS].to_numpy().sum()), int(worth[subject].sum())

    def totals(self, table: pd.DataFrame, columns: Sequence[str]) -> list[int]:
        """Return the sums of the columns over all days."""
        return [int(total) for total in table[list(columns)].sum()]

    def periods(self, table: pd.DataFrame, columns: Sequence[str]) -> list[Period]:
        """Return a table of days as the rows of the sheets «МО» and «Данные с ФСС»."""
        return [
            Period((int(row[0]),), (self.names[int(row[0])],), row[1], tuple(int(count) for count in row[2:]))
            for row in table[["organization_id", "day", *columns]].itertuples(index=False, name=None)
        ]

    def visits(self) -> tuple[int, int, int]:
        """Return how many visits are called for, sent and accepted; what was annulled counts nowhere.

        One that was sent, not taken in, and is no longer called for counts as sent.
        """
        visits = self.standing[(self.standing["kind"] == "put_visit") & (self.standing["state"] != "ANNULLED")]
        sent = visits["was_sent"].astype(bool)
        called = visits[visits["state"] != "CANCELLED"]
        called_for, was_sent, accepted = (
            int(part["number"].sum()) for part in (called, visits[sent], visits[visits["state"] == "DONE"])
        )
        return called_for, was_sent, accepted


def load(snapshot: Snapshot, settings: ReportSettings, now: datetime, day: date) -> Figures:
    """Read the figures of the whole region."""
    common = {"zones": settings.zones_json(), "zone": settings.zone.key}
    days = common | {"by": "mo", "period": "day", "organization_id": None, "begin": ALL_TIME[0], "end": ALL_TIME[1]}
    priced = {"prices": settings.prices_json(), "today": day}
    received = snapshot.frame_beside("received", **days)
    stock = snapshot.frame_beside("stock", now=now, before=now - timedelta(days=1), zone=settings.zone.key, **priced)
    standing = _frame(snapshot.frame("standing", now=now, **priced))
    keys = {key: place for place, key in enumerate([*words.MEASURES, *words.SIDE_MEASURES])}
    standing["standing"] = [words.standing(*pair) for pair in zip(standing["state"], standing["reason"], strict=True)]
    standing["measure"] = [
        keys[words.measure_key(*pair)] for pair in zip(standing["kind"], standing["half_year"], strict=True)
    ]
    standing["overdue_number"] = standing["number"].where(standing["overdue"].astype(bool), 0)
    return Figures(
        day=day,
        names=distinct(snapshot.all("organizations")),
        standing=standing,
        sent=_frame(snapshot.frame("sent", **days)),
        rejected=_frame(snapshot.frame("rejected_by_day", **common)),
        worth=_frame(snapshot.frame("worth", **common, **priced)),
        received=_frame(received.result()),
        stock=_frame(stock.result()),
    )


def _sums(table: pd.DataFrame, key: str) -> list[tuple[str, Sums]]:
    summed = table.groupby(key)[["number", "overdue_number", "roubles"]].sum()
    return [(str(name), Sums(*map(int, sums))) for name, *sums in summed.itertuples(name=None) if any(sums)]


def _frame(answer: Frame) -> pd.DataFrame:
    columns, rows = answer
    frame = pd.DataFrame(rows, columns=columns)
    for column in set(columns) - _NAMES:
        frame[column] = frame[column].astype("int64")
    return frame
