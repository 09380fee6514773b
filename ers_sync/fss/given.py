"""Which request the Fund gave an id to: nothing in the answer to a put says so, and an id counts for one request only."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

LAST = 20_000  # ids that are remembered, some megabytes


class GivenIds:
    """The newest ids that this program was given, by the bytes that they were given for. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: OrderedDict[str, bytes] = OrderedDict()

    def belongs(self, request_id: str, signed: bytes) -> bool:
        """Tell whether an id may be that of a request with these signed bytes, and remember it if it is new."""
        digest = hashlib.sha256(signed).digest()
        with self._lock:
            known = self._ids.setdefault(request_id.lower(), digest)
            if len(self._ids) > LAST:
                self._ids.popitem(last=False)
        return known == digest
