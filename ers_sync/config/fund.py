"""The section `fss`: how the Fund is reached, and the form of the exchange (its profile)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ers_sync.config.base import Line, PublicFile, SecretFile, Section, Wants, WebAddress


def _with_ogrn(pattern: str) -> str:
    if pattern.count("{ogrn}") != 1 or pattern.replace("{ogrn}", "").strip("{}") != pattern.replace("{ogrn}", ""):
        raise ValueError
    return pattern


def _signed_by_hospital(roles: tuple[str, ...]) -> tuple[str, ...]:
    if roles[0] != "mo" or len(set(roles)) != len(roles):
        raise ValueError
    return roles


OgrnPattern = Annotated[str, AfterValidator(_with_ogrn), Wants("текст, в котором {ogrn} стоит ровно один раз")]
Signers = Annotated[
    tuple[Literal["mo", "head"], ...],
    Field(min_length=1),
    AfterValidator(_signed_by_hospital),
    Wants("список [mo] или [mo, head]"),
]


class Endpoint(Section):
    """One address of the Fund's service."""

    url: WebAddress = Field(description="Адрес сервиса ЭРС.", examples=["https://fund.example/ws/ers"])
    test_contour: bool = Field(
        default=False,
        description="true у испытательного контура Фонда: только с ним разрешены --at, provider pure, rsa и auto, адрес http://.",
    )


class Proxy(Section):
    """The hospital network's HTTP proxy."""

    url: WebAddress = Field(description="Адрес прокси.", examples=["http://proxy.example:3128"])
    user: Line | None = Field(default=None, description="Имя для Basic-авторизации.", examples=["ers"])
    password_file: SecretFile | None = Field(
        default=None, description="Файл с паролем прокси.", examples=["proxy-password"]
    )


class Timeouts(Section):
    """Limits of one exchange; a lease outlasts the total."""

    connect_seconds: float = Field(default=10, gt=0, le=120, description="Сколько секунд ждать соединения.")
    read_seconds: float = Field(default=60, gt=0, le=600, description="Сколько секунд ждать очередной части ответа.")
    total_seconds: float = Field(default=120, gt=0, le=1200, description="Сколько секунд даётся всему обмену.")


class SignerRoles(Section):
    """Who signs a request of each kind, in the order of the `wsse:Security` blocks."""

    create_ers: Signers = Field(default=("mo",), description="Формирование ЭРС.")
    put_visit: Signers = Field(default=("mo",), description="Посещение.")
    annul_visit: Signers = Field(default=("mo",), description="Аннулирование посещения.")
    put_ticket1: Signers = Field(default=("mo",), description="Талон 1.")
    put_ticket2: Signers = Field(default=("mo",), description="Талон 2.")
    put_ticket3: Signers = Field(default=("mo",), description="Талон 3-1 и 3-2.")
    disable_ers: Signers = Field(default=("mo",), description="Закрытие ЭРС.")


class Askable(Section):
    """Whether `getErsData` tells that a request of unknown fate has arrived."""

    create_ers: bool = Field(default=True, description="Формирование ЭРС.")
    put_visit: bool = Field(default=True, description="Посещение.")
    annul_visit: bool = Field(default=True, description="Аннулирование посещения.")
    put_ticket1: bool = Field(default=True, description="Талон 1.")
    put_ticket2: bool = Field(default=True, description="Талон 2.")
    put_ticket3: bool = Field(default=True, description="Талон 3-1 и 3-2.")
    disable_ers: bool = Field(default=True, description="Закрытие ЭРС.")


