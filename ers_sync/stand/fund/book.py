"""fund-book.jsonl: what the Fund accepted for processing, one JSON line each, with its final result; questions are not in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ers_sync.stand.fund.journal import write_whole
from ers_sync.stand.fund.model import FAILED, PROCESSED, Put
from ers_sync.stand.fund.rules_ticket import ticket_key
from ers_sync.stand.fund.ruling import Verdict

NAME = "fund-book.jsonl"


def entry(put: Put, request_id: str, verdict: Verdict, *, at: str, owner_snils: str) -> dict[str, Any]:
    """One line of the book; `at` is ISO business time, `owner_snils` that of the certificate, for a request that names no person."""
    return {
        "at": at,
        "operation": put.operation,
        "request_id": request_id,
        "ogrn": put.sender.ogrn,
        "ers_number": verdict.ers_number,
        "snils": put.person.snils if put.person else owner_snils,
        "key": put.details["visit_id"] if "visit_id" in put.details else _ticket(put),
        "result": FAILED if verdict.refusals else PROCESSED,
        "codes": [refusal.code.number for refusal in verdict.refusals],
        "duplicate": verdict.duplicate,
        "formed": verdict.formed,
    }


def _ticket(put: Put) -> str:
    return ticket_key(put) if put.operation.startswith("putTicket") else ""


class Book:
    """The file: written anew from the journal at the start, appended to afterwards."""

    def __init__(self, path: Path, entries: Iterable[Mapping[str, Any]]) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_bytes(b"".join(map(_line, entries)))
        fresh.replace(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append one line whole."""
        write_whole(self._file, _line(line))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_book(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of a folder's book; none if there is no book yet."""
    path = folder / NAME
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
