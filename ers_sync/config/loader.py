"""Loads a configuration, or says everything that is wrong with it at once."""

from __future__ import annotations

import copy
import difflib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ers_sync.config.base import RUSSIAN, Section
from ers_sync.config.describe import Item, example, item_at, items
from ers_sync.config.model import Config
from ers_sync.config.problems import ConfigError, Location, Problem, key_path
from ers_sync.config.reader import Document, read
from ers_sync.config.rules import RULES, Fault

_FOUND = {bool: "true или false", int: "число", float: "число", str: "текст", list: "список", dict: "раздел"}


def load(path: Path) -> Config:
    """Return the configuration in the file `path`, file names in it made absolute; raise ConfigError with all that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), "файл не в кодировке UTF-8", "сохраните его в UTF-8")]) from error
    except OSError as error:
        advice = "проверьте имя файла и права на чтение"
        raise ConfigError([Problem(str(path), "файл не читается", advice)]) from error
    document = read(text)
    config, problems = _validate(document, path.absolute().parent)
    if config is None or problems:
        raise ConfigError(problems)
    return config


def _validate(document: Document, directory: Path) -> tuple[Config | None, list[Problem]]:
    """Return the configuration and every problem; it is None, or has examples in place of bad values, when there are any."""
    problems = list(document.problems)
    bad: list[Location] = []
    try:
        config = _build(document.data, directory)
    except ValidationError as invalid:
        # a list whose entries are all bad is called too short as well
        errors = [
            error for error in invalid.errors(include_url=False) if error["type"] != "too_short" or not error["input"]
        ]
        bad = [error["loc"] for error in errors]
        problems += [_problem(error, document) for error in errors if error["loc"][:1] not in _unreadable(document)]
        config = _build(_mended(document.data, bad), directory)
    for rule in RULES:
        problems += [_fault(fault, document) for fault in rule(config) if _sound(fault, bad)]
    return config, problems


def _build(data: dict[str, Any], directory: Path) -> Config:
    # as JSON, where a strict model still reads dates, times and paths from text
    return Config.model_validate_json(json.dumps(data), context={"directory": directory})


def _unreadable(document: Document) -> set[Location]:
    return {(key,) for key in document.unreadable}


def _mended(data: dict[str, Any], bad: list[Location]) -> dict[str, Any]:
    """Return the data with examples in place of the bad values, so that the rules can look at the others."""
    mended = copy.deepcopy(data)
    for location in bad:
        pattern: Any = example(Config)
        parent: Any = mended
        for step in location[:-1]:
            parent = parent[step]
            pattern = pattern[0] if isinstance(step, int) else pattern[step]
        last = location[-1]
        if isinstance(last, int):
            parent[last] = pattern[0]
        elif last in pattern:
            parent[last] = pattern[last]
        else:
            del parent[last]
    return mended


def _sound(fault: Fault, bad: list[Location]) -> bool:
    """Whether no value that the fault rests on was bad itself."""
    return not any(place[: len(wrong)] == wrong[: len(place)] for place in fault.rests_on for wrong in bad)


def _fault(fault: Fault, document: Document) -> Problem:
    return Problem(key_path(fault.at), fault.wrong, fault.advice, _line(fault.at, document))


def _line(location: Location, document: Document) -> int | None:
    """Return the line of a location, or of the nearest section around it."""
    for length in range(len(location), 0, -1):
        if location[:length] in document.lines:
            return document.lines[location[:length]]
    return None


def _problem(error: ErrorDetails, document: Document) -> Problem:
    location = error["loc"]
    item = item_at(Config, location)
    if item is None:
        wrong, advice = "такого ключа нет", _similar(location)
    elif error["type"] == "missing":
        wrong, advice = "обязательного ключа нет", f"добавьте его; нужно: {item.words}{_such_as(item)}"
    elif error["type"] == RUSSIAN:
        wrong, advice = error["msg"], f"нужно: {item.words}{_such_as(item)}"
    else:
        wrong, advice = _found(error, item), f"нужно: {item.words}{_such_as(item)}"
    return Problem(key_path(location), wrong, advice, _line(location, document))


def _found(error: ErrorDetails, item: Item) -> str:
    """Say what stands there. Only numbers where a number is wanted are quoted: anything else might be a secret in the wrong place."""
    value = error["input"]
    if error["type"] == "too_short":
        return "список пуст"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "число" in item.words:
        return f"число {value} не подходит"
    return f"{_FOUND.get(type(value), 'это')} не подходит" if value is not None else "пусто"


def _such_as(item: Item) -> str:
    if item.section:
        return ""
    return f", например {item.key}: {json.dumps(item.example, ensure_ascii=False)}"


def _similar(location: Location) -> str:
    """Advise about an unknown key: the nearest known one of the same section."""
    parent = item_at(Config, location[:-1]) if len(location) > 1 else None
    section: type[Section] = parent.section if parent and parent.section else Config
    keys = [item.key for item in items(section)]
    near = difflib.get_close_matches(str(location[-1]), keys, n=1)
    if near:
        return f"возможно, имелось в виду {near[0]}"
    return f"уберите его; здесь бывают: {', '.join(keys)}"
