"""The databases in the configuration, and how long what is in ours is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ers_sync.config.base import Folder, SecretFile, Section

Tls = Literal["verify", "off"]


class Ledger(Section):
    """Our own PostgreSQL."""

    dsn_file: SecretFile = Field(
        description="Файл со строкой подключения: postgresql://пользователь:пароль@узел/база.", examples=["ledger-dsn"]
    )
    tls: Tls = Field(
        default="verify",
        description="verify – с базой на другой машине говорить только по TLS с проверкой узла (sslmode=verify-full в строке); "
        "off – как в строке: сеть защищена иначе.",
    )
    evidence_key_files: tuple[SecretFile, ...] = Field(
        default=(),
        description="Ключи шифрования запросов и ответов Фонда (openssl rand -base64 32): первым шифруется, читается любым. "
        "Без ключа хранятся открыто; в режиме live это можно лишь с испытательным контуром.",
        examples=[["evidence-key"]],
    )


class Ram(Section):
    """The region's obstetric database."""

    dsn_file: SecretFile = Field(description="Файл со строкой подключения; роли хватает SELECT.", examples=["ram-dsn"])
    tls: Tls = Field(
        default="verify",
        description="verify – с базой на другой машине говорить только по TLS с проверкой узла (sslmode=verify-full в строке); "
        "off – как в строке: сеть защищена иначе.",
    )
    scan: Literal["changes", "full"] = Field(
        default="changes",
        description="changes – читать изменённое; full – каждый раз сравнивать всё "
        "(нужно, если запросы читают представления: у них нет xmin).",
    )
    window_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="За сколько часов назад просматривать updated_at: дольше самой длинной транзакции РАМ.",
    )
    queries_dir: Folder | None = Field(
        default=None, description="Папка со своими SQL-файлами вместо поставляемых sql/ram/.", examples=["ram-queries"]
    )


class Retention(Section):
    """How long what is finished is kept, by kind. The woman's row (name, СНИЛС, policy) follows РАМ and has no term of its own."""

    evidence_days: int = Field(
        default=1825, ge=365, description="Сколько дней хранить запросы и ответы Фонда дословно (доказательства МО)."
    )
    log_days: int = Field(
        default=1825, ge=365, description="Сколько дней хранить строки реестра запросов; не меньше evidence_days."
    )
    content_days: int = Field(
        default=365,
        ge=60,
        description="Сколько дней хранить содержание (адрес, документ, полис) запросов, с которыми покончено.",
    )
    audit_days: int = Field(
        default=1825, ge=365, description="Сколько дней хранить решения людей и журнал доступа (ers-sync audit)."
    )
    incidents_days: int = Field(
        default=365, ge=30, description="Сколько дней хранить закрытые происшествия, перебои, тормоза и замечания."
    )
    reports_days: int = Field(
        default=1825, ge=31, description="Сколько дней хранить книги Excel и PDF в папке отчётов."
    )
    job_runs_days: int = Field(default=90, ge=7, description="Сколько дней хранить журнал запусков заданий.")
