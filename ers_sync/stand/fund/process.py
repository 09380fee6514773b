"""A stand-in Fund as a child process: start it, kill it, let it fail, read its book."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from select import select
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from ers_sync.stand.fund.book import read_book
from ers_sync.stand.fund.settings import Settings

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_HTTP = build_opener(ProxyHandler({}))


class FundError(Exception):
    """The Fund's process did not start, or refuses a command; its log says more."""


class FundProcess:
    """One Fund, running while the context lasts, in `settings.folder`; a second start in the folder goes on where the first ended.

    The kernel ties the child to the *thread* that started it, so only a thread that lasts may start one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._port = settings.port
        self._process: subprocess.Popen[bytes] | None = None
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
        with (folder / "fund.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ers_sync.stand.fund", *self._arguments()], stdout=subprocess.PIPE, stderr=log
            )
        out = self._process.stdout
        ready = out is not None and select([out], [], [], _START_SECONDS)[0] and out.readline()
        if not ready:
            self.kill()
            raise FundError(f"the stand-in Fund did not start, see {folder / 'fund.log'}")
        self.url = (folder / "url.txt").read_text().strip()
        self._control = (folder / "control.txt").read_text().strip()
        self._port = int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End the process in order, if it runs."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._reap()

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._reap()

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

    def _arguments(self) -> list[str]:
        settings = self._settings
        optional = {
            "--fund-seed": settings.seed,
            "--names": settings.names,
            "--at": settings.at and settings.at.isoformat(),
        }
        return [
            *("--listen", f"{settings.host}:{self._port}", "--dir", str(settings.folder)),
            *("--delay", str(settings.delay), "--spread", str(settings.spread), "--zone", settings.zone.key),
            *("--crypto", settings.crypto, "--profile", json.dumps(dict(settings.profile))),
            *("--random-seed", str(settings.random_seed), "--owner", str(os.getpid())),
            *("--dated", "registered" if settings.dated_by_registration else "formed"),
            *(part for name, value in optional.items() if value is not None for part in (name, str(value))),
            *(["--keep-exchanges"] if settings.keep_exchanges else []),
        ]

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
