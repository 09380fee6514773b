"""The commands, a module for each group; every module adds its own to the parser."""

from __future__ import annotations

from ers_sync.commands import audit, check, completion, contracts, decisions, jobs, report, requests, service, stand

COMMANDS = (service, check, jobs, report, requests, decisions, contracts, audit, stand, completion)
