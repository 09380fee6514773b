"""The typed model of `config.yaml`. Validation, the commented sample and the reference page all come from it."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from ers_sync.config.base import Clock, Folder, Line, OutputFile, PublicFile, SecretFile, Section, Wants, WebAddress
from ers_sync.config.fund import Fss
from ers_sync.config.storage import Ledger, Ram, Retention

Roubles = Annotated[int, Field(ge=0, le=1_000_000)]
Mail = Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$"), Wants("почтовый адрес вида имя@домен")]
PowerOfAttorney = Annotated[
    str,
    Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    Wants("номер МЧД вида 8-4-4-4-12 знаков"),
]
Zone = Annotated[ZoneInfo, Wants("часовой пояс IANA")]


class Hospital(Section):
    """A hospital (МО) that the daemon reports for."""

    id: int = Field(ge=1, description="organization.id этой МО в РАМ.", examples=[1])
    key_files: tuple[SecretFile, ...] = Field(
        min_length=1,
        description="Закрытые ключи МО (PKCS#8 PEM без пароля). На время смены – старый и новый.",
        examples=[["mo-1-key.pem"]],
    )
    certificate_files: tuple[PublicFile, ...] = Field(
        min_length=1,
        description="Сертификаты к этим ключам, в том же порядке; подписывает тот, что действует в день отправки.",
        examples=[["mo-1.pem"]],
    )
    start_from: date = Field(
        description="С какого дня МО отправляет сведения (ГГГГ-ММ-ДД); более ранние события не отправляются.",
        examples=["2026-01-01"],
    )
    timezone: Zone | None = Field(
        default=None, description="Часовой пояс МО, если он не общий.", examples=["Asia/Yekaterinburg"]
    )
    alerts_to: Mail | None = Field(
        default=None,
        description="Куда писать администратору МО (нужен раздел alerts.mail).",
        examples=["ers@hospital.example"],
    )
    report_group: Line | None = Field(
        default=None,
        description="Группа ОС, которая читает отчёты этой МО; без строки – reports.group.",
        examples=["mo1"],
    )
    power_of_attorney: PowerOfAttorney | None = Field(
        default=None,
        description="Номер машиночитаемой доверенности (МЧД), если в сертификате МО нет ОГРН.",
        examples=["5a6b7c8d-0000-4000-8000-000000000001"],
    )
    head_key_files: tuple[SecretFile, ...] = Field(
        default=(),
        description="Ключи руководителя МО, если он подписывает (fss.profile.signers).",
        examples=[["mo-1-head-key.pem"]],
    )
    head_certificate_files: tuple[PublicFile, ...] = Field(
        default=(), description="Сертификаты к ключам руководителя, в том же порядке.", examples=[["mo-1-head.pem"]]
    )
    head_power_of_attorney: PowerOfAttorney | None = Field(
        default=None,
        description="Номер МЧД, если ОГРН нет в сертификате руководителя.",
        examples=["5a6b7c8d-0000-4000-8000-000000000002"],
    )


class WorkingDays(Section):
    """Where the site knows better than the shipped production calendar."""

    days_off: tuple[date, ...] = Field(
        default=(), description="Дни, которые здесь нерабочие (ГГГГ-ММ-ДД).", examples=[["2026-09-01"]]
    )
    working_days: tuple[date, ...] = Field(
        default=(), description="Дни, которые здесь рабочие (перенос).", examples=[["2026-11-07"]]
    )


class Ticket1(Section):
    """Extra conditions for talon 1."""

    min_observation_weeks: int = Field(
        default=0,
        ge=0,
        le=40,
        description="Сколько недель наблюдения требовать до талона 1 (закон говорит о 12); 0 – не требовать.",
    )


class Price(Section):
    """What the Fund pays a talon, from a day on."""

    since: date = Field(alias="from", description="С какого дня действуют (ГГГГ-ММ-ДД).", examples=["2022-01-01"])
    ticket1: Roubles = Field(description="Талон 1, рублей.", examples=[4000])
    ticket2: Roubles = Field(description="Талон 2, рублей.", examples=[6000])
    ticket3_1: Roubles = Field(description="Талон 3-1, рублей.", examples=[1000])
    ticket3_2: Roubles = Field(description="Талон 3-2, рублей.", examples=[1000])


def _price(since: str, ticket1: int) -> Price:
    return Price.model_validate(
        {"from": date.fromisoformat(since), "ticket1": ticket1, "ticket2": 6000, "ticket3_1": 1000, "ticket3_2": 1000}
    )


class Brake(Section):
    """What one scan may do for a hospital without a person's word."""

    visits: int = Field(
        default=20, ge=1, description="Больше скольких отправленных посещений нельзя отозвать или изменить разом."
    )
    percent: float = Field(default=1, gt=0, le=100, description="То же в процентах от отправленных посещений МО.")
    new_events_factor: float = Field(
        default=10, gt=1, description="Во сколько раз новых событий может быть больше обычного."
    )


class Pull(Section):
    """How often certificates are asked for at the Fund."""

    per_minute: int = Field(default=30, ge=1, le=6000, description="Не больше стольких вопросов в минуту.")
    unknown_days: int = Field(
        default=1, ge=1, le=60, description="Через сколько дней спрашивать снова, пока номера ЭРС нет."
    )
    known_days: int = Field(
        default=7, ge=1, le=60, description="Через сколько дней спрашивать снова, когда номер есть."
    )


