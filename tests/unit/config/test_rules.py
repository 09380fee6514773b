"""What keys demand of each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ers_sync.config import load

Changed = Callable[[tuple[str | int, ...], Any], str]
Problems = Callable[[str], list[str]]
Write = Callable[[str], Path]

HOSPITAL = {"id": 1, "key_files": ["k.pem"], "certificate_files": ["c.pem"], "start_from": "2026-01-01"}


@pytest.mark.parametrize(
    ("location", "value", "text"),
    [
        (
            ("fss", "provider"),
            "auto",
            (
                "fss.provider: auto годится только для испытательного контура. "
                "Что сделать: напишите engine или отметьте все адреса test_contour: true."
            ),
        ),
        (
            ("fss", "provider"),
            "rsa",
            (
                "fss.provider: rsa годится только для испытательного контура. "
                "Что сделать: напишите engine или отметьте все адреса test_contour: true."
            ),
        ),
        (
            ("fss", "provider"),
            "pure",
            (
                "fss.provider: pure годится только для испытательного контура. "
                "Что сделать: напишите engine или отметьте все адреса test_contour: true."
            ),
        ),
        (
            ("fss", "endpoints", 0, "url"),
            "http://fund.example/ers",
            (
                "fss.endpoints[1].url: адрес без шифрования (http://). "
                "Что сделать: напишите https:// или, для испытательного контура, test_contour: true."
            ),
        ),
        (
            ("fss", "endpoints"),
            [{"url": "https://fund.example/ers"}, {"url": "https://fund.example/ers"}],
            "fss.endpoints[2].url: этот адрес уже есть в записи 1 этого списка. Что сделать: оставьте одну запись.",
        ),
        (
            ("fss", "timeouts"),
            {"read_seconds": 121},
            (
                "fss.timeouts.total_seconds: меньше, чем connect_seconds или read_seconds. "
                "Что сделать: увеличьте total_seconds или уменьшите их."
            ),
        ),
        (
            ("hospitals",),
            [HOSPITAL, dict(HOSPITAL)],
            "hospitals[2].id: эта МО уже есть в записи 1 этого списка. Что сделать: оставьте одну запись.",
        ),
        (
            ("hospitals", 0, "head_key_files"),
            ["head.pem"],
            (
                "hospitals[1].head_certificate_files: сертификатов 0, а ключей 1. "
                "Что сделать: перечислите к каждому ключу из head_key_files его сертификат, в том же порядке."
            ),
        ),
        (
            ("hospitals", 0, "certificate_files"),
            ["old.pem", "new.pem"],
            (
                "hospitals[1].certificate_files: сертификатов 2, а ключей 1. "
                "Что сделать: перечислите к каждому ключу из key_files его сертификат, в том же порядке."
            ),
        ),
        (
            ("fss", "profile", "signers", "put_ticket2"),
            ["mo", "head"],
            (
                "hospitals[1].head_key_files: руководитель подписывает put_ticket2 (fss.profile.signers), а его ключа нет. "
                "Что сделать: добавьте head_key_files и head_certificate_files."
            ),
        ),
        (
            ("fss", "proxy"),
            {"url": "http://proxy.example", "user": "ers"},
            (
                "fss.proxy.password_file: user и password_file нужны вместе. "
                "Что сделать: добавьте password_file или уберите второй ключ."
            ),
        ),
        (
            ("retention",),
            {"evidence_days": 1826},
            "retention.log_days: меньше, чем evidence_days. Что сделать: увеличьте log_days.",
        ),
        (
            ("mode",),
            "live",
            (
                "ledger.evidence_key_files: нет ключа, которым шифруются запросы и ответы Фонда. Что сделать: создайте файл "
                "командой openssl rand -base64 32 и назовите его здесь; храните копию ключа отдельно от копий базы."
            ),
        ),
        (
            ("hospitals", 0, "alerts_to"),
            "ers@hospital.example",
            (
                "hospitals[1].alerts_to: писать не через что: нет раздела alerts.mail. "
                "Что сделать: добавьте alerts.mail или уберите ключ."
            ),
        ),
    ],
)
def test_a_broken_rule_is_named_and_explained(
    changed: Changed, problems: Problems, location: tuple[str | int, ...], value: Any, text: str
) -> None:
    assert problems(changed(location, value)) == [text]


@pytest.mark.parametrize(
    ("location", "value"),
    [
        (("ram", "window_hours"), 1),
        (("ram", "window_hours"), 720),
        (("schedule", "report_at"), "23:59"),
        (("fss", "timeouts"), {"read_seconds": 120}),
        (("fss", "endpoints"), [{"url": "http://127.0.0.1:8080/", "test_contour": True}]),
        (("fss", "profile", "signers", "put_ticket1"), ["mo"]),
    ],
)
def test_the_last_good_value_passes(
    changed: Changed, write: Write, location: tuple[str | int, ...], value: Any
) -> None:
    load(write(changed(location, value)))


@pytest.mark.parametrize("provider", ["auto", "pure", "rsa"])
def test_a_test_contour_takes_every_provider_but_all_endpoints_must_be_one(
    changed: Changed, write: Write, problems: Problems, provider: str
) -> None:
    contour = {"url": "https://test.example/", "test_contour": True}
    fss = {"endpoints": [contour], "certificates": ["fund.pem"], "provider": provider}
    assert load(write(changed(("fss",), fss))).fss.provider == provider
    fss["endpoints"] = [contour, {"url": "https://fund.example/"}]
    assert len(problems(changed(("fss",), fss))) == 1


def test_only_a_test_contour_may_go_live_without_a_key_for_the_evidence(
    changed: Changed, write: Write, problems: Problems
) -> None:
    sealed = yaml.safe_load(changed(("mode",), "live"))
    sealed["ledger"]["evidence_key_files"] = ["evidence-key"]
    load(write(yaml.safe_dump(sealed)))
    del sealed["ledger"]["evidence_key_files"]
    assert len(problems(yaml.safe_dump(sealed))) == 1
    sealed["fss"]["endpoints"][0]["test_contour"] = True
    load(write(yaml.safe_dump(sealed)))
