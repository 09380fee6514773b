"""One connection to the Fund: HTTP requests served, or failed on purpose."""

from __future__ import annotations

import logging
import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import Any

from ers_sync.stand.fund.behaviours import Mischief, Rule, Stage
from ers_sync.stand.fund.faults import FaultKind, RefusedError, fault_body
from ers_sync.stand.fund.gateway import Answer, Gateway
from ers_sync.stand.fund.keeper import Keeper
from ers_sync.stand.fund.misbehaviour import XML, HttpReply, instead, twisted

_MAX_BODY = 20 * 1024 * 1024
_IDLE_SECONDS = 120
_logger = logging.getLogger(__name__)


class FundHandler(BaseHTTPRequestHandler):
    """One connection to the Fund."""

    protocol_version = "HTTP/1.1"
    server_version = "Fund"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, gateway: Gateway, mischief: Mischief, keeper: Keeper | None, *connection: Any) -> None:
        self._gateway, self._mischief, self._keeper = gateway, mischief, keeper
        super().__init__(*connection)

    def do_POST(self) -> None:
        """Serve one request, or fail as a rule says."""
        action = self.headers.get("SOAPAction", "").strip('"').rpartition("/")[2]
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MAX_BODY:
            self.close_connection = True
            self.send(HttpReply(411 if not length else 413, XML, b""))
            return
        rule = self._mischief.draw(action)
        if rule is None:
            self.send(self._serve(self.rfile.read(int(length)), action, None))
        elif rule.stage is Stage.BODY:
            self.rfile.read(int(length) // 2 if rule.behaviour == "reset_within" else 0)
            self._reset()
        else:
            self._fail(rule, self.rfile.read(int(length)), action)

    def do_GET(self) -> None:
        """The service takes POST only."""
        self.send(HttpReply(405, XML, b""))

    def send(self, reply: HttpReply) -> None:
        """Send a whole reply at once."""
        self._head(reply)
        self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """No access log: the journal has what matters."""

    def _serve(self, wire: bytes, action: str, rule: Rule | None) -> HttpReply:
        """Serve a request and form its reply; `rule` may twist the answer or delay the processing."""
        late = self._mischief.within(rule.seconds) if rule and rule.stage is Stage.PROCESSING else 0.0
        try:
            answer = self._gateway.serve(wire, action, late)
            if rule is not None and rule.stage is Stage.ANSWER:
                return HttpReply(200, XML, twisted(rule, self._gateway, answer))
            return HttpReply(200, XML, self._seal(answer, wire))
        except RefusedError as refused:
            return HttpReply(500, XML, fault_body(refused.kind, refused.text, refused.code))
        except Exception:
            _logger.exception("fund.request_failed")
            return HttpReply(500, XML, fault_body(FaultKind.INTERNAL, "internal error"))

    def _seal(self, answer: Answer, request_wire: bytes) -> bytes:
        signed, wire = self._gateway.seal(answer)
        if self._keeper is not None:
            self._keeper.keep(answer, request_wire, signed, wire)
        return wire

    def _fail(self, rule: Rule, wire: bytes, action: str) -> None:
        reply = self._serve(wire, action, rule) if rule.accepts else None
        match rule.stage:
            case Stage.INSTEAD if rule.behaviour == "never_answer":
                self._mischief.pause(None)
                self._reset()
            case Stage.INSTEAD:
                other = instead(rule)
                if other is None:
                    self._reset()
                else:
                    self.send(other)
            case Stage.SENDING:
                self._send_badly(rule, reply)
            case _:
                self.send(reply or HttpReply(503, XML, b""))

    def _send_badly(self, rule: Rule, reply: HttpReply | None) -> None:
        reply = reply or HttpReply(503, XML, b"")
        if rule.behaviour == "slow":
            self._mischief.pause(rule.seconds)
            self.send(reply)
        elif rule.behaviour == "truncated":
            self._head(reply)
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.close_connection = True
        else:
            self._head(reply)
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                self._mischief.pause(rule.seconds / len(reply.body))

    def _head(self, reply: HttpReply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.retry_after is not None:
            self.send_header("Retry-After", f"{reply.retry_after:.0f}")
        self.end_headers()

    def _reset(self) -> None:
        """End the connection with RST (RFC 793): linger on, with no time to linger."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
