"""The dead man's switch: an address that somebody else watches for silence."""

from __future__ import annotations

import httpx

SECONDS = 10.0


def ping(url: str) -> None:
    """Ask for the address once. Raise httpx.HTTPError if that comes to nothing."""
    httpx.get(url, timeout=SECONDS).raise_for_status()
