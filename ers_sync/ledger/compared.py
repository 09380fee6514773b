"""What full compares note of pregnancies at rest, so that the next one passes over them as long as nothing has changed.

The digest is over everything that working a pregnancy out reads: its rows in РАМ, what the ledger has of it, the site as it is configured
and stands, and this program itself. The clock is what is left: that is what `domain/lasting.py` is for. Whatever the digest says, each
pregnancy is worked out once in a while: what nobody thought of is mended too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from ers_sync.domain.facts import Site
from ers_sync.files import data_path
from ers_sync.ledger.database import rows, run, to_json

LONGEST = timedelta(days=60)  # and up to as much more, by the pregnancy's number, so that not all come on one night


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of a pregnancy if it proves to be at rest: its digest, and the first day (UTC) that may change it."""

    digest: bytes
    until: date


def seen(
    connection: Connection,
    ids: Sequence[int],
    ram_digests: Callable[[], Mapping[int, bytes]],
    site: Site,
    around_it: bytes,
) -> tuple[Mapping[int, bytes], AbstractSet[int]]:
    """Return the digest of each of these pregnancies that is in РАМ, and those of them that a compare passes over.

    It is to be asked before anything else of them is read: what changes from here on makes another digest at the next compare. `around_it`
    is what `around` gave; `ram_digests` returns the digests that РАМ's server has made, perhaps meanwhile.
    """
    today = _today(site)
    known = {row.id: row for row in rows(connection, "scan", "compared", pregnancies=ids)}
    digests, same = {}, set()
    for id_, of_ram in ram_digests().items():
        row = known.get(id_)
        digests[id_] = blake2b(of_ram + (row.ledger if row else "").encode() + around_it, digest_size=16).digest()
        if row and row.noted and bytes(row.noted) == digests[id_] and row.since <= today < row.until:
            same.add(id_)
    return digests, same


def note(connection: Connection, notes: Mapping[int, Note], site: Site) -> None:
    """Keep what was noted of pregnancies (by id) that are at rest."""
    today = _today(site)
    listed = [
        {
            "pregnancy_id": id_,
            "digest": one.digest.hex(),
            "since": today,
            "until": min(one.until, today + LONGEST + timedelta(days=id_ % LONGEST.days)),
        }
        for id_, one in notes.items()
    ]
    run(connection, "scan", "note_compared", rows=to_json(listed))


def around(site: Site) -> bytes:
    """Return a digest of what holds for every pregnancy, but for the time."""
    told = json.dumps(_plain(replace(site, now=datetime.min)), sort_keys=True)
    return blake2b(told.encode() + _program(), digest_size=16).digest()


def _today(site: Site) -> date:
    return site.now.astimezone(UTC).date()


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(json.dumps(_plain(item)) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return str(value)


@cache
def _program() -> bytes:
    """Return a digest of this program's own text, SQL included, and of the calendar it goes by."""
    files: Iterable[Path] = sorted([*Path(__file__).parents[1].rglob("*.py"), *data_path("sql").rglob("*.sql")])
    texts = b"".join(path.read_bytes() for path in files)
    return blake2b(texts + version("holidays").encode(), digest_size=16).digest()
