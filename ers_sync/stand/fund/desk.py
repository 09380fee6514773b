"""The desk: takes puts in, has them processed later in order, and knows what became of them.

One lock guards all that is known; nothing leaves the process before the journal is on the disk (`sync`).
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from ers_sync.stand.fund import model
from ers_sync.stand.fund.book import NAME, Book, entry
from ers_sync.stand.fund.clock import BusinessClock
from ers_sync.stand.fund.journal import Event, Journal
from ers_sync.stand.fund.model import Person, Put, Sender
from ers_sync.stand.fund.registry import Registry
from ers_sync.stand.fund.rules import judge
from ers_sync.stand.fund.ruling import Settled
from ers_sync.stand.fund.seed import plant, read_names, read_seed
from ers_sync.stand.fund.settings import Settings

_FINAL = frozenset({model.PROCESSED, model.FAILED})


@dataclass(slots=True)
class Loaded:
    """A put on the desk; times are Unix seconds. `errors` are (code, message) pairs."""

    put: Put
    request_id: str
    loaded: float
    due: float
    status: str = model.REGISTERED
    ers_number: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)


class Desk:
    """Everything the Fund knows and does between two requests. Safe for threads."""

    def __init__(self, settings: Settings, clock: BusinessClock) -> None:
        self.clock = clock
        self._settings = settings
        self._chance = random.Random(settings.random_seed)  # noqa: S311 - not a secret
        self._registry = Registry()
        self._loaded: dict[str, Loaded] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._last_due = 0.0
        self._changed = threading.Condition(threading.RLock())
        self._stopping = False
        self.is_new = True
        self._journal = Journal(settings.folder / "journal.jsonl")
        self._book = Book(settings.folder / NAME, list(filter(None, map(self._replay, self._journal.replay()))))

    def plant(self, seed: str, names: str) -> None:
        """Take in a seed and names (JSON texts). Raise SeedError, with nothing changed."""
        read_seed(seed), read_names(names)
        self._note({"event": "seed", "seed": seed, "names": names})

    def set_clock(self, at: datetime) -> None:
        """Set the business clock, for this run and after a restart."""
        self._note({"event": "clock", "at": at.isoformat(), "real": time.time()})

    def load(self, put: Put, extra_delay: float = 0.0) -> str:
        """Take a put in and return its requestId (durable after `sync`); it is processed in its turn, later by `extra_delay` seconds."""
        request_id = str(uuid.uuid4())
        with self._changed:
            now = time.time()
            pause = max(0.0, self._settings.delay + self._chance.uniform(-1, 1) * self._settings.spread)
            due = max(self._last_due, now + pause)
            event = {"event": "loaded", "id": request_id, "put": asdict(put), "loaded": now, "due": due}
            self._note({**event, "late": extra_delay})
            self._changed.notify_all()
        return request_id

    def result(self, request_id: str) -> Loaded | None:
        """What is known of a request: on its way from REGISTERED to its final status."""
        with self._changed:
            loaded = self._loaded.get(request_id)
            if loaded is None or loaded.status in _FINAL:
                return loaded
            passed = (time.time() - loaded.loaded) / max(loaded.due - loaded.loaded, 1e-9)
            return replace(loaded, status=_on_the_way(passed))

    def certificates(self, identifier: str) -> list[model.Certificate]:
        """Copies of what is processed, never of what is queued; without annulled visits."""
        with self._changed:
            return [
                replace(found, tickets=list(found.tickets), visits=[v for v in found.visits if not v.annulled])
                for found in self._registry.by_identifier(identifier)
            ]

    def name_of(self, ogrn: str) -> str | None:
        """The name of a hospital, where the Fund knows it."""
        return self._registry.names.get(ogrn)

    def counts(self) -> tuple[int, int]:
        """How many puts were ever taken in, and how many of them are not processed yet."""
        with self._changed:
            return len(self._loaded), sum(loaded.status not in _FINAL for loaded in self._loaded.values())

    def sync(self) -> None:
        """Wait until everything known is on the disk."""
        self._journal.sync()

    def work(self) -> None:
        """Process what is due, in its order, until `stop`; run in a thread of its own."""
        while not self._stopping:
            with self._changed:
                pause = self._queue[0][0] - time.time() if self._queue else None
                if pause is not None and pause <= 0:
                    self._process(self._loaded[heappop(self._queue)[2]])
                elif not self._stopping:
                    self._changed.wait(pause)

    def stop(self) -> None:
        """End `work`. What is queued stays in the journal."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def close(self) -> None:
        """Close the files."""
        self._journal.close()
        self._book.close()

    def _process(self, loaded: Loaded) -> None:
        if loaded.status in _FINAL:  # it was, before a restart
            return
        now = self.clock.now()
        verdict = judge(loaded.put, Settled(self._registry, now, self._settings.dated_by_registration))
        certificate = self._registry.certificates.get(verdict.ers_number)
        snils = certificate.owner.snils if certificate else ""
        line = entry(loaded.put, loaded.request_id, verdict, at=now.isoformat(timespec="seconds"), owner_snils=snils)
        errors = [(refusal.code.number, refusal.message) for refusal in verdict.refusals]
        self._note({"event": "processed", "book": line, "errors": errors, "changes": list(verdict.changes)})
        self._book.write(line)

    def _note(self, event: Event) -> None:
        with self._changed:
            self._journal.write(event)
            self._apply(event)

    def _replay(self, event: Event) -> dict[str, Any] | None:
        self.is_new = False
        self._apply(event)
        return event.get("book")

    def _apply(self, event: Event) -> None:
        match event["event"]:
            case "seed":
                plant(self._registry, read_seed(event["seed"]), read_names(event["names"]))
            case "clock":
                self.clock.set(datetime.fromisoformat(event["at"]), event["real"])
            case "loaded":
                loaded = Loaded(_read_put(event["put"]), event["id"], event["loaded"], event["due"] + event["late"])
                self._last_due = max(self._last_due, event["due"])
                self._loaded[loaded.request_id] = loaded
                heappush(self._queue, (loaded.due, len(self._loaded), loaded.request_id))
            case "processed":
                self._finish(event)

    def _finish(self, event: Event) -> None:
        self._registry.apply(event["changes"])
        loaded = self._loaded[event["book"]["request_id"]]
        loaded.status, loaded.ers_number = event["book"]["result"], event["book"]["ers_number"]
        loaded.errors = [(code, message) for code, message in event["errors"]]


def _on_the_way(passed: float) -> str:
    """The status of a request by the share of its time that has passed."""
    return model.REGISTERED if passed < 1 / 3 else model.READY if passed < 2 / 3 else model.PROCESSING


def _read_put(kept: dict[str, Any]) -> Put:
    person = kept["person"]
    return Put(
        kept["operation"],
        Sender(**kept["sender"]),
        Person(**person) if person else None,
        kept["ers_number"],
        kept["details"],
    )
