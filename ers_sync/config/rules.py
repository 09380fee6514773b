"""What keys demand of each other. A rule is judged only where the values it looks at are sound themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ers_sync.config.model import Config
    from ers_sync.config.problems import Location


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: the key to blame, the texts, and every key that the judgement rests on."""

    at: Location
    wrong: str
    advice: str
    rests_on: tuple[Location, ...]


def provider_suits_contour(config: Config) -> Iterator[Fault]:
    """`auto` may silently change what signs, RSA is no signature for the Fund, the time of `pure` tells of the key: for tests only."""
    contours = [("fss", "endpoints", number, "test_contour") for number in range(len(config.fss.endpoints))]
    if config.fss.provider in {"auto", "pure", "rsa"} and not all(
        endpoint.test_contour for endpoint in config.fss.endpoints
    ):
        yield Fault(
            ("fss", "provider"),
            f"{config.fss.provider} годится только для испытательного контура",
            "напишите engine или отметьте все адреса test_contour: true",
            (("fss", "provider"), *contours),
        )


def endpoints_are_protected(config: Config) -> Iterator[Fault]:
    """Patients' data go out over TLS, on a test contour excepted."""
    for number, endpoint in enumerate(config.fss.endpoints):
        at = ("fss", "endpoints", number)
        if endpoint.url.startswith("http:") and not endpoint.test_contour:
            yield Fault(
                (*at, "url"),
                "адрес без шифрования (http://)",
                "напишите https:// или, для испытательного контура, test_contour: true",
                ((*at, "url"), (*at, "test_contour")),
            )


def evidence_is_sealed(config: Config) -> Iterator[Fault]:
    """What the Fund was told of patients is not kept open."""
    contours = [("fss", "endpoints", number, "test_contour") for number in range(len(config.fss.endpoints))]
    at = ("ledger", "evidence_key_files")
    real = not all(endpoint.test_contour for endpoint in config.fss.endpoints)
    if config.mode == "live" and real and not config.ledger.evidence_key_files:
        yield Fault(
            at,
            "нет ключа, которым шифруются запросы и ответы Фонда",
            "создайте файл командой openssl rand -base64 32 и назовите его здесь; храните копию ключа отдельно от копий базы",
            (at, ("mode",), *contours),
        )


def log_covers_evidence(config: Config) -> Iterator[Fault]:
    """Bytes do not outlive the line of the request log that says what they are."""
    keep, at = config.retention, ("retention", "log_days")
    if keep.log_days < keep.evidence_days:
        yield Fault(at, "меньше, чем evidence_days", "увеличьте log_days", (at, ("retention", "evidence_days")))


def total_covers_parts(config: Config) -> Iterator[Fault]:
    """The total of a timeout is not below its parts."""
    timeouts = config.fss.timeouts
    at = ("fss", "timeouts")
    if timeouts.total_seconds < max(timeouts.connect_seconds, timeouts.read_seconds):
        yield Fault(
            (*at, "total_seconds"),
            "меньше, чем connect_seconds или read_seconds",
            "увеличьте total_seconds или уменьшите их",
            ((*at, "total_seconds"), (*at, "connect_seconds"), (*at, "read_seconds")),
        )


def nothing_twice(config: Config) -> Iterator[Fault]:
    """A hospital, an endpoint and a price's first day stand once."""
    lists: list[tuple[str, Location, str, list[object]]] = [
        ("эта МО", ("hospitals",), "id", [hospital.id for hospital in config.hospitals]),
        ("этот адрес", ("fss", "endpoints"), "url", [endpoint.url for endpoint in config.fss.endpoints]),
        ("этот день", ("prices",), "from", [price.since for price in config.prices]),
    ]
    for name, at, key, entries in lists:
        for number, entry in enumerate(entries):
            first = entries.index(entry)
            if first < number:
                here = (*at, number, key)
                yield Fault(
                    here,
                    f"{name} уже есть в записи {first + 1} этого списка",
                    "оставьте одну запись",
                    (here, (*at, first, key)),
                )


def keys_pair_up(config: Config) -> Iterator[Fault]:
    """Every key has its certificate, in the same place of the other list."""
    for number, hospital in enumerate(config.hospitals):
        for prefix, keys, certificates in (
            ("", hospital.key_files, hospital.certificate_files),
            ("head_", hospital.head_key_files, hospital.head_certificate_files),
        ):
            if len(keys) != len(certificates):
                at = ("hospitals", number)
                places = (*at, f"{prefix}certificate_files"), (*at, f"{prefix}key_files")
                yield Fault(
                    places[0],
                    f"сертификатов {len(certificates)}, а ключей {len(keys)}",
                    f"перечислите к каждому ключу из {prefix}key_files его сертификат, в том же порядке",
                    places,
                )


def heads_can_sign(config: Config) -> Iterator[Fault]:
    """A head's key is there for every hospital whose head signs."""
    signed = [kind for kind, roles in config.fss.profile.signers if "head" in roles]
    signers = tuple(("fss", "profile", "signers", kind) for kind in signed)
    for number, hospital in enumerate(config.hospitals):
        at = ("hospitals", number, "head_key_files")
        if signed and not hospital.head_key_files:
            yield Fault(
                at,
                f"руководитель подписывает {', '.join(signed)} (fss.profile.signers), а его ключа нет",
                "добавьте head_key_files и head_certificate_files",
                (at, *signers),
            )


def user_has_password(config: Config) -> Iterator[Fault]:
    """A user's name and password come together."""
    for at, login in ((("fss", "proxy"), config.fss.proxy), (("alerts", "mail"), config.alerts.mail)):
        if login and (login.user is None) != (login.password_file is None):
            lacking = "user" if login.user is None else "password_file"
            yield Fault(
                (*at, lacking),
                "user и password_file нужны вместе",
                f"добавьте {lacking} или уберите второй ключ",
                ((*at, "user"), (*at, "password_file")),
            )


def mail_can_be_sent(config: Config) -> Iterator[Fault]:
    """Hospitals can be written to only through a mail server."""
    for number, hospital in enumerate(config.hospitals):
        at = ("hospitals", number, "alerts_to")
        if hospital.alerts_to and not config.alerts.mail:
            yield Fault(
                at,
                "писать не через что: нет раздела alerts.mail",
                "добавьте alerts.mail или уберите ключ",
                (at, ("alerts", "mail")),
            )


RULES: tuple[Callable[[Config], Iterator[Fault]], ...] = (
    provider_suits_contour,
    endpoints_are_protected,
    evidence_is_sealed,
    log_covers_evidence,
    total_covers_parts,
    nothing_twice,
    keys_pair_up,
    heads_can_sign,
    user_has_password,
    mail_can_be_sent,
)
