"""Files that appear whole or not at all: written in a private folder beside the reports, then renamed."""

from __future__ import annotations

import fcntl
import grp
import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from ers_sync.reports.settings import ReportError, ReportSettings

_PREFIX = ".ers-report-"
_FOLDER_MODE = 0o755  # names of hospitals are no secret; the workbooks in it are for owner and group
_FILE_MODE = 0o640
_NAME_BYTES = 150
_LOCK = "lock"
_YOUNG_SECONDS = 60.0  # its maker may not have taken the lock yet


def day_folder(settings: ReportSettings, day: date) -> Path:
    """Return the folder of a day's workbooks, `directory`/YYYY/MM/DD; it need not exist."""
    return settings.directory / f"{day:%Y}" / f"{day:%m}" / f"{day:%d}"


def safe_name(text: str) -> str:
    """Return a text that any file system takes as part of a name: letters, digits, blanks, `-` and `_`, at most 150 bytes of UTF-8."""
    kept = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in unicodedata.normalize("NFC", text))
    return " ".join(kept.split()).encode()[:_NAME_BYTES].decode(errors="ignore").strip()


@contextmanager
def private_folder(settings: ReportSettings) -> Iterator[Path]:
    """Make a folder beside the reports that only we can enter, and remove it with everything in it. What a killed run left goes too."""
    try:
        settings.directory.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(settings.directory)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=settings.directory))
    except OSError as error:
        raise ReportError(f"Нельзя писать в папку отчётов {settings.directory}: {error.strerror}") from error
    try:
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        _remove(folder)


def publish(made: Path, target: Path, group: str | None) -> None:
    """Put a finished file where people look for it: readable by owner and group, on disk before it has its name.

    Raises:
        ReportError: the group does not exist or may not be given, or the disk refuses.
    """
    try:
        handle = os.open(made, os.O_RDWR)
        try:
            if group is not None:
                os.fchown(handle, -1, _gid(group))
            os.fchmod(handle, _FILE_MODE)
            os.fsync(handle)
        finally:
            os.close(handle)
        _make_folders(target.parent)
        made.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise ReportError(f"Отчёт {target.name} не записан в {target.parent}: {error.strerror}") from error


def _gid(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise ReportError(f"Группы «{group}» нет на этой машине: создайте её или исправьте reports.group") from None


def _make_folders(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(_FOLDER_MODE)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_abandoned(directory: Path) -> None:
    """Remove temporary folders whose maker is dead: they are not new, and nobody holds their lock."""
    for folder in directory.glob(f"{_PREFIX}*"):
        if time.time() - folder.stat().st_mtime < _YOUNG_SECONDS:
            continue
        with suppress(FileNotFoundError, BlockingIOError), (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder, and first what is in its files: a writer that failed holds them open, and their room, until it is forgotten."""
    for file in filter(Path.is_file, folder.glob("*")):
        os.truncate(file, 0)
    shutil.rmtree(folder, ignore_errors=True)
