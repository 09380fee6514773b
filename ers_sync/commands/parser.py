"""The parser of the command line: argparse that speaks Russian, with examples under the help of every command."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from ers_sync.commands.examples import EXAMPLES

PROGRAM = "ers-sync"
# argparse has no translations of its own; these are all of its messages that a user can cause
RUSSIAN: Mapping[str, str] = {
    "usage: ": "использование: ",
    "positional arguments": "что указать",
    "options": "ключи",
    "show this help message and exit": "показать эту справку",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "не указано: %s",
    "one of the arguments %s is required": "укажите одно из: %s",
    "not allowed with argument %s": "не сочетается с %s",
    "unrecognized arguments: %s": "лишнее или неизвестное: %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s – это %(matches)s? Напишите целиком",
    "invalid choice: %(value)r (choose from %(choices)s)": "нет такого: %(value)s; есть: %(choices)s",
    "invalid %(type)s value: %(value)r": "не годится: %(value)r",
    "ignored explicit argument %r": "значения здесь не бывает: %r",
    "expected one argument": "нужно одно значение",
    "expected at most one argument": "нужно не больше одного значения",
    "expected at least one argument": "нужно хотя бы одно значение",
    "expected %s argument": "нужно значений: %s",
    "expected %s arguments": "нужно значений: %s",
}

Path = tuple[str, ...]


class Parser(argparse.ArgumentParser):
    """argparse's, with help in Russian. What is wrong is said in two lines: what, and where the help is."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> Any:
        """Say what is wrong with the words of the command, and exit with 2."""
        self.exit(2, f"{self.prog}: {message}\nСправка: {self.prog} --help\n")


def build(modules: Iterable[Any]) -> Parser:
    """Return the parser of all commands; each module adds its own. Whatever it parses has the parser itself as `whole`."""
    # the module's own binding: argparse looks its messages up in nothing else (a test holds that it works)
    vars(argparse)["_"] = lambda text: RUSSIAN.get(text, text)
    vars(argparse)["ngettext"] = lambda one, many, n: RUSSIAN.get(one if n == 1 else many, many)
    parser = Parser(prog=PROGRAM, description="Отправка сведений по электронным родовым сертификатам из РАМ в Фонд.")
    parser.add_argument(
        "--version", action="version", help="показать версию", version=f"{PROGRAM} {version('ers-sync')}"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    for module in modules:
        module.add(commands)
    for path, leaf in leaves(parser):
        leaf.epilog = "\n\n".join(filter(None, [leaf.epilog, _examples(EXAMPLES.get(path, ()))]))
    parser.set_defaults(whole=parser)
    parser.epilog = (
        "Справка о команде: ers-sync КОМАНДА --help.\n"
        "Коды выхода: 0 – хорошо, 1 – есть беда, 2 – неверная команда или настройки."
    )
    return parser


def groups(parser: argparse.ArgumentParser, path: Path = ()) -> Iterator[tuple[Path, argparse.ArgumentParser]]:
    """Yield every parser of the tree with the words that lead to it, the whole first."""
    yield path, parser
    for name, child in children(parser).items():
        yield from groups(child, (*path, name))


def leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[Path, argparse.ArgumentParser]]:
    """Yield the parsers that stand for a command, not for a group of commands."""
    yield from ((path, found) for path, found in groups(parser) if not children(found))


def children(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """Return the commands directly under a parser."""
    for action in actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            return dict(action.choices)
    return {}


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options and arguments of a parser."""
    return parser._actions  # noqa: SLF001 - argparse has no public way to list them


def _examples(listed: Iterable[tuple[str, str]]) -> str:
    lines = [f"  {PROGRAM} {words}\n      {why}" for words, why in listed]
    return "\n".join(["примеры:", *lines]) if lines else ""
