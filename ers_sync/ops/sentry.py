"""Errors to Sentry with nothing personal in them: an allow-list of fields, types and places instead of texts.

Not sending what the SDK calls personal (its default) is not enough: a patient's СНИЛС still travels in local variables, breadcrumbs,
exception texts, log arguments and chained causes. So an event is built anew from the few fields that cannot hold it.
"""

from __future__ import annotations

import logging
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.crons import MonitorStatus
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.transport import HttpTransport
from sentry_sdk.utils import BadDsn

from ers_sync.config import read_secret
from ers_sync.ops.logging_setup import event as log_event
from ers_sync.ops.masking import mask

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

_log = logging.getLogger(__name__)

_KEPT = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "server_name", "sdk")
_FRAME = ("filename", "module", "function", "lineno", "in_app")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_OURS = "ers_alert"  # the hint that marks a text written here, with nothing personal in it
FLUSH_SECONDS = 15.0
AGAIN_SECONDS = 0.1


class SentryError(Exception):
    """Sentry cannot be used; the text is Russian and does not quote the DSN."""


def start_sentry(
    dsn: str, *, release: str, environment: str, transport: type[Transport] | Transport | None = None
) -> None:
    """Report errors (exceptions nobody caught, records of level ERROR) to the project that `dsn` names.

    Raises:
        SentryError: it is no DSN.
    """
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            environment=environment,
            transport=transport or CountingTransport,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            # named one by one: the default set adds arguments of the command line, the automatic one HTTP and SQL
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                AtexitIntegration(callback=lambda _pending, _timeout: None),
                DedupeIntegration(),
                ExcepthookIntegration(),
                ThreadingIntegration(),
                LoggingIntegration(level=None, event_level=logging.ERROR),
            ],
            before_send=_before_send,
        )
    except BadDsn:
        raise SentryError("DSN Sentry записан неверно: скопируйте его из настроек проекта Sentry целиком") from None


class CountingTransport(HttpTransport):
    """Counts what did not get through: the SDK itself drops it in silence."""

    dropped = 0

    def on_dropped_event(self, _reason: str) -> None:
        """Count."""
        self.dropped += 1


def ensure(dsn_file: Path | None) -> None:
    """Start reporting to the project whose DSN is in a file, unless that was done before or there is no file.

    Raises:
        SentryError: it is no DSN.
        SecretError: the file cannot be read.
    """
    if dsn_file is not None and sentry_sdk.get_client().transport is None:
        start_sentry(read_secret(dsn_file), release=f"ers-sync@{version('ers-sync')}", environment="production")


def tell(subject: str, text: str, *, key: str, code: str, event: str) -> None:
    """Send an alert of our own words; those of one `key` are one issue. `event` is opened, worse or closed."""
    told: Event = {
        "message": f"{subject}\n\n{text}",
        "level": "info" if event == "closed" else "error",
        "logger": "ers_sync.alerts",
        "fingerprint": ["incident", key],
        "tags": {"code": code, "event": event},
    }
    sentry_sdk.capture_event(told, hint={_OURS: True})


def delivered() -> None:
    """Wait until all that was told has arrived. Raise SentryError if something of it did not."""
    client = sentry_sdk.get_client()
    transport = client.transport
    late: list[int] = []
    client.flush(timeout=FLUSH_SECONDS)
    # the SDK calls back as soon as a tenth of a second was not enough, and says nothing of what came of it: so it is asked once more
    client.flush(timeout=AGAIN_SECONDS, callback=lambda pending, _seconds: late.append(pending))
    lost = transport.dropped if isinstance(transport, CountingTransport) else 0
    if isinstance(transport, CountingTransport):
        transport.dropped = 0
    if late or lost:
        raise SentryError("Sentry не принимает события")


def check_in(job: str, *, ok: bool, seconds: float) -> None:
    """Tell Sentry's crons that a job has run; silence is then noticed there."""
    sentry_sdk.crons.capture_checkin(
        monitor_slug=f"ers-sync-{job}", status=MonitorStatus.OK if ok else MonitorStatus.ERROR, duration=seconds
    )


def _before_send(event: Event, hint: Hint) -> Event | None:
    """Return what may be sent. Whatever goes wrong here, an event goes out: the SDK drops silently what raises."""
    if event.get("type") == "check_in":
        return event
    try:
        kept = _scrubbed(event)
        if hint.get(_OURS):
            kept |= {"message": mask(str(event["message"])), "fingerprint": event["fingerprint"]}
    except Exception:  # noqa: BLE001 - see above
        log_event(_log, logging.WARNING, "sentry.scrub_failed")
        return {"event_id": event.get("event_id", ""), "level": "error", "message": "sentry.scrub_failed"}
    return kept


def _scrubbed(event: Event) -> Event:
    known: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {key: known[key] for key in _KEPT if key in known}
    message = known.get("message") or known.get("logentry", {}).get("message")
    if message:
        # an action of our own log is one word; a sentence may quote anything
        kept["message"] = _word(message) or "library"
    tags = {key: _word(value) for key, value in dict(known.get("tags", {})).items()}
    kept["tags"] = {key: value for key, value in tags.items() if value and _word(key)}
    values = known.get("exception", {}).get("values", [])
    if values:
        kept["exception"] = {"values": [_exception(value) for value in values]}
    return kept  # type: ignore[return-value] # a TypedDict built key by key


def _word(value: object) -> str | None:
    text = str(value)
    return text if _WORD.fullmatch(text) and mask(text) == text else None


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    mechanism = value.get("mechanism") or {}
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "mechanism": {key: mechanism[key] for key in ("type", "handled") if key in mechanism},
        "stacktrace": {"frames": [{key: frame[key] for key in _FRAME if key in frame} for frame in frames]},
    }
