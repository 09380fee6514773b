"""The table of log lines and the code agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ers_sync.ops.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[3]
OF_THE_FORMATTER = {"library", "log.failed"}


def code() -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield every module of the product with everything in it."""
    for path in [*(ROOT / "ers_sync").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]:
        yield str(path.relative_to(ROOT)), list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def actions_in(node: ast.AST) -> set[str]:
    found = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return {text for text in found if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)}


def events() -> Iterator[tuple[str, set[str]]]:
    """Yield where every `event(logger, level, action, …)` stands, and what its action may be.

    An action that a function has chosen is one of those that the functions of its module return.
    """
    for name, nodes in code():
        returned = {action for node in nodes if isinstance(node, ast.Return) for action in actions_in(node)}
        for node in nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"event", "log_event"}
            ):
                yield f"{name}:{node.lineno}", actions_in(node.args[2]) or returned


def test_every_action_of_the_code_is_in_the_table_and_the_other_way_round() -> None:
    said = dict(events())
    assert len(said) > 25
    assert [where for where, actions in said.items() if not actions] == []
    assert set().union(*said.values()) | OF_THE_FORMATTER == set(ACTIONS)


def test_nobody_logs_past_the_events() -> None:
    """A line that is not an event has no action."""
    past = [
        f"{name}:{node.lineno}"
        for name, nodes in code()
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "_log", "logging", "logger"}
        and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
    ]
    assert past == []
