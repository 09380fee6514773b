"""Mutation testing of the state module: `ledger/requests.py`, its SQL, and the table of transitions. Run by hand.

Each mutant changes one thing; the model of tests/faults/test_state_machine.py, the tests of claims and those of the table must see it.
Prints the survivors. `python -m tools.mutate 1/3` tries every third of them, from the first on.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from ers_sync.domain import states
from ers_sync.files import named_queries
from ers_sync.ledger import database, requests
from ers_sync.stand.postgres import PrivatePostgres
from tests.faults import test_claims, test_state_machine
from tests.unit.domain import test_states

EXAMPLES = 40
SQL = {
    "hospitals_ready",
    "claim_ready",
    "claim_waiting",
    "move",
    "last_attempt",
    "put_off",
    "orphans",
    "doubt",
    "let_go_of_all",
    "annulled",
}
_SWAPS = [
    (r" <= now\(\)", " > now()"),
    (r" < now\(\)", " > now()"),
    (r"^\s*and .*$", ""),
    (r"\band (?=[a-z(])", "or "),
    (r"\bor (?=[a-z(])", "and "),
    (r"\+ 1\b", "+ 0"),
    (r"(failures|attempts) \+", r"\1 -"),
    (r"coalesce\((:\w+), (\w+)\)", r"coalesce(\2, \1)"),
    (r"coalesce\((:\w+), (\w+)\)", r"\2"),
    (r"\+ make_interval", "- make_interval"),
    (r"lease_token = null", "lease_token = lease_token"),
    (r"lease_until = null", "lease_until = lease_until"),
    (r"due_at = now\(\)", "due_at = due_at"),
    (r"state_since = now\(\)", "state_since = state_since"),
    (r"then null else", "then null::text else"),
    (r"desc|nulls last", ""),
    (r"limit :\w+", ""),
    (r"'SENDING'", "'READY'"),
    (r"'UNKNOWN'", "'READY'"),
    (r"'DONE'", "'REJECTED'"),
    (r"<> 'SENDING'", "= 'SENDING'"),
    (r"else 0 end", "else 1 end"),
    (r"else failures", "else 0"),
]

Mutant = tuple[str, Callable[[], None], Callable[[], None]]


def main() -> int:
    """Try every mutant, or a part of them, and print what lives."""
    part, _, parts = (sys.argv[1] if len(sys.argv) > 1 else "1/1").partition("/")
    with PrivatePostgres(durable=False) as postgres:
        test_claims.build_ledger(postgres.create_database("template_of_all"))
        numbers = iter(range(100_000))

        def alive() -> bool:
            dsn = postgres.create_database(f"m{next(numbers)}", "template_of_all")
            engine = database.connect(dsn)
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    return _passes(engine)
            finally:
                engine.dispose()

        if not alive():
            print("the tests fail without any mutant")
            return 1
        tried, living = 0, []
        mutants = [*_of_table(), *_of_sql(), *_of_module()]
        for name, make, undo in mutants[int(part) - 1 :: int(parts)]:
            make()
            tried += 1
            if alive():
                living.append(name)
                print(f"ALIVE {name}", flush=True)
            undo()
    print(f"{tried} mutants, {len(living)} alive ({100 * len(living) / tried:.0f} %)")
    return 0


def _passes(engine: Engine) -> bool:
    try:
        test_states.test_the_diagram_and_the_table_are_one()
        for test in (
            test_claims.test_within_a_hospital_deadlines_go_first,
            test_claims.test_every_hospital_gets_its_turn_in_one_claim,
            test_claims.test_no_more_is_taken_than_was_asked_for,
            test_claims.test_what_waits_is_asked_about_at_once_after_a_restore,
            test_claims.test_long_overdue_backlogs_starve_nobody,
            test_claims.test_a_step_writes_what_it_brings_and_leaves_the_rest,
            test_claims.test_what_is_claimed_is_what_stands_there,
            test_claims.test_a_visit_is_annulled_once,
            test_claims.test_an_orphan_is_nobodys_and_its_age_begins_anew,
            test_claims.test_who_holds_a_request_puts_off_that_one_alone,
        ):
            with engine.connect() as connection, connection.begin() as transaction:
                test(connection)
                transaction.rollback()
        test_state_machine.Requests.engine = engine
        run_state_machine_as_test(
            test_state_machine.Requests,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=40,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever the tests say, the mutant is dead
        return False
    return True


def _of_table() -> Iterator[Mutant]:
    for state, targets in list(states.TRANSITIONS.items()):
        for other in states.State:
            changed = targets ^ {other}
            yield (
                f"table: {state} → {other} {'gone' if other in targets else 'new'}",
                lambda state=state, changed=changed: states.TRANSITIONS.__setitem__(state, changed),  # type: ignore[misc]
                lambda state=state, targets=targets: states.TRANSITIONS.__setitem__(state, targets),  # type: ignore[misc]
            )


def _of_sql() -> Iterator[Mutant]:
    original = dict(named_queries("sql/queries/requests.sql"))
    for name in sorted(SQL):
        seen = {original[name]}
        for pattern, new in _SWAPS:
            for match in re.finditer(pattern, original[name], re.MULTILINE):
                text = original[name][: match.start()] + match.expand(new) + original[name][match.end() :]
                if text in seen:
                    continue
                seen.add(text)
                yield (
                    f"sql {name}: «{match.group().strip()}» → «{match.expand(new).strip()}»",
                    lambda name=name, text=text: _put(original | {name: text}),  # type: ignore[misc]
                    lambda: _put(original),
                )


def _put(queries: dict[str, str]) -> None:
    database.__dict__["named_queries"] = lambda path: queries if path.endswith("/requests.sql") else named_queries(path)
    database._statement.cache_clear()  # noqa: SLF001 - a mutant is put in its place


def _of_module() -> Iterator[Mutant]:
    source = Path(requests.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    names = [
        "claim_ready",
        "claim_waiting",
        "move",
        "move_late",
        "put_off",
        "orphans",
        "doubt_all",
        "annulled",
        "_claimed",
    ]
    kept = {name: getattr(requests, name) for name in names}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names):
        for number, (what, mutated) in enumerate(_mutations(function)):
            code = compile(ast.fix_missing_locations(ast.Module([mutated], [])), requests.__file__, "exec")

            def make(code: CodeType = code) -> None:
                exec(code, requests.__dict__)  # noqa: S102 - a mutant is put in its place

            yield f"{function.name} #{number}: {what}", make, lambda: requests.__dict__.update(kept)


def _mutations(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the function with one thing changed: a comparison, a condition, a number, a value that is handed on."""
    for position, node in enumerate(ast.walk(function)):
        for what, change in _changes(node):
            twin = copy.deepcopy(function)
            change(list(ast.walk(twin))[position])
            yield f"line {getattr(node, 'lineno', 0)}: {what}", twin


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Compare):
        turned = {ast.NotIn: ast.In, ast.In: ast.NotIn, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
        if other := turned.get(type(node.ops[0])):
            yield "comparison turned", lambda twin: setattr(twin, "ops", [other()])
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition turned", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        yield f"{node.value} + 1", lambda twin: setattr(twin, "value", twin.value + 1)  # type: ignore[attr-defined]
    if isinstance(node, ast.BoolOp):
        yield "and ⇄ or", lambda twin: setattr(twin, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield "+ ⇄ -", lambda twin: setattr(twin, "op", ast.Sub() if isinstance(node.op, ast.Add) else ast.Add())
    if isinstance(node, ast.keyword) and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield f"{node.arg} = None", lambda twin: setattr(twin, "value", ast.Constant(None))


if __name__ == "__main__":
    sys.exit(main())
