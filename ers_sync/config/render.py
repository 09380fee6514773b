"""The commented sample of `config.yaml` and the reference page, both written from the model."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from ers_sync.config.base import Section
from ers_sync.config.describe import Item, items
from ers_sync.config.model import Config

_WIDTH = 110

_SAMPLE_HEAD = """\
# Настройка ers-sync. Образец полон: каждый ключ, что он значит и его умолчание.
# Строки с «#» вплотную к ключу – умолчания и примеры: чтобы изменить, уберите «#».
# Секретов здесь нет: ключи …_file и …_files называют файлы. Относительное имя ищется среди
# учётных данных systemd ($CREDENTIALS_DIRECTORY), рядом с этим файлом, в папке credentials рядом.
# Проверить: ers-sync check --config ИМЯ_ФАЙЛА. Справочник всех ключей: docs/config.md.
"""

_REFERENCE_HEAD = """\
# Справочник настроек

Все ключи `config.yaml`. Страница и образец `config.yaml` написаны программой по той же модели, по которой файл проверяется.

- Неизвестный ключ – ошибка. Все ошибки показываются сразу, с номером строки.
- Секретов в файле нет: ключи `…_file` и `…_files` называют файлы. Относительное имя ищется в `$CREDENTIALS_DIRECTORY` (учётные данные
  systemd), рядом с файлом настройки, затем в папках `credentials` и
  `credentials/keys` рядом с ним. Файл с секретом должен быть доступен только владельцу (`chmod 600`).
- Числа, `true` и `false` пишутся без кавычек. Якоря (`&`, `*`) и метки (`!`) YAML не понимаются.
- Ключ без значения – то же, что его отсутствие.
"""


def sample() -> str:
    """Return the commented sample; it loads as it stands, and so it does with every commented key opened."""
    return "\n".join([_SAMPLE_HEAD, *_sample_section(Config, 0)]) + "\n"


def _sample_section(section: type[Section], depth: int) -> list[str]:
    lines: list[str] = []
    for item in items(section):
        lines += [_indent(line, depth, "# ") for line in _wrap(item.description, _WIDTH - 2 * depth)]
        lines += _sample_item(item, depth)
        if depth == 0:
            lines.append("")
    return lines[:-1] if depth == 0 else lines


def _sample_item(item: Item, depth: int) -> list[str]:
    if item.section and not item.repeated:
        below = _sample_section(item.section, depth + 1)
        # a section that is off by default stays off as a whole
        return (
            _opened(item, depth, below) if item.default is not None or item.obligatory else _closed(item, depth, below)
        )
    if item.section and item.obligatory:
        return _opened(item, depth, _entry(_sample_section(item.section, depth + 2), depth))
    if item.section:
        return [_indent(f"#{item.key}:", depth), *(_indent(f"#  - {_yaml(entry)}", depth) for entry in item.default)]
    value = item.example if item.obligatory or item.default in (None, []) else item.default
    return [_indent(f"{item.key}: {_yaml(value)}", depth, "" if item.obligatory else "#")]


def _opened(item: Item, depth: int, below: list[str]) -> list[str]:
    return [_indent(f"{item.key}:", depth), *below]


def _closed(item: Item, depth: int, below: list[str]) -> list[str]:
    """Return a section with every key commented out, its own indentation kept behind the sign."""
    pad = "  " * depth
    lines = [f"{pad}#{item.key}:"]
    for line in below:
        bare = line.removeprefix(pad)
        text = bare.lstrip()
        lines.append(
            line if text.startswith("# ") else f"{pad}#{bare.replace('#', '', 1) if text.startswith('#') else bare}"
        )
    return lines


def _entry(below: list[str], depth: int) -> list[str]:
    """Return the lines of one list entry, with the dash on its first key."""
    first = next(number for number, line in enumerate(below) if not line.lstrip().startswith("#"))
    dashed = below[first]
    position = 2 * (depth + 1)
    return [*below[:first], f"{dashed[:position]}- {dashed[position + 2 :]}", *below[first + 1 :]]


def _indent(text: str, depth: int, mark: str = "") -> str:
    return "  " * depth + mark + text


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _yaml(value: Any) -> str:
    """Return a value in YAML's flow style, dates and words without quotes."""
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z/][\w./-]*|\d{4}-\d\d-\d\d", value):
        return value
    return json.dumps(value, ensure_ascii=False)


def reference() -> str:
    """Return the reference page: a table a section, every key with its type, default and meaning."""
    return "\n".join([_REFERENCE_HEAD, *_reference_section(Config, "")])


def _reference_section(section: type[Section], path: str) -> list[str]:
    lines = [
        f"## `{path}`" if path else "## Верхний уровень",
        "",
        "| ключ | что писать | умолчание | что значит |",
        "|---|---|---|---|",
    ]
    below: list[str] = []
    for item in items(section):
        default = "обязателен" if item.obligatory else _default(item)
        lines.append(f"| `{item.key}` | {item.words} | {default} | {item.description} |")
        if item.section:
            place = f"{path}.{item.key}" if path else item.key
            below += _reference_section(item.section, place + "[]" * item.repeated)
    return [*lines, "", *below]


def _default(item: Item) -> str:
    if item.section and not item.repeated:
        return "нет" if item.default is None else "см. раздел"
    return "нет" if item.default in (None, []) else f"`{_yaml(item.default)}`"
