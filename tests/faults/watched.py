"""The daemon and the commands as processes that somebody watches: what they say, begin, leave lying about, and listen on."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path

from ers_sync.stand import forking
from ers_sync.stand.line import Line

_ALOUD = "tests.faults.aloud"  # never imported here: it takes the mask off for the whole process
_ROOT = Path(__file__).resolve().parents[2]
_LISTENS = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}  # states of /proc/net: LISTEN, and UDP without a peer
_ACCEPTS = 0x10000  # the flag of a socket of /proc/net/unix that listens


class Watcher:
    """Looks all the time at the command lines and environments of processes and of what they begin, and at a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: dict[str, bytes] = {}
        self._pids: set[int] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def follow(self, pid: int) -> None:
        """Watch a process and its children as well."""
        self._pids.add(pid)

    def stop(self) -> None:
        """Look no more."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self._pids = {pid for pid in self._pids if Path(f"/proc/{pid}").exists()}
            for pid in sorted(self._pids):
                for task in Path(f"/proc/{pid}/task").glob("*/children"):
                    self._pids.update(map(int, _read(task).split()))
                self._note(Path(f"/proc/{pid}/cmdline"))
                self._note(Path(f"/proc/{pid}/environ"))
            for path in self.folder.rglob("*"):
                self._note(path)

    def _note(self, path: Path) -> None:
        if content := _read(path):
            self.seen[str(path)] = content


def _read(path: Path) -> bytes:
    """Return what a file holds, nothing if it is none or has gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


class Watched:
    """A line whose daemon and commands write into `said-COMMAND` of a folder, and their temporary files into its `tmp`."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line, self.folder = line, folder
        for name in ("tmp", "cwd"):
            (folder / name).mkdir()
        self.watcher = Watcher(folder / "tmp")
        self._started: list[subprocess.Popen[bytes]] = []
        self._forked: list[forking.Process] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `ers-sync` with these words, as a shell or systemd would."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self._file(arguments[0]).open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", _ALOUD, *arguments, "--config", str(self.line.config)],
                cwd=self.folder / "cwd",
                env=environment | {"TMPDIR": str(self.watcher.folder), "PYTHONPATH": str(_ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self.watcher.follow(process.pid)
        self._started.append(process)
        return process

    def fork(self, *arguments: str) -> forking.Process:
        """Start `ers-sync` with these words without the seconds that its imports cost."""
        words = [*arguments, "--config", str(self.line.config)]
        process = forking.start(_aloud, self._file(arguments[0]), self.watcher.folder, words)
        self.watcher.follow(process.pid or 0)
        self._forked.append(process)
        return process

    def command(self, *arguments: str) -> None:
        """Run `ers-sync` with these words to its end."""
        process = self.fork(*arguments)
        process.join(60)
        assert not process.is_alive(), arguments

    def said(self, command: str = "run") -> str:
        """Return what a command, or the daemon, has said by now."""
        path = self._file(command)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _file(self, command: str) -> Path:
        return self.folder / f"said-{command}"

    def close(self) -> None:
        """End what still runs."""
        for process in self._started:
            process.kill()
            process.wait()
        for forked in self._forked:
            forked.kill()
            forked.join()
        self.watcher.stop()


def _aloud(*given: object) -> None:
    importlib.import_module(_ALOUD).into(*given)


def listening(pid: int) -> list[str]:
    """Return the addresses (as /proc/net writes them) that a process listens on by TCP, UDP or a socket of a file."""
    links = [_target(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    found = []
    for name, state in _LISTENS.items():
        rows = [line.split() for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]]
        found += [f"{name} {row[1]}" for row in rows if row[3] == state and row[9] in own]
    rows = [line.split() for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]]
    return found + [f"unix {row[6]}" for row in rows if int(row[3], 16) & _ACCEPTS and row[6] in own]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""
