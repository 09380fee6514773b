"""One POST to the Fund over HTTP, which ends in a reply, in "never sent" or in "perhaps sent". It never repeats anything by itself."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpcore
import httpx

from ers_sync.fss.deadline import DeadlineBackend

_MAX_TEXT = 300
_NEVER_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpx.InvalidURL,
)
_PERHAPS_SENT = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


class NeverSentError(Exception):
    """No connection was made: the Fund has seen nothing of the request."""


class PerhapsSentError(Exception):
    """The connection was made and broke, stalled or ran over: the Fund may have the request."""


@dataclass(frozen=True, slots=True)
class TransportSettings:
    """Times are in seconds; `total` bounds the whole exchange, however slowly bytes come.

    There are never more than `connections` at once: who comes later waits, for `total` at most, and has the whole time of an exchange then.

    `proxy` is the URL of an HTTP proxy, with user and password for Basic authorisation where it wants them; `ca_file` holds the
    authorities that may vouch for the Fund's TLS certificate, instead of the system's.
    """

    connect: float = 10.0
    read: float = 60.0
    write: float = 60.0
    total: float = 120.0
    max_answer_bytes: int = 10 * 1024 * 1024
    proxy: str | None = None
    proxy_user: str | None = None
    proxy_password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    connections: int = 16


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport:
    """Connections to the Fund's endpoints; safe to share between threads.

    Every exchange has a connection of its own: one that the Fund closes while it idles would make a request "perhaps sent" that never
    left, and such a request waits for hours until its fate is known. A new connection costs milliseconds.
    """

    def __init__(self, settings: TransportSettings, user_agent: str = "ers-sync") -> None:
        self._settings = settings
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(cafile=settings.ca_file),
            proxy=_proxy(settings),
            max_connections=settings.connections,
            network_backend=DeadlineBackend(settings.total),
        )
        self._headers: dict[bytes | str, bytes | str] = {
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": user_agent,
        }
        self._extensions = {
            "timeout": {
                "connect": settings.connect,
                "read": settings.read,
                "write": settings.write,
                "pool": settings.total,
            }
        }

    def post(self, url: str, body: bytes, soap_action: str) -> Reply:
        """Send a SOAP message once.

        Raises:
            NeverSentError: no connection was made.
            PerhapsSentError: the connection was made, but no whole answer came within the times and the size.
        """
        headers = {**self._headers, "Content-Type": "text/xml; charset=UTF-8", "SOAPAction": f'"{soap_action}"'}
        try:
            with self._pool.stream(
                "POST", _address(url), headers=headers, content=body, extensions=self._extensions
            ) as response:
                return Reply(response.status, _plain(response.headers), self._read(response))
        except _NEVER_SENT as error:
            raise NeverSentError(_describe(error)) from error
        except _PERHAPS_SENT as error:
            raise PerhapsSentError(_describe(error)) from error

    def _read(self, response: httpcore.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > self._settings.max_answer_bytes:
                raise PerhapsSentError("the answer is too large")
        return bytes(body)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _proxy(settings: TransportSettings) -> httpcore.Proxy | None:
    if settings.proxy is None:
        return None
    auth = (settings.proxy_user.encode(), (settings.proxy_password or "").encode()) if settings.proxy_user else None
    return httpcore.Proxy(_address(settings.proxy), auth=auth)


@lru_cache(maxsize=16)  # of endpoints there are a few
def _address(url: str) -> httpcore.URL:
    """Return a URL, with a name in Russian in its DNS form. Raise httpx.InvalidURL."""
    parsed = httpx.URL(url)
    return httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)


def _plain(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("ascii").lower(): value.decode("iso-8859-1") for name, value in headers}


def _describe(error: Exception) -> str:
    """Say what happened; a text that quotes the server is cut."""
    return f"{type(error).__name__}: {error}"[:_MAX_TEXT]
