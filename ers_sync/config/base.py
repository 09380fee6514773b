"""What all sections share: a strict model, file names that resolve themselves, and types that can say in Russian what they want."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo
from pydantic_core import PydanticCustomError

CREDENTIALS = "credentials"
"""The folder beside `config.yaml` out of which the unit loads its credentials; keys lie in its folder `keys`."""
KEYS_PREFIX = "keys_"
RUSSIAN = "russian"
"""The type of errors whose text is already Russian and goes to the operator as it is."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What a value must be, in words that follow «нужно»; for files, whether they are read and must be kept secret."""

    text: str
    file: Literal["secret", "public"] | None = None


class Section(BaseModel):
    """A section of `config.yaml`: unknown keys and values of another type are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def credentials_directory() -> Path | None:
    """Where systemd put the unit's credentials (LoadCredential=), None outside of such a unit."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(given) if given else None


def _resolve(name: Path, info: ValidationInfo) -> Path:
    """Return where a file named in the configuration lies.

    systemd's credentials first, then beside the configuration, then where systemd takes the credentials from: a command that a person
    runs finds there what the service is given.
    """
    # a connection string, a PEM text: somebody wrote the secret itself
    if re.search(r":/|=|\n|-----", str(name)) or str(name) in {"", "."}:
        raise PydanticCustomError(RUSSIAN, "здесь должно стоять имя файла, а не само значение")
    beside = Path((info.context or {}).get("directory", "")) / name
    # not Path.exists: it raises where a folder is closed to us
    return next((place for place in _places(name, beside) if os.access(place, os.F_OK)), beside)


def _places(name: Path, beside: Path) -> list[Path]:
    if name.is_absolute():
        return []
    source, own = beside.parent / CREDENTIALS, name.name.removeprefix(KEYS_PREFIX)
    given = credentials_directory()
    # systemd calls NAME of a folder loaded as `keys` keys_NAME
    of_systemd = [given / name, given / f"{KEYS_PREFIX}{own}"] if given else []
    return [*of_systemd, beside, source / name, source / "keys" / own]


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value):
        raise ValueError
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError(RUSSIAN, "имя и пароль в адресе не пишут: пароль лежит в отдельном файле")
    return value


def _clock(value: object) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError
    return time.fromisoformat(value)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


SecretFile = Annotated[Path, AfterValidator(_resolve), Wants("имя файла, который читает только владелец", "secret")]
PublicFile = Annotated[Path, AfterValidator(_resolve), Wants("имя файла", "public")]
OutputFile = Annotated[Path, AfterValidator(_resolve), Wants("имя файла")]
Folder = Annotated[Path, AfterValidator(_resolve), Wants("имя папки")]
WebAddress = Annotated[str, AfterValidator(_web_address), Wants("адрес http://… или https://… без имени и пароля")]
Clock = Annotated[time, BeforeValidator(_clock), Wants("время суток ЧЧ:ММ")]
Line = Annotated[str, AfterValidator(_not_blank), Wants("непустой текст")]
