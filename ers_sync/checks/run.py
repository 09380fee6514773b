"""All checks in order: what the machine has, the databases, the Fund, and what goes wrong in the work itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError

from ers_sync.checks import databases, fund, machine
from ers_sync.checks.result import Check
from ers_sync.config import ConfigError, SecretError, load
from ers_sync.context import Context, build
from ers_sync.watching import find
from ers_sync.watching.incident import WORDS, Code, Incident

# What of the work is listed, and in which words: every kind stands there, also when all is well.
WORK: dict[str, tuple[Code, ...]] = {
    "задания вовремя": (Code.JOB_LATE, Code.JOB_FAILING, Code.JOB_HUNG, Code.REPORT_FAILED),
    "связь с Фондом": (Code.OUTAGE,),
    "очередь": (Code.BACKLOG,),
    "сроки": (Code.DEADLINE,),
    "неизвестная судьба": (Code.UNKNOWN_FATE,),
    "тормоза": (Code.BRAKE,),
    "договоры": (Code.NO_CONTRACT, Code.CONTRACT_REFUSED, Code.CONTRACT_ENDS),
    "сроки сертификатов": (Code.KEY_ENDS,),
    "подпись у Фонда": (Code.NO_KEY, Code.FUND_CERTIFICATE),
    "ошибки программы": (Code.QUARANTINED, Code.UNREADABLE),
    "расхождения": (Code.DIVERGENCE,),
    "история базы": (Code.RESTORED,),
}


def run(path: Path) -> list[Check]:
    """Look at everything that the configuration in `path` names, and return the list."""
    try:
        config = load(path)
    except ConfigError as error:
        return [
            Check("настройки", ok=False, found=f"{problem.key}: {problem.wrong}", to_do=problem.advice)
            for problem in error.problems
        ]
    found = [Check("настройки", ok=True, found=f"{path}, режим {config.mode}"), *machine.files(config)]
    try:
        context = build(config)
    except SecretError as error:
        return [
            *found,
            Check("база программы: связь", ok=False, found=str(error), to_do="положите файл или исправьте его"),
        ]
    except ArgumentError:
        return [*found, Check("база программы: связь", ok=False, found=databases.MALFORMED, to_do=databases.DSN)]
    try:
        return [*found, *_with(context)]
    finally:
        context.close()


def _with(context: Context) -> Iterator[Check]:
    yield from machine.cryptography(context)
    yield from machine.disk(context)
    yield from _guarded("РАМ: связь", databases.ram(context))
    of_ledger = databases.ledger(context)
    yield from of_ledger
    yield from _guarded("Фонд: связь", fund.endpoints(context))
    if len(of_ledger) < 3 or not all(check.ok for check in of_ledger if check.name.startswith("база")):
        return  # without the ledger nothing is known of the hospitals and of the work
    yield from _guarded("ключи доказательств", databases.evidence_keys(context))
    yield from _guarded("ключи и сертификаты", fund.keys(context))
    yield from _guarded("работа", _work(context))


def _guarded(name: str, checks: Iterable[Check]) -> Iterator[Check]:
    """Pass the checks on; what one of them stumbles over is a bad check, and the others go on."""
    try:
        yield from checks
    except SecretError as error:
        yield Check(name, ok=False, found=str(error), to_do="положите файл или исправьте его")
    except DBAPIError:
        yield Check(name, ok=False, found="база программы недоступна", to_do=databases.REACH)


def _work(context: Context) -> Iterator[Check]:
    """Yield the incidents of this moment, found anew and not as the job `watch` last saw them."""
    with context.ledger.connect() as connection:
        present = find.present(context, connection)
    for name, codes in WORK.items():
        listed = [incident for incident in present if incident.code in codes]
        if not listed:
            yield Check(name, ok=True)
        for incident in listed:
            yield _incident(name, incident)


def _incident(name: str, incident: Incident) -> Check:
    words = WORDS[incident.code]
    return Check(name, ok=False, found=f"{words.title}: {incident.about}", to_do=words.to_do)
