"""One line of the list that `ers-sync check` makes, after barman's: what was looked at, whether it is well, what to do if not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at (Russian), whether it is well, what was found, and what a person must do where it is not."""

    name: str
    ok: bool
    found: str = ""
    to_do: str = ""


def as_text(checks: Sequence[Check]) -> str:
    """Return the list for a person."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{'хорошо' if check.ok else 'ПЛОХО '}  {check.name.ljust(width)}  {check.found}".rstrip())
        if not check.ok and check.to_do:
            lines.append(f"{' ' * 8}→ {check.to_do}")
    bad = sum(not check.ok for check in checks)
    return "\n".join([*lines, "", f"Проверок: {len(checks)}, плохо: {bad}"])


def as_json(checks: Sequence[Check]) -> str:
    """Return the list for a program."""
    return json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2)


def as_nagios(checks: Sequence[Check]) -> str:
    """Return one line with the state, then a line for each bad check; `|` would begin Nagios' performance data."""
    bad = [check for check in checks if not check.ok]
    figures = f"checks={len(checks)} bad={len(bad)}"
    if not bad:
        return f"ERS-SYNC OK - проверок {len(checks)} | {figures}"
    named = ", ".join(dict.fromkeys(check.name for check in bad)).replace("|", "/")
    lines = [f"{check.name}: {check.found}".replace("|", "/").replace("\n", " ") for check in bad]
    return "\n".join([f"ERS-SYNC CRITICAL - {named} | {figures}", *lines])
