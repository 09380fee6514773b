"""What is known beside РАМ when a pregnancy is worked out: the ledger, the Fund's certificates, contracts, keys and brakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ers_sync.domain.content import Kind
from ers_sync.domain.contracts import Contract
from ers_sync.domain.matching import Certificate
from ers_sync.domain.request import Request
from ers_sync.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Site:
    """What holds for every pregnancy at one moment (`now`, aware): the rules, contracts and keys by hospital id, the brakes that are on.

    `key_problems` has a hospital's text only if it cannot sign; `brakes` are (hospital id, kind); `refused` are (hospital id, kind of
    service or `any`) for which the Fund has answered 1204 and nothing has changed since. Events up to `doubted_until` may have been sent
    by a ledger that was lost.
    """

    rules: Rules
    now: datetime
    contracts: Mapping[int, Sequence[Contract]] = field(default_factory=dict)
    key_problems: Mapping[int, str] = field(default_factory=dict)
    brakes: frozenset[tuple[int, Kind]] = frozenset()
    refused: frozenset[tuple[int, str]] = frozenset()
    doubted_until: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger has of one pregnancy.

    `number` is the certificate linked to it before; `certificates` are all that the Fund showed for the woman. `unclear` is a text when
    a person must say which certificate is hers. `claimed_elsewhere` are the talons that another pregnancy of РАМ has claimed on the same
    certificate: (1 or 2, None), (3-1 or 3-2, hospital id). `missing_exams` were absent in two full compares in a row. `chosen_exam` is
    the one a person has chosen for talon 1.
    """

    requests: Sequence[Request] = ()
    number: str | None = None
    certificates: Sequence[Certificate] = ()
    unclear: str | None = None
    claimed_elsewhere: frozenset[tuple[str, int | None]] = frozenset()
    missing_exams: frozenset[int] = frozenset()
    chosen_exam: int | None = None
