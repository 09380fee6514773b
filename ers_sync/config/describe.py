"""What the model says about its keys, in a form that messages, the sample and the reference page can use."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from ers_sync.config.base import Section, Wants
from ers_sync.config.problems import Location

_WORDS = {bool: "true или false", int: "целое число", float: "число", str: "текст", date: "дата ГГГГ-ММ-ДД"}


@dataclass(frozen=True, slots=True)
class Item:
    """One key: its name in the file, its type in words, the section below it (`repeated`: a list of such), its defaults."""

    key: str
    field: FieldInfo
    section: type[Section] | None
    repeated: bool
    words: str

    @property
    def description(self) -> str:
        """What the key is for."""
        return self.field.description or ""

    @property
    def obligatory(self) -> bool:
        """Whether the file must have the key."""
        return self.field.is_required()

    @property
    def default(self) -> Any:
        """The default as it would stand in the file; None where there is none."""
        return None if self.obligatory else plain(self.field.get_default(call_default_factory=True))

    @property
    def example(self) -> Any:
        """A value that fits: the example given, else the default; for a section all of its keys."""
        if self.section:
            entry = example(self.section)
            return [entry] if self.repeated else entry
        return copy.deepcopy(self.field.examples[0]) if self.field.examples else self.default


@cache
def items(section: type[Section]) -> tuple[Item, ...]:
    """Return the keys of a section in the order of the file."""
    return tuple(_item(field.alias or name, field) for name, field in section.model_fields.items())


def item_at(root: type[Section], location: Location) -> Item | None:
    """Return the key that a location names (an entry of a list: the list's key), None where there is no such key."""
    section: type[Section] | None = root
    found = None
    for step in location:
        if isinstance(step, int):
            continue
        found = next((item for item in items(section) if item.key == step), None) if section else None
        if found is None:
            return None
        section = found.section
    return found


def example(section: type[Section]) -> dict[str, Any]:
    """Return a section with an example for every key."""
    return {item.key: item.example for item in items(section)}


def values(section: Section, at: Location = ()) -> Iterator[tuple[Location, Any, Any]]:
    """Yield (location, type with its marks, value) of every single value in a loaded section, None left out."""
    for name, field in type(section).model_fields.items():
        here = (*at, field.alias or name)
        value = getattr(section, name)
        entries = (
            [((*here, number), entry) for number, entry in enumerate(value)]
            if isinstance(value, tuple)
            else [(here, value)]
        )
        for place, entry in entries:
            if isinstance(entry, Section):
                yield from values(entry, place)
            elif entry is not None:
                yield (
                    place,
                    Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation,
                    entry,
                )


def wants(annotation: Any) -> Wants | None:
    """Return what a type says about itself, wherever inside of it that stands."""
    for part in get_args(annotation):
        found = part if isinstance(part, Wants) else wants(part)
        if found:
            return found
    return None


def plain(value: Any) -> Any:
    """Return a value of the model as it would stand in the file."""
    if isinstance(value, Section):
        return {item.key: plain(getattr(value, name)) for name, item in _named(type(value))}
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _named(section: type[Section]) -> list[tuple[str, Item]]:
    return list(zip(section.model_fields, items(section), strict=True))


def _item(key: str, field: FieldInfo) -> Item:
    kind = _without_none(field.annotation)
    entry = get_args(kind)[0] if get_origin(kind) is tuple else kind
    section = entry if isinstance(entry, type) and issubclass(entry, Section) else None
    words = _words(field.annotation, tuple(field.metadata))
    return Item(key, field, section, repeated=section is not None and entry is not kind, words=words)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        return next(part for part in get_args(annotation) if part is not NoneType)
    return annotation


def _words(annotation: Any, marks: tuple[Any, ...]) -> str:
    own = next((mark.text for mark in marks if isinstance(mark, Wants)), None)
    kind = _without_none(annotation)
    origin = get_origin(kind)
    if own:
        return own
    if origin is Annotated:
        return _words(get_args(kind)[0], (*get_args(kind)[1:], *marks))
    if origin is Literal:
        return "одно из: " + ", ".join(get_args(kind))
    if origin is tuple:
        entry = _words(get_args(kind)[0], ())
        return "список разделов" if entry == "раздел" else f"список: {entry}"
    return "раздел" if issubclass(kind, Section) else _WORDS[kind] + _bounds(marks)


def _bounds(marks: tuple[Any, ...]) -> str:
    """Return « от 1 до 60» and the like."""
    found: dict[type, Any] = {}
    for mark in marks:
        # Field(ge=…) inside of an Annotated stays a FieldInfo
        for bound in mark.metadata if isinstance(mark, FieldInfo) else (mark,):
            found |= {type(bound): bound}
    text = ""
    if Ge in found:
        text += f" от {found[Ge].ge}"
    if Gt in found:
        text += f" больше {found[Gt].gt}"
    if Le in found:
        text += f" до {found[Le].le}"
    return text + (f" меньше {found[Lt].lt}" if Lt in found else "")
