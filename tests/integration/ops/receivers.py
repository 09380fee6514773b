"""Who receives alerts in the tests: a mail server, and Sentry's protocol spoken by kent, each a real server on a port."""

from __future__ import annotations

import gzip
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

import httpx


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters by SMTP (RFC 5321) and keeps them; `refuses` makes it answer 451 to the text."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.refuses = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for to, letter in self.letters if address in to]


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("MailServer", self.server)
        to: list[str] = []
        self._say("220 test")
        for raw in self.rfile:
            line = raw.decode().strip()
            verb = line[:4].upper()
            if verb == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                body = self._body()
                if server.refuses:
                    self._say("451 not now")
                    continue
                server.letters.append((list(to), message_from_bytes(body, policy=policy.default)))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Envelopes(ThreadingHTTPServer):
    """Keeps everything that is sent to Sentry as it came, unpacked (kent keeps a hundred, parsed); it answers after so many seconds."""

    daemon_threads = True

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        super().__init__(("127.0.0.1", 0), _Envelope)
        self.received: list[bytes] = []
        self.dsn = f"http://public@127.0.0.1:{self.server_port}/1"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Envelope(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        cast("Envelopes", self.server).received.append(gzip.decompress(body) if packed else body)
        sleep(cast("Envelopes", self.server).seconds)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Kent:
    """Sentry's ingestion as the package kent speaks it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.dsn = f"http://public@127.0.0.1:{port}/1"

    def bodies(self) -> list[dict[str, Any]]:
        """Return the payloads that arrived, the newest last."""
        listed = httpx.get(f"{self.url}/api/eventlist/").json()["events"]
        found = [httpx.get(f"{self.url}/api/event/{row['event_id']}").json()["payload"] for row in listed]
        return [payload["body"] for payload in found]


@contextmanager
def kent() -> Iterator[Kent]:
    """Run kent in a process of its own on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).parent / "kent-server"
    command = [str(program), "run", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield Kent(port)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = monotonic() + 30
    while process.poll() is None and monotonic() < ends:
        with socket.socket() as channel:
            channel.settimeout(1)
            if channel.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError("kent does not listen")
