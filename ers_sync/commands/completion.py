"""`completion bash`: what the Tab key offers, made of the parser itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ers_sync.commands import parser as parsers
from ers_sync.commands.base import Parsers

# The longest run of words that names a command decides; after an option with a list of values that list is offered, else files.
BASH = """\
# ers-sync: дополнение по Tab. Сделано командой `ers-sync completion bash`.
_ers_sync() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} path=ers-sync i
  declare -A words=(
{words}
  )
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ -v words["$path ${{COMP_WORDS[i]}}"] ]] && path+=" ${{COMP_WORDS[i]}}"
  done
  local offered=${{words["$path"]}}
  [[ -v words["$path $before="] ]] && offered=${{words["$path $before="]}}
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}}
complete -o default -F _ers_sync ers-sync
"""


def add(commands: Parsers) -> None:
    """Add the command."""
    completion = commands.add_parser("completion", help="дополнение команд по Tab для оболочки")
    completion.add_argument("shell", choices=["bash"], metavar="ОБОЛОЧКА", help="bash")
    completion.set_defaults(run=_completion)


def _completion(arguments: argparse.Namespace) -> int:
    print(bash(arguments.whole), end="")
    return 0


def bash(parser: argparse.ArgumentParser) -> str:
    """Return a script for bash ≥ 4.3 that completes the commands, options and fixed values of the parser."""
    lines = [f'    ["{key}"]="{" ".join(words)}"' for key, words in _words(parser)]
    return BASH.format(words="\n".join(lines))


def _words(parser: argparse.ArgumentParser) -> Iterator[tuple[str, list[str]]]:
    for path, found in parsers.groups(parser):
        place = " ".join((parsers.PROGRAM, *path))
        offered = list(parsers.children(found))
        for action in parsers.actions(found):
            values = [str(value) for value in action.choices or ()]
            if not action.option_strings:
                offered += [value for value in values if value not in offered]
            elif action.help is not argparse.SUPPRESS:
                offered += action.option_strings
                for option in action.option_strings if values else ():
                    yield f"{place} {option}=", values
        yield place, offered
