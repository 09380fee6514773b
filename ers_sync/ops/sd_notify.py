"""Tells systemd how the service is (sd_notify(3)); outside of systemd every call does nothing."""

from __future__ import annotations

import os
import socket


def notify(*assignments: str) -> bool:
    """Send assignments such as `READY=1` to the service manager; return False where there is none.

    Raises:
        OSError: the manager cannot be reached.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(address)
        channel.sendall("\n".join(assignments).encode())
    return True


def ready(status: str = "") -> bool:
    """The start is complete; `status` is what `systemctl status` shows."""
    return notify("READY=1", *([f"STATUS={status}"] if status else []))


def watchdog() -> bool:
    """The service is alive."""
    return notify("WATCHDOG=1")


def stopping() -> bool:
    """The service begins to stop."""
    return notify("STOPPING=1")


def watchdog_seconds() -> float | None:
    """How long systemd waits for a sign of life of this process before it restarts the service; None if it does not watch."""
    wanted = os.environ.get("WATCHDOG_PID")
    given = os.environ.get("WATCHDOG_USEC")
    if not given or (wanted and wanted != str(os.getpid())):
        return None
    return int(given) / 1_000_000
