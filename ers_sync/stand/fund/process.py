"""A stand-in Fund as a child process: start it, kill it, let it fail, read its book."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from ers_sync.stand import forking
from ers_sync.stand.fund.book import read_book
from ers_sync.stand.fund.server import serve
from ers_sync.stand.fund.settings import Settings

forking.preload(__name__)
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_HTTP = build_opener(ProxyHandler({}))


class FundError(Exception):
    """The Fund's process did not start, or refuses a command; its log says more."""


class FundProcess:
    """One Fund, running while the context lasts, in `settings.folder`; a second start in the folder goes on where the first ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._port = settings.port
        self._process: forking.Process | None = None
        self.url = self._control = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process and wait until it listens; a restart listens where it did. Raise FundError."""
        folder = self._settings.folder
        folder.mkdir(parents=True, exist_ok=True)
        ready, theirs = forking.pipe(duplex=False)
        self._process = forking.start(_live, replace(self._settings, port=self._port), theirs)
        theirs.close()
        with ready, suppress(EOFError):
            if ready.poll(_START_SECONDS):
                self.url, self._control = ready.recv()
                self._port = int(self.url.rpartition(":")[2])
                return
        self._process.join(_STOP_SECONDS)
        self.kill()
        raise FundError(f"the stand-in Fund did not start, see {folder / 'fund.log'}")

    def stop(self) -> None:
        """End the process in order, if it runs."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(_STOP_SECONDS)
            self.kill()

    def kill(self) -> None:
        """SIGKILL, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None

    def restart(self) -> None:
        """Start anew, on the same port, whether it was killed or still runs."""
        self.stop()
        self.start()

    def book(self) -> list[dict[str, Any]]:
        """The lines of fund-book.jsonl."""
        return read_book(self._settings.folder)

    def behave(self, *rules: dict[str, Any]) -> None:
        """Fail by these rules (`behaviours.py`) and by no others; none: behave well."""
        self._ask("PUT", "/faults", list(rules))

    def rules(self) -> list[dict[str, Any]]:
        """The rules in force, each with `used`: how often it was carried out."""
        found: list[dict[str, Any]] = self._ask("GET", "/faults")
        return found

    def plant(self, seed: dict[str, Any], names: dict[str, Any] | None = None) -> None:
        """Let the Fund know more: contracts that came or ended, certificates that clerks sent by hand."""
        self._ask("POST", "/seed", {"seed": seed, "names": names or {}})

    def set_clock(self, at: str) -> None:
        """Set the business clock to an ISO time."""
        self._ask("POST", "/clock", {"at": at})

    def waiting(self) -> int:
        """How many puts are not processed yet."""
        return int(self._ask("GET", "/queue")["waiting"])

    def loaded(self) -> int:
        """How many puts were ever taken in."""
        return int(self._ask("GET", "/queue")["loaded"])

    def _ask(self, method: str, path: str, value: Any = None) -> Any:
        data = None if value is None else json.dumps(value).encode()
        try:
            with _HTTP.open(Request(f"{self._control}{path}", data, method=method), timeout=30) as answer:  # noqa: S310 - our own URL
                return json.load(answer)
        except HTTPError as error:
            raise FundError(json.load(error)["error"]) from None


def _live(settings: Settings, ready: Connection) -> None:
    log = os.open(settings.folder / "fund.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with ready:
        serve(settings, lambda *urls: ready.send(urls))
