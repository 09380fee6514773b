"""Exchanges kept on request, as the exact bytes."""

from __future__ import annotations

import itertools
from pathlib import Path

from ers_sync.stand.fund.gateway import Answer


class Keeper:
    """Keeps the bytes of exchanges: NNNNNN-<operation>.request.wire.xml, .request.signed.xml, .answer.signed.xml, .answer.wire.xml."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = itertools.count(len(list(folder.glob("*.request.wire.xml"))) + 1)

    def keep(self, answer: Answer, request_wire: bytes, signed: bytes, wire: bytes) -> None:
        """Write the four files of one exchange."""
        name = f"{next(self._numbers):06}-{answer.request.operation}"
        files = {
            "request.wire": request_wire,
            "request.signed": answer.request.signed,
            "answer.signed": signed,
            "answer.wire": wire,
        }
        for kind, data in files.items():
            (self._folder / f"{name}.{kind}.xml").write_bytes(data)
