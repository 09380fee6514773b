"""One file for support: versions, settings without secrets, checks, counts. Built of an allow-list; nothing personal is read for it."""

from __future__ import annotations

import json
import platform
import ssl
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError

from ers_sync.checks.run import run
from ers_sync.config import Config, ConfigError, SecretError, load
from ers_sync.context import build
from ers_sync.ledger.database import LedgerError, require_schema, rows
from ers_sync.ops.masking import mask

# counts and words of our own: no column here holds what РАМ or the Fund says of a person
TABLES: Mapping[str, tuple[str, str]] = {
    "requests": ("requests", "by_kind_and_state"),
    "unfinished": ("watch", "states"),
    "jobs": ("watch", "jobs"),
    "exchanges_last_day": ("watch", "exchanges"),
    "incidents": ("watch", "open_incidents"),
    "outages": ("watch", "outages"),
    "brakes": ("watch", "brakes_on"),
    "refusals": ("watch", "refusals"),
    "lineage": ("lineage", "known"),
    "recent_failures": ("watch", "recent_failures"),
}


def make(path: Path) -> str:
    """Return the file's text, JSON, for the configuration in `path`, however much of the site works."""
    found: dict[str, Any] = {
        "made_at": datetime.now(UTC).isoformat(),
        "versions": _versions(),
        "checks": [asdict(check) for check in run(path)],
    }
    try:
        config = load(path)
        found["settings"] = _settings(config)
        found["ledger"] = _ledger(config)
    except (ConfigError, SecretError, LedgerError) as error:
        found["stopped_at"] = type(error).__name__
    except (ArgumentError, DBAPIError):
        found["stopped_at"] = "ledger"
    # the last resort; the allow-list is the rule
    return mask(json.dumps(found, ensure_ascii=False, indent=1, default=str)) + "\n"


def _versions() -> dict[str, Any]:
    packages = {dist.metadata["Name"]: dist.version for dist in distributions()}
    return {
        "ers_sync": version("ers-sync"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "openssl": ssl.OPENSSL_VERSION,
        "packages": dict(sorted(packages.items())),
    }


def _settings(config: Config) -> dict[str, Any]:
    """Return what matters of the settings; names of files, people's addresses and hosts stay here."""
    return {
        "mode": config.mode,
        "timezone": config.timezone.key,
        "scan": config.ram.scan,
        "own_queries": config.ram.queries_dir is not None,
        "provider": config.fss.provider,
        "endpoints": len(config.fss.endpoints),
        "proxy": config.fss.proxy is not None,
        "profile": config.fss.profile.model_dump(mode="json"),
        "hospitals": [{"id": row.id, "start_from": row.start_from.isoformat()} for row in config.hospitals],
        "schedule": config.schedule.model_dump(mode="json"),
        "alerts": {name: value is not None for name, value in config.alerts},
        "metrics": {name: value is not None for name, value in config.metrics},
    }


def _ledger(config: Config) -> dict[str, Any]:
    context = build(config)
    try:
        require_schema(context.ledger)
        with context.ledger.connect() as connection:
            return {name: _table(connection, *query) for name, query in TABLES.items()}
    finally:
        context.close()


def _table(connection: Connection, file: str, name: str) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in rows(connection, file, name)]  # noqa: SLF001 - SQLAlchemy's public name
