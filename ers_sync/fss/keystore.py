"""The keyring of files that are replaced while the program runs: rotation without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from ers_sync.fss.keyfiles import KeyFiles, load_keyring
from ers_sync.fss.keyring import Keyring
from ers_sync.fss.profile import Profile

_Mark = tuple[int, int, int] | None
_logger = logging.getLogger(__name__)


class KeyStore:
    """The keys as the files had them when they were last looked at. Safe to share between threads.

    A key that was replaced still opens answers until the program ends.

    Args:
        files: says which files there are; called at every look.
        crypto: name of the provider.
        profile: the form of the exchange.
    """

    def __init__(self, files: Callable[[], KeyFiles], *, crypto: str, profile: Profile) -> None:
        self._files, self._crypto, self._profile = files, crypto, profile
        self._lock = threading.Lock()
        self._keyring: Keyring | None = None
        self._seen: tuple[KeyFiles, list[_Mark]] | None = None

    def current(self) -> Keyring:
        """Return the keyring, read at the first call; nothing is looked at afterwards."""
        with self._lock:
            return self._keyring or self._look()

    def look(self) -> None:
        """Read all files anew if one of them has changed, come or gone, or if there are other ones now."""
        with self._lock:
            if self._keyring is not None:
                self._look()

    def _look(self) -> Keyring:
        files = self._files()
        # the marks before the contents: what changes in between is seen at the next look
        seen = files, [_mark(path) for path in files.paths()]
        if self._keyring is None or seen != self._seen:
            fresh = load_keyring(files, crypto=self._crypto, profile=self._profile)
            if self._keyring is not None:
                fresh = fresh.after(self._keyring)
                _logger.info("keys.changed: files=%d broken=%d", len(seen[1]), len(fresh.broken))
            self._keyring, self._seen = fresh, seen
        return self._keyring


def _mark(path: Path) -> _Mark:
    """Return what tells one content of a file from another, None if it cannot be looked at."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
