"""How the program names itself to the Fund."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True, slots=True)
class Software:
    """Name and version of the program, and the version of the Fund's specification that it follows."""

    name: str = "ers-sync"
    version: str = version("ers-sync")
    specification: str = "1.0"