class Profile(Section):
    """The form of the exchange that only the Fund's own specification settles."""

    actor: OgrnPattern = Field(
        default="http://eln.fss.ru/actor/mo/{ogrn}", description="Обозначение подписи МО (soapenv:actor)."
    )
    head_actor: OgrnPattern = Field(
        default="http://eln.fss.ru/actor/mo/{ogrn}/head", description="Обозначение подписи руководителя МО."
    )
    fund_actor: OgrnPattern = Field(
        default="http://eln.fss.ru/actor/fss/ca/{ogrn}", description="Обозначение подписи Фонда в его ответах."
    )
    check_fund_actor: bool = Field(
        default=False,
        description="Не принимать ответ с другим обозначением подписи Фонда. Подпись его не защищает: Фонд узнаётся по сертификату.",
    )
    body_id: OgrnPattern = Field(default="OGRN_{ogrn}", description="Идентификатор подписанного тела (wsu:Id).")
    certificate_placement: Literal["recipient", "sender"] = Field(
        default="recipient",
        description="Чей сертификат стоит у зашифрованного ключа: recipient – Фонда, и тогда сертификат МО лежит внутри (профиль v2); "
        "sender – МО (профиль v1).",
    )
    c14n_comments: bool = Field(
        default=True, description="Каноническая форма с комментариями (exc-c14n#WithComments); false – без них."
    )
    key_transport: Line | None = Field(
        default=None,
        description="Обозначение способа передачи ключа (EncryptionMethod ключа); без этой строки – transport-gost2001, "
        "для ключей 2012 года тоже.",
        examples=["urn:ietf:params:xml:ns:cpxmlsec:algorithms:transport-gost2012-256"],
    )
    parameter_set: Literal["tc26-z", "cryptopro-a"] = Field(
        default="tc26-z",
        description="Узел замены ГОСТ 28147-89 в наших сообщениях: tc26-z (1.2.643.7.1.2.5.1.1) или cryptopro-a (1.2.643.2.2.31.1). "
        "Сообщения Фонда называют свой.",
    )
    key_meshing: bool = Field(
        default=True, description="Смена ключа через каждые 1024 байта по КриптоПро (RFC 4357); false – без смены."
    )
    signers: SignerRoles = Field(
        default_factory=SignerRoles, description="Кто подписывает запрос каждого вида: mo – МО, head – руководитель."
    )
    can_be_asked: Askable = Field(
        default_factory=Askable,
        description="Видно ли в getErsData, что запрос дошёл. Где false, запрос неизвестной судьбы ждёт решения человека.",
    )
    software_name: Line = Field(default="ers_sync", description="Название программы в запросах (systemInfo).")
    software_version: Line | None = Field(
        default=None,
        description="Версия программы в запросах; без этой строки – версия установленной.",
        examples=["1.0"],
    )


class Fss(Section):
    """The Fund (ФСС, today СФР)."""

    endpoints: tuple[Endpoint, ...] = Field(
        min_length=1, description="Адреса сервиса Фонда; если один не отвечает, идёт следующий."
    )
    certificates: tuple[PublicFile, ...] = Field(
        min_length=1,
        description="Сертификаты Фонда, PEM или DER: действующий и, когда объявлен, следующий. Шифруем для первого действующего, "
        "ответ принимаем под подписью любого из списка.",
        examples=[["fund.pem"]],
    )
    issuer_certificates: tuple[PublicFile, ...] = Field(
        default=(),
        description="Сертификаты удостоверяющих центров, которым верит Фонд; если указаны, сертификаты МО должны быть выданы ими.",
        examples=[["issuer.pem"]],
    )
    provider: Literal["engine", "pure", "rsa", "auto"] = Field(
        default="engine",
        description="Криптография: engine – OpenSSL с gost-engine. Только для испытательного контура: pure – на Python, медленно; "
        "rsa; auto – что найдётся.",
    )
    ca_file: PublicFile | None = Field(
        default=None,
        description="Корневые сертификаты для TLS, если не хватает системных.",
        examples=["fund-tls-ca.pem"],
    )
    proxy: Proxy | None = Field(default=None, description="HTTP-прокси, если без него в интернет не выйти.")
    timeouts: Timeouts = Field(default_factory=Timeouts, description="Пределы ожидания одного обмена.")
    max_processing_hours: float = Field(
        default=24,
        gt=0,
        le=240,
        description="Сколько часов Фонд может обрабатывать принятое. Раньше этого срока «у Фонда не найдено» не значит «не дошло».",
    )
    profile: Profile = Field(
        default_factory=Profile, description="Форма обмена. Менять только вслед за спецификацией Фонда."
    )
