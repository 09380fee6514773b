"""Carries what is to be said to each channel; one that fails is tried again by the next run, and the others go on."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ers_sync.config import read_secret
from ers_sync.context import Context
from ers_sync.ledger.database import rows, run
from ers_sync.ops import command, mail, sentry
from ers_sync.ops.logging_setup import event
from ers_sync.watching.incident import Code
from ers_sync.watching.tell import Message, Notice, message

SITE = "ers-sync"

log = logging.getLogger(__name__)

Send = Callable[[Sequence[Notice], Message], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to somebody: its name in `ers.notice`, and what sends. `send` raises OSError or a kin of it where it cannot."""

    name: str
    send: Send


def names(context: Context) -> dict[int | None, list[str]]:
    """Return the channels by hospital; None is the on-call."""
    alerts = context.config.alerts
    duty = [
        *(["sentry"] if alerts.sentry_dsn_file else []),
        *(["mail"] if alerts.mail else []),
        *(["command"] if alerts.command else []),
    ]
    found: dict[int | None, list[str]] = {None: duty}
    for hospital in context.config.hospitals:
        if hospital.alerts_to:
            found[hospital.id] = [f"mail:{hospital.alerts_to}"]
    return found


def everything(context: Context) -> Counter[str]:
    """Send what has not been said yet on every channel, one message each; return how many went out and how many did not."""
    done: Counter[str] = Counter()
    for channel in _channels(context):
        notices = _waiting(context, channel.name)
        if not notices:
            continue
        try:
            channel.send(notices, message(notices, context.config.timezone, SITE))
        except Exception as error:  # noqa: BLE001 - whatever a channel stumbles over, the others and the daemon go on
            done["not_delivered"] += 1
            kind = channel.name.partition(":")[0]
            event(log, logging.WARNING, "alert.not_delivered", channel=kind, notices=len(notices), exc_info=error)
            continue
        done["delivered"] += 1
        with context.ledger.begin() as connection:
            run(connection, "watch", "delivered", ids=[notice.id for notice in notices])
    return done


def _waiting(context: Context, channel: str) -> list[Notice]:
    with context.ledger.connect() as connection:
        found = rows(connection, "watch", "notices", channel=channel)
    return [Notice(r.id, r.event, Code(r.code), r.key, r.about, r.opened_at, r.closed_at) for r in found]


def _channels(context: Context) -> list[Channel]:
    senders: Mapping[str, Send] = {"sentry": _sentry(context), "mail": _mail(context, None), "command": _run(context)}
    found = []
    for listed in names(context).values():
        for name in listed:
            kind, _, address = name.partition(":")
            found.append(Channel(name, _mail(context, address) if address else senders[kind]))
    # one address for several hospitals is one channel
    return list({channel.name: channel for channel in found}.values())


def _mail(context: Context, address: str | None) -> Send:
    def send(_: Sequence[Notice], said: Message) -> None:
        server = context.config.alerts.mail
        if server is None:
            raise LookupError("alerts.mail")
        password = read_secret(server.password_file) if server.password_file else None
        to = [address] if address else list(server.to)
        where = mail.Server(server.host, server.port, server.tls, server.user, password)
        mail.send(where, server.sender, to, said.subject, said.text)

    return send


def _run(context: Context) -> Send:
    def send(_: Sequence[Notice], said: Message) -> None:
        command.run(context.config.alerts.command or (), f"{said.subject}\n\n{said.text}")

    return send


def _sentry(context: Context) -> Send:
    def send(notices: Sequence[Notice], _: Message) -> None:
        sentry.ensure(context.config.alerts.sentry_dsn_file)
        for notice in notices:
            # one issue an incident, so that Sentry groups its beginning and its end
            one = message([notice], context.config.timezone, SITE)
            sentry.tell(one.subject, one.text, key=notice.key, code=notice.code, event=notice.event)
        sentry.delivered()

    return send
