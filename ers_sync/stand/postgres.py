"""A private PostgreSQL that starts itself: for the demonstration, the tests and the benchmarks.

Folders of its own under the temporary one hold everything; `close` removes them. The server listens on the loopback with a random
password, runs as an ordinary user even for root, and dies with its owner, even when that is killed. Nothing else on the
machine changes: no user is made, no mode of a file.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from ers_sync.stand.binaries import PostgresError, binaries_for, memory_folder, private_folder, unprivileged_user

SUPERUSER = "ers"
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.01
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}


class PrivatePostgres:
    """A PostgreSQL cluster of our own, running while the context lasts.

    The kernel ties a child's death signal to the *thread* that started it, so only the main thread may start one.

    Args:
        durable: False (tests) gives up safety against a crash of the machine for speed; the data lie in memory if there is room.
        settings: more settings of postgresql.conf.
    """

    def __init__(self, *, durable: bool = True, settings: dict[str, str] | None = None) -> None:
        self._user = unprivileged_user()
        self._settings = ({} if durable else _CARELESS) | (settings or {})
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.folder = private_folder(self._user)
        self._log = self.folder / "log"
        self._memory = None if durable else memory_folder(self._user)
        try:
            self._binaries = binaries_for(self._user, self.folder)
            self._initdb()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def data(self) -> Path:
        """The data directory."""
        return (self._memory or self.folder) / "data"

    @property
    def pid(self) -> int:
        """The process id of the running server; raise PostgresError if it does not run."""
        if self._process is None or not self._running:
            raise PostgresError("PostgreSQL не запущен")
        return self._process.pid

    @property
    def _running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def dsn(self, dbname: str = "postgres", *, user: str = SUPERUSER, password: str | None = None) -> str:
        """Return the address of a database, `postgresql://…`; of the superuser unless `user` and `password` are given."""
        password = quote(self._password if password is None else password, safe="")
        return f"postgresql://{quote(user, safe='')}:{password}@127.0.0.1:{self.port}/{quote(dbname, safe='')}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of `template` (to which nobody may be connected) if given, and return its address."""
        statement = sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        self.execute(statement)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, and whoever is connected to it."""
        self.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composable, dbname: str = "postgres") -> None:
        """Execute one statement as the superuser, outside of a transaction."""
        with closing(psycopg2.connect(self.dsn(dbname))) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(statement)

    def start(self) -> None:
        """Start the server over its data directory, for the first time or again, and wait until it answers.

        The port stays the same over restarts, so that addresses handed out before stay valid.

        Raises:
            PostgresError: it does not answer within a minute, or this is not the main thread.
        """
        if self._running:
            return
        if threading.current_thread() is not threading.main_thread():
            raise PostgresError("PostgreSQL запускается только из главного потока")
        deadline = time.monotonic() + _START_SECONDS
        first = self.port == 0
        while True:
            self.port = _free_port() if first else self.port
            log_before = self._log.stat().st_size if self._log.exists() else 0
            self._process = self._launch()
            if self._wait_until_ready(deadline):
                return
            complaint = self._log.read_bytes()[log_before:].decode(errors="replace").strip()[-500:]
            # A free port may be taken before we bind it; a killed server's port and memory may be held a moment longer.
            if "in use" not in complaint or time.monotonic() >= deadline:
                raise PostgresError(f"PostgreSQL не запустился: {complaint}")
            time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """Stop the server: sessions are cut off, what is committed is kept."""
        if self._process is None or not self._running:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the server with all its processes, as a crash of the machine would; `start` brings it back."""
        if self._process is None or not self._running:
            return
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="utf-8").split()
        self._process.kill()
        self._process.wait()
        for child in children:
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:  # it noticed the death of the server first
                continue

    def close(self) -> None:
        """Stop the server and remove everything it left."""
        self.stop()
        for folder in filter(None, (self.folder, self._memory)):
            shutil.rmtree(folder, ignore_errors=True)

    def _initdb(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password, encoding="utf-8")
        if self._user:
            os.chown(password_file, self._user.uid, self._user.gid)
        command = [str(self._binaries / "initdb"), "-D", str(self.data), "-U", SUPERUSER, "-A", "scram-sha-256"]
        command += ["--pwfile", str(password_file), "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            **self._surroundings(),
        )
        password_file.unlink()
        if done.returncode:
            raise PostgresError(f"initdb: {done.stdout.strip()[-500:]}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
        }
        options = [f"--{name}={value}" for name, value in (settings | self._settings).items()]
        owner = os.getpid()

        def die_with_owner() -> None:
            # Runs after the drop of privileges, which clears the death signal, and before the exec, which keeps it.
            if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT) != 0 or os.getppid() != owner:
                os._exit(1)

        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._binaries / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Only a C function and system calls run between fork and exec: no lock of another thread is needed.
                preexec_fn=die_with_owner,  # noqa: PLW1509
                **self._surroundings(),
            )

    def _wait_until_ready(self, deadline: float) -> bool:
        """Wait until the server answers to our password; return False if it ended or the time is over."""
        process = self._process
        while process is not None and process.poll() is None:
            try:
                psycopg2.connect(self.dsn(), connect_timeout=5).close()
            except psycopg2.OperationalError:
                if time.monotonic() >= deadline:
                    self.kill()
                    return False
                time.sleep(_LOOK_SECONDS)
            else:
                return True
        return False

    def _surroundings(self) -> dict[str, Any]:
        """Return how the programs run: where any user may be, as whom, and out of reach of the terminal's Ctrl-C."""
        surroundings: dict[str, Any] = {"cwd": "/", "env": _ENVIRONMENT, "start_new_session": True}
        if self._user:
            surroundings |= {"user": self._user.uid, "group": self._user.gid, "extra_groups": []}
        return surroundings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
