"""One letter by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over; `tls` is none, starttls or tls, verified by the system's authorities."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def send(server: Server, sender: str, to: Sequence[str], subject: str, text: str) -> None:
    """Send a letter to all of `to`.

    Raises:
        OSError: the server cannot be reached, or does not take the letter for everybody (smtplib's exceptions are such).
    """
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, ", ".join(to), subject
    letter["Date"], letter["Message-ID"] = formatdate(localtime=True), make_msgid(domain=sender.rpartition("@")[2])
    # no robot answers it (RFC 3834)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    with _connect(server) as channel:
        if server.tls == "starttls":
            channel.starttls(context=ssl.create_default_context())
        if server.user and server.password:
            channel.login(server.user, server.password)
        refused = channel.send_message(letter)
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


def _connect(server: Server) -> smtplib.SMTP:
    if server.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)
