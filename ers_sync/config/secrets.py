"""Secrets lie in files of their own. What is read here never gets into a text."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ers_sync.config.base import credentials_directory
from ers_sync.config.describe import values, wants
from ers_sync.config.model import Config
from ers_sync.config.problems import Problem, key_path


class SecretError(Exception):
    """A secret's file cannot be used; the text is Russian and names the file, never what is in it."""


def read_secret(path: Path) -> str:
    """Return the text of a secret's file without the blanks around it; raise SecretError if it cannot be read or is empty."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        # not chained: a decoding error carries the bytes
        raise SecretError(f"Файл {path} не читается: проверьте, есть ли он и можно ли его читать") from None
    if not text:
        raise SecretError(f"Файл {path} пуст")
    return text


def file_problems(config: Config) -> list[Problem]:
    """Return what is wrong with the files that the configuration names: absent, unreadable, empty, or open to others."""
    problems = []
    for location, annotation, value in values(config):
        want = wants(annotation)
        if want and want.file:
            wrong = file_problem(value, secret=want.file == "secret")
            if wrong:
                problems.append(Problem(key_path(location), *wrong))
    return problems


def file_problem(path: Path, *, secret: bool) -> tuple[str, str] | None:
    """Return what is wrong with a file and what to do about it, or None."""
    try:
        status = path.stat()
    except OSError:
        # a secret's name is not repeated: it may be the secret itself, written in the wrong place
        name = f"с таким именем в папке {path.parent}" if secret else str(path)
        return f"файла {name} нет", "положите файл или исправьте имя"
    if not stat.S_ISREG(status.st_mode) or not os.access(path, os.R_OK):
        return f"файл {path} не читается", "дайте право чтения пользователю службы"
    if not status.st_size:
        return f"файл {path} пуст", "запишите в него то, что нужно"
    # systemd guards its credentials itself, by ACLs that show as the group's rights
    guarded = path.parent == credentials_directory()
    if secret and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) and not guarded:
        return f"файл {path} доступен не только владельцу", f"выполните chmod 600 {path}"
    return None
