"""Hands a text to a program of the site's choosing."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

SECONDS = 30.0


class CommandFailed(Exception):
    """The program did not end with 0; what it printed is not kept, it might repeat anything."""


def run(command: Sequence[str], text: str) -> None:
    """Run a program with the text on its standard input, in UTF-8.

    Raises:
        CommandFailed: it ended with another code than 0.
        OSError, subprocess.TimeoutExpired: it could not be started, or took too long and was killed.
    """
    nowhere = subprocess.DEVNULL
    ended = subprocess.run(
        list(command), input=text.encode(), stdout=nowhere, stderr=nowhere, timeout=SECONDS, check=False
    )
    if ended.returncode:
        raise CommandFailed(f"code {ended.returncode}")