class Schedule(Section):
    """When the jobs run; clock times are in the common time zone."""

    scan_minutes: float = Field(default=5, gt=0, le=1440, description="Как часто читать РАМ, минут.")
    submit_workers: int = Field(default=4, ge=1, le=32, description="Сколько запросов может быть у Фонда одновременно.")
    poll_seconds: float = Field(default=60, gt=0, le=3600, description="Как часто узнавать результаты, секунд.")
    reconcile_minutes: float = Field(
        default=5, gt=0, le=1440, description="Как часто выяснять судьбу запросов без ответа, минут."
    )
    report_at: Clock = Field(default=time(6), description="Когда писать отчёты.")
    sweep_at: Clock = Field(default=time(2), description="Когда делать полную сверку с РАМ и уборку.")


class Reports(Section):
    """The administrators' workbooks."""

    dir: Folder = Field(description="Папка для книг Excel.", examples=["/var/lib/ers-sync/reports"])
    group: Line | None = Field(
        default=None,
        description="Группа ОС, которой дано чтение отчётов; без строки – группа, под которой работает служба.",
        examples=["ers"],
    )


class MailServer(Section):
    """Where alerts are handed over for delivery."""

    host: Line = Field(description="Почтовый сервер.", examples=["mail.example"])
    port: int = Field(default=25, ge=1, le=65535, description="Порт.")
    tls: Literal["none", "starttls", "tls"] = Field(default="none", description="Шифрование соединения.")
    user: Line | None = Field(default=None, description="Имя для входа.", examples=["ers"])
    password_file: SecretFile | None = Field(default=None, description="Файл с паролем.", examples=["mail-password"])
    sender: Mail = Field(description="От чьего имени письма.", examples=["ers@region.example"])
    to: tuple[Mail, ...] = Field(min_length=1, description="Кому: дежурные.", examples=[["duty@region.example"]])


class Alerts(Section):
    """How the on-call learns of trouble. None of the ways carries a patient's data."""

    sentry_dsn_file: SecretFile | None = Field(default=None, description="Файл с DSN Sentry.", examples=["sentry-dsn"])
    mail: MailServer | None = Field(default=None, description="Письма.")
    command: tuple[Line, ...] | None = Field(
        default=None,
        min_length=1,
        description="Программа, которой предупреждение подаётся на вход; аргументы – отдельными строками.",
        examples=[["/usr/local/bin/notify"]],
    )
    ping_url: WebAddress | None = Field(
        default=None,
        description="Адрес, к которому обращаться, пока всё идёт: молчание заметит сторож.",
        examples=["https://watch.example/ers"],
    )


class Metrics(Section):
    """Figures for Prometheus."""

    textfile: OutputFile | None = Field(
        default=None,
        description="Файл для textfile-сборщика node_exporter.",
        examples=["/var/lib/prometheus/node-exporter/ers_sync.prom"],
    )
    port: int | None = Field(default=None, ge=1, le=65535, description="Порт на 127.0.0.1.", examples=[9464])


class Config(Section):
    """The whole of `config.yaml`. File names are absolute once it is loaded."""

    mode: Literal["dry", "live"] = Field(
        description="dry – делать всё, кроме отправки в Фонд; live – отправлять. Умолчания нет: решает человек.",
        examples=["dry"],
    )
    timezone: Zone = Field(
        description="Часовой пояс региона: по нему считаются дни, сроки и расписание.", examples=["Asia/Yekaterinburg"]
    )
    ledger: Ledger = Field(description="Своя база (PostgreSQL 13 и новее): запросы, попытки, доказательства.")
    ram: Ram = Field(description="База «Региональный акушерский мониторинг»; из неё только читаем.")
    fss: Fss = Field(description="Фонд.")
    hospitals: tuple[Hospital, ...] = Field(
        min_length=1, description="МО, за которые работает программа. Которых здесь нет, те не наши."
    )
    calendar: WorkingDays = Field(
        default_factory=WorkingDays,
        description="Поправки к производственному календарю России: по нему считается срок отправки.",
    )
    ticket1: Ticket1 = Field(default_factory=Ticket1, description="Условия талона 1.")
    backfill_certificates: bool = Field(
        default=False, description="Формировать ЭРС и по беременностям, начатым до start_from, если у Фонда его нет."
    )
    form_at_delivery: bool = Field(
        default=False, description="Роды без первичного осмотра: true – ЭРС формирует роддом, false – ждать человека."
    )
    closed_days: int = Field(
        default=60,
        ge=0,
        le=365,
        description="Сколько дней после закрытия беременности в РАМ ещё учитывать новые события.",
    )
    prices: tuple[Price, ...] = Field(
        default=(_price("2007-01-01", 3000), _price("2022-01-01", 4000)),
        min_length=1,
        description="Цены талонов, рублей, для столбца «сколько стоит МО». Сверьте даты с действующим постановлением.",
    )
    brake: Brake = Field(
        default_factory=Brake, description="Тормоз: необычно много перемен сразу ждёт подтверждения человека."
    )
    pull: Pull = Field(default_factory=Pull, description="Опрос Фонда о сертификатах («Обновить данные ЭРС»).")
    schedule: Schedule = Field(default_factory=Schedule, description="Расписание заданий.")
    stop_grace_seconds: int = Field(
        default=10, ge=0, le=600, description="Сколько секунд при остановке ждать окончания начатых обменов."
    )
    retention: Retention = Field(default_factory=Retention, description="Сроки хранения.")
    reports: Reports = Field(description="Отчёты.")
    alerts: Alerts = Field(default_factory=Alerts, description="Предупреждения дежурным.")
    metrics: Metrics = Field(default_factory=Metrics, description="Показатели для наблюдения.")

    def zone_of(self, hospital: Hospital) -> ZoneInfo:
        """Return the time zone of a hospital: its own, else the common one."""
        return hospital.timezone or self.timezone
