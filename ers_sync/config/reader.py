"""Reads the YAML of the configuration: a small, predictable part of YAML, with the line of every key.

PyYAML's own loader turns `12:00` into 720, `no` into false and `010` into 8, keeps the last of two equal keys, and stops at
the first mistake. Here only null, true/false and decimal numbers have a type, the rest is text; equal keys, anchors and tags are
refused; where the markup is broken, the top-level sections are read one by one, so that a bad line does not hide the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from ers_sync.config.problems import Location, Problem, key_path

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "tag:yaml.org,2002:"
_MARKUP_ADVICE = "проверьте в этой строке и строкой выше отступы (только пробелы), двоеточия, скобки и кавычки"


class _Composer(Reader, Scanner, Parser, Composer, BaseResolver):
    """Turns text into YAML's nodes, without making Python objects of them."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node; aliases are refused, as they can grow without bound and nobody needs them here."""
        if self.check_event(AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.get_mark())
        return super().compose_node(parent, index)


for _name, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(0|[1-9][0-9]{0,17})", list("-0123456789")),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", list("-0123456789")),
):
    _Composer.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), _first)

_SCALARS: dict[str, Callable[[str], object]] = {
    _TAG + "null": lambda _: None,
    _TAG + "bool": lambda text: text == "true",
    _TAG + "int": int,
    _TAG + "float": float,
    # half a character written as an escape cannot be written out again
    _TAG + "str": lambda text: text.encode("utf-8", "replace").decode(),
}


@dataclass(slots=True)
class Document:
    """What was read: plain data without empty values, the line (from 1) of every location, and what could not be read."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    """Top-level keys whose section could not be read at all."""


def read(text: str) -> Document:
    """Return what `text` says; nothing is raised, every fault is among the document's problems."""
    document = Document()
    try:
        _take_root(document, _compose(text), 0)
    except yaml.YAMLError:
        for key, chunk, offset in _top_level(text):
            try:
                _take_root(document, _compose(chunk), offset)
            except yaml.YAMLError as error:
                line = offset + _line(error, chunk)
                document.unreadable.add(key)
                document.problems.append(Problem(key, "разметка YAML нарушена", _MARKUP_ADVICE, line))
    return document


def _compose(text: str) -> yaml.Node | None:
    return _Composer(text).get_single_node()


def _line(error: yaml.YAMLError, chunk: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return min(int(mark.line) + 1, chunk.rstrip("\n").count("\n") + 1)
    # a character that YAML does not allow: the error knows its position only
    return chunk.count("\n", 0, getattr(error, "position", 0)) + 1


def _top_level(text: str) -> list[tuple[str, str, int]]:
    """Return (key, text, lines before it) of every top-level section."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if re.match(r"[^\s#]", line)]
    pieces = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        key = re.match(r"[A-Za-z_]\w*(?=\s*:)", lines[start])
        pieces.append((key.group() if key else "", "".join(lines[start:end]), start))
    return pieces


def _take_root(document: Document, node: yaml.Node | None, offset: int) -> None:
    if node is None:
        return
    if isinstance(node, yaml.MappingNode):
        document.data.update(_mapping(document, node, (), offset))
    elif node.tag != _TAG + "null":
        line = offset + node.start_mark.line + 1
        document.problems.append(Problem("", "строка не вида «ключ: значение»", _MARKUP_ADVICE, line))


def _mapping(document: Document, node: yaml.MappingNode, at: Location, offset: int) -> dict[str, Any]:
    """Return a section; a key without a value counts as absent."""
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = offset + key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(Problem(key_path(at), "ключ не простой текст", _MARKUP_ADVICE, line))
            continue
        here = (*at, key_node.value)
        if here in document.lines:
            wrong = f"ключ уже стоит в строке {document.lines[here]}"
            document.problems.append(Problem(key_path(here), wrong, "оставьте одну из двух строк", line))
            continue
        document.lines[here] = line
        value = _value(document, value_node, here, offset)
        if value is not None:
            values[key_node.value] = value
    return values


def _value(document: Document, node: yaml.Node, at: Location, offset: int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, at, offset)
    if isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            document.lines[(*at, number)] = offset + entry.start_mark.line + 1
        return [_value(document, entry, (*at, number), offset) for number, entry in enumerate(node.value)]
    convert = _SCALARS.get(node.tag)
    if convert is None:
        line = offset + node.start_mark.line + 1
        document.problems.append(Problem(key_path(at), "метки YAML (!…) здесь не понимаются", "уберите метку", line))
        return None
    return convert(node.value)
