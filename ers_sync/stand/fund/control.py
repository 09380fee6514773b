"""The control endpoint, on a port of its own that never fails: fault rules, the seed, the clock, the queue.

GET  /faults   the rules in force, each with `used`      PUT  /faults  a list of rules; [] = behave well
POST /seed     {"seed": {…}, "names": {…}}, as `seed.py`  POST /clock   {"at": ISO time}
GET  /queue    {"loaded": puts ever taken in, "waiting": those not processed yet, "now": business time}
"""

from __future__ import annotations

import json
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from ers_sync.stand.fund.behaviours import Mischief, Stage
from ers_sync.stand.fund.desk import Desk
from ers_sync.stand.fund.entrance import Identity
from ers_sync.stand.fund.listener import Front
from ers_sync.stand.fund.misbehaviour import prepare


class ControlHandler(BaseHTTPRequestHandler):
    """One connection to the control endpoint."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def __init__(self, desk: Desk, identity: Identity, mischief: Mischief, front: Front, *connection: Any) -> None:
        self._desk, self._identity, self._mischief, self._front = desk, identity, mischief, front
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Answer what is in force."""
        if self.path == "/faults":
            self._send(200, self._mischief.report())
        elif self.path == "/queue":
            loaded, waiting = self._desk.counts()
            self._send(200, {"loaded": loaded, "waiting": waiting, "now": self._desk.clock.now().isoformat()})
        else:
            self._send(404, {"error": "no such page"})

    def do_PUT(self) -> None:
        """Put other rules in force."""
        self._change()

    def do_POST(self) -> None:
        """Plant a seed, set the clock."""
        self._change()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """No access log."""

    def _change(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            self._act(body)
        except (ValueError, KeyError) as error:
            self._send(400, {"error": str(error)})
        else:
            self._desk.sync()
            self._send(200, {})

    def _act(self, body: bytes) -> None:
        match self.command, self.path:
            case "PUT", "/faults":
                rules = self._mischief.replace(body)
                prepare(rules, self._identity)
                self._front.set_open(all(rule.stage is not Stage.LISTENER for rule in rules))
            case "POST", "/seed":
                wanted = json.loads(body)
                self._desk.plant(json.dumps(wanted.get("seed", {})), json.dumps(wanted.get("names", {})))
            case "POST", "/clock":
                self._desk.set_clock(datetime.fromisoformat(json.loads(body)["at"]))
            case _:
                raise ValueError("no such command")

    def _send(self, status: int, value: Any) -> None:
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
