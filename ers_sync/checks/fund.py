"""The Fund: its endpoints answer, our keys sign. No request and no question is sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from ers_sync.checks.machine import drift
from ers_sync.checks.result import Check
from ers_sync.config import SecretError, read_secret
from ers_sync.context import Context
from ers_sync.fss.outcomes import http_date
from ers_sync.watching.incident import REREAD

SECONDS = 10.0


def endpoints(context: Context) -> Iterator[Check]:
    """Yield whether something speaks HTTP at each endpoint, TLS verified, and what its clock says."""
    for endpoint in context.config.fss.endpoints:
        host = urlsplit(endpoint.url).netloc
        try:
            status, date = _get(context, endpoint.url)
        except (httpx.HTTPError, SecretError, OSError) as error:
            yield Check(
                f"Фонд: {host}",
                ok=False,
                found=_reason(error),
                to_do="проверьте сеть, прокси (fss.proxy) и корневые сертификаты (fss.ca_file)",
            )
            continue
        yield Check(f"Фонд: {host}", ok=True, found=f"отвечает (HTTP {status})")
        if date is not None and not endpoint.test_contour:
            yield drift(f"Фонд ({host})", (date - datetime.now(UTC)).total_seconds())


def _get(context: Context, url: str) -> tuple[int, datetime | None]:
    """Return the status and the date of a reply, whose body is not read: it may have no end."""
    fss = context.config.fss
    proxy = None
    if fss.proxy:
        password = read_secret(fss.proxy.password_file) if fss.proxy.password_file else ""
        proxy = httpx.Proxy(fss.proxy.url, auth=(fss.proxy.user, password) if fss.proxy.user else None)
    verify = ssl.create_default_context(cafile=str(fss.ca_file) if fss.ca_file else None)
    with (
        httpx.Client(verify=verify, proxy=proxy, timeout=SECONDS, trust_env=False) as client,
        client.stream("GET", url) as reply,
    ):
        return reply.status_code, http_date(reply.headers.get("date", ""))


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "нет ответа за 10 секунд"
    if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE_VERIFY" in str(error):
        return "сертификат TLS не проходит проверку"
    return f"нет соединения ({type(error).__name__})"


def keys(context: Context) -> Iterator[Check]:
    """Yield what each hospital signs with and until when; what is wrong is told by the incidents."""
    ring, now = context.keyring, context.clock()
    broken = ring.problems(now)
    for problem in broken:
        yield Check(
            "ключи и сертификаты",
            ok=False,
            found=problem.text,
            to_do=f"Исправьте файлы. {REREAD}",
        )
    if not broken:
        yield Check("ключи и сертификаты", ok=True, found=f"подписать могут все; сертификатов Фонда: {len(ring.fund)}")
