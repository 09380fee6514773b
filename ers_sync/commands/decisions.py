"""`send-ticket1`, `annul-visit`, `close-certificate`, and what a person decides about single requests."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ers_sync import decisions, linking
from ers_sync.commands.base import CommandError, Parsers, add_common, confirm, open_recorded, operator
from ers_sync.context import Context
from ers_sync.domain.content import Kind
from ers_sync.ledger import database

Decide = Callable[[Context, argparse.Namespace], str]


def add(commands: Parsers) -> None:
    """Add the commands that stand by themselves."""
    ticket = commands.add_parser("send-ticket1", help="талон 1 по осмотру, который выбрал оператор")
    ticket.add_argument("exam", type=int, metavar="ОСМОТР", help="номер осмотра в РАМ")
    _finish(ticket, lambda c, a: decisions.send_ticket1(c, a.exam, operator()))

    annul = commands.add_parser("annul-visit", help="аннулировать отправленное посещение")
    annul.add_argument("exam", type=int, metavar="ОСМОТР", help="номер осмотра в РАМ")
    annul.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(
        annul,
        lambda c, a: decisions.annul_visit(c, a.exam, a.reason, operator()),
        "Аннулировать посещение по осмотру {exam}?",
    )

    close = commands.add_parser("close-certificate", help="закрыть ЭРС")
    close.add_argument("number", type=_number, metavar="НОМЕР", help="10 цифр номера ЭРС")
    close.add_argument("--reason-code", required=True, type=int, metavar="КОД", help="код причины по справочнику Фонда")
    close.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(
        close,
        lambda c, a: decisions.close_certificate(c, a.number, a.reason_code, a.reason, operator()),
        "Закрыть ЭРС {number}? Открыть его снова нельзя.",
    )

    linked = commands.add_parser(
        "link-certificate", help="указать, какой ЭРС относится к беременности (certificate_unclear)"
    )
    linked.add_argument("pregnancy", type=int, metavar="БЕРЕМЕННОСТЬ", help="номер беременности в РАМ")
    which = linked.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", type=_number, metavar="НОМЕР", help="10 цифр номера ЭРС")
    which.add_argument("--none", action="store_true", help="ни один из известных ЭРС: сформировать новый")
    linked.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(linked, _link, "Решить, какой ЭРС относится к беременности {pregnancy}?")


def add_to_requests(actions: Parsers) -> None:
    """Add the decisions about single requests to `requests`."""
    retry = actions.add_parser("retry", help="отправить отклонённый запрос снова")
    retry.add_argument("id", type=int, metavar="НОМЕР", help="номер запроса")
    _finish(retry, lambda c, a: decisions.retry(c, a.id, operator()))

    cancel = actions.add_parser("cancel", help="отказаться от непринятого запроса навсегда")
    cancel.add_argument("id", type=int, metavar="НОМЕР", help="номер запроса")
    cancel.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(cancel, lambda c, a: decisions.cancel(c, a.id, a.reason, operator()), "Отменить запрос {id} навсегда?")

    hold = actions.add_parser("hold", help="отложить неотправленный запрос")
    hold.add_argument("id", type=int, metavar="НОМЕР", help="номер запроса")
    hold.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(hold, lambda c, a: decisions.hold(c, a.id, a.reason, operator(), held=True))

    release = actions.add_parser("release", help="отпустить отложенный запрос или снять тормоз МО")
    release.add_argument("id", type=int, nargs="?", metavar="НОМЕР", help="номер запроса")
    release.add_argument("--hospital", type=int, metavar="МО", help="снять тормоз этой МО")
    release.add_argument(
        "--kind",
        choices=[str(kind) for kind in Kind],
        metavar="ВИД",
        help="вид запросов под тормозом: " + ", ".join(map(str, Kind)),
    )
    _finish(release, _release)

    resolve = actions.add_parser("resolve", help="решить судьбу запроса, о котором Фонд не спросить")
    resolve.add_argument("id", type=int, metavar="НОМЕР", help="номер запроса")
    fate = resolve.add_mutually_exclusive_group(required=True)
    fate.add_argument("--sent", action="store_true", help="Фонд его принял")
    fate.add_argument("--not-sent", action="store_true", help="Фонд его не получил: отправить снова")
    resolve.add_argument("--number", type=_number, metavar="ЭРС", help="номер ЭРС, если это запрос ЭРС")
    resolve.add_argument("--reason", required=True, type=_reason, metavar="ТЕКСТ", help="причина, обязательна")
    _finish(
        resolve,
        lambda c, a: decisions.resolve(c, a.id, a.reason, operator(), sent=a.sent, number=a.number),
        "Решить судьбу запроса {id}?",
    )


def _link(context: Context, arguments: argparse.Namespace) -> str:
    if arguments.none:
        return linking.none_of_them(context, arguments.pregnancy, arguments.reason, operator())
    return linking.link(context, arguments.pregnancy, arguments.number, arguments.reason, operator())


def _release(context: Context, arguments: argparse.Namespace) -> str:
    if arguments.hospital is not None and arguments.kind is not None:
        return decisions.release_brake(context, arguments.hospital, Kind(arguments.kind), operator())
    if arguments.id is None:
        raise CommandError("Укажите номер запроса, или МО и вид: --hospital 1 --kind annul_visit", usage=True)
    return decisions.hold(context, arguments.id, "", operator(), held=False)


def _finish(parser: argparse.ArgumentParser, decide: Decide, question: str | None = None) -> None:
    """Give a command its configuration and its deed; one with a question asks before it acts."""
    add_common(parser, at=True)
    if question:
        parser.add_argument("--yes", action="store_true", help="не переспрашивать")

    def run(arguments: argparse.Namespace) -> int:
        context = open_recorded(arguments)
        database.require_schema(context.ledger)
        if question:
            confirm(question.format(**vars(arguments)), yes=arguments.yes)
        try:
            print(decide(context, arguments))
        except decisions.Refused as refused:
            raise CommandError(str(refused)) from refused
        return 0

    parser.set_defaults(run=run)


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("причина не может быть пустой")
    return text.strip()


def _number(text: str) -> str:
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("номер ЭРС – 10 цифр")
    return text
