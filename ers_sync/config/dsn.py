"""Connection strings of databases. Patients' data cross a network only over TLS whose other end has proven its name."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import psycopg2
from psycopg2.extensions import parse_dsn

from ers_sync.config.secrets import SecretError, read_secret
from ers_sync.config.storage import Tls


def database_dsn(path: Path, tls: Tls) -> str:
    """Return the connection string in a file.

    Raises:
        SecretError: it cannot be read, or leads to another machine without a verified TLS and `tls` does not allow that.
    """
    dsn = read_secret(path)
    if tls == "verify" and (host := unverified_host(dsn)):
        raise SecretError(
            f"Строка подключения в файле {path}: узел {host} – другая машина, а соединение с ним не проверяется. "
            "Допишите sslmode=verify-full и sslrootcert=ФАЙЛ (сертификат издателя) "
            "или поставьте tls: off в этом разделе настроек, если сеть защищена иначе"
        )
    return dsn


def unverified_host(dsn: str) -> str | None:
    """Return the host to which a connection string leads without `sslmode=verify-full`, None if that is this machine or it is no DSN."""
    try:
        parts = parse_dsn(dsn)
    except psycopg2.Error:
        return None  # said where it is used; the driver's text quotes it
    if parts.get("sslmode") == "verify-full":
        return None
    hosts = f"{parts.get('host', '')},{parts.get('hostaddr', '')}".split(",")
    return next((host for host in hosts if host and not _here(host)), None)


def _here(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
