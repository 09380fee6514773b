"""Every bad value gives its exact text: the key, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Changed = Callable[[tuple[str | int, ...], Any], str]
Problems = Callable[[str], list[str]]

FILE = 'нужно: имя файла, который читает только владелец, например dsn_file: "ram-dsn".'


@pytest.mark.parametrize(
    ("location", "value", "text"),
    [
        (
            ("mode",),
            ...,
            'mode: обязательного ключа нет. Что сделать: добавьте его; нужно: одно из: dry, live, например mode: "dry".',
        ),
        (
            ("mode",),
            None,
            'mode: обязательного ключа нет. Что сделать: добавьте его; нужно: одно из: dry, live, например mode: "dry".',
        ),
        (("mode",), "test", 'mode: текст не подходит. Что сделать: нужно: одно из: dry, live, например mode: "dry".'),
        (("mode",), ["dry"], 'mode: список не подходит. Что сделать: нужно: одно из: dry, live, например mode: "dry".'),
        (
            ("timezone",),
            "Asia/Nowhere",
            (
                "timezone: текст не подходит. Что сделать: "
                'нужно: часовой пояс IANA, например timezone: "Asia/Yekaterinburg".'
            ),
        ),
        (("ram",), "base", "ram: текст не подходит. Что сделать: нужно: раздел."),
        (("ram", "dsn_file"), 5, f"ram.dsn_file: число не подходит. Что сделать: {FILE}"),
        (
            ("ram", "dsn_file"),
            "postgresql://ers:hunter2@ram/ram",
            f"ram.dsn_file: здесь должно стоять имя файла, а не само значение. Что сделать: {FILE}",
        ),
        (
            ("ram", "dsn_file"),
            "host=ram password=hunter2",
            f"ram.dsn_file: здесь должно стоять имя файла, а не само значение. Что сделать: {FILE}",
        ),
        (
            ("ram", "window_hours"),
            0,
            "ram.window_hours: число 0 не подходит. Что сделать: нужно: целое число от 1 до 720, например window_hours: 24.",
        ),
        (
            ("ram", "window_hours"),
            "24 часа",
            "ram.window_hours: текст не подходит. Что сделать: нужно: целое число от 1 до 720, например window_hours: 24.",
        ),
        (
            ("ram", "window_hours"),
            1.5,
            "ram.window_hours: число 1.5 не подходит. Что сделать: нужно: целое число от 1 до 720, например window_hours: 24.",
        ),
        (
            ("ram", "window_hours"),
            True,
            "ram.window_hours: true или false не подходит. Что сделать: нужно: целое число от 1 до 720, например window_hours: 24.",
        ),
        (
            ("ram", "windw_hours"),
            24,
            "ram.windw_hours: такого ключа нет. Что сделать: возможно, имелось в виду window_hours.",
        ),
        (
            ("ram", "пароль"),
            "hunter2",
            "ram.пароль: такого ключа нет. Что сделать: уберите его; здесь бывают: dsn_file, tls, scan, window_hours, queries_dir.",
        ),
        (
            ("closed_days",),
            366,
            "closed_days: число 366 не подходит. Что сделать: нужно: целое число от 0 до 365, например closed_days: 60.",
        ),
        (
            ("form_at_delivery",),
            "yes",
            "form_at_delivery: текст не подходит. Что сделать: нужно: true или false, например form_at_delivery: false.",
        ),
        (
            ("brake", "percent"),
            0,
            "brake.percent: число 0 не подходит. Что сделать: нужно: число больше 0 до 100, например percent: 1.",
        ),
        (
            ("schedule", "report_at"),
            "6:00",
            'schedule.report_at: текст не подходит. Что сделать: нужно: время суток ЧЧ:ММ, например report_at: "06:00".',
        ),
        (
            ("schedule", "report_at"),
            "24:00",
            'schedule.report_at: текст не подходит. Что сделать: нужно: время суток ЧЧ:ММ, например report_at: "06:00".',
        ),
        (("hospitals",), [], "hospitals: список пуст. Что сделать: нужно: список разделов."),
        (
            ("hospitals", 0, "id"),
            "1",
            "hospitals[1].id: текст не подходит. Что сделать: нужно: целое число от 1, например id: 1.",
        ),
        (
            ("hospitals", 0, "start_from"),
            "01.01.2026",
            (
                "hospitals[1].start_from: текст не подходит. "
                'Что сделать: нужно: дата ГГГГ-ММ-ДД, например start_from: "2026-01-01".'
            ),
        ),
        (
            ("hospitals", 0, "key_files"),
            ["a.pem", ""],
            (
                "hospitals[1].key_files[2]: здесь должно стоять имя файла, а не само значение. "
                'Что сделать: нужно: список: имя файла, который читает только владелец, например key_files: ["mo-1-key.pem"].'
            ),
        ),
        (
            ("hospitals", 0, "alerts_to"),
            "Иванова",
            (
                "hospitals[1].alerts_to: текст не подходит. "
                'Что сделать: нужно: почтовый адрес вида имя@домен, например alerts_to: "ers@hospital.example".'
            ),
        ),
        (
            ("fss", "endpoints", 0, "url"),
            "fund.example",
            (
                "fss.endpoints[1].url: текст не подходит. Что сделать: "
                'нужно: адрес http://… или https://… без имени и пароля, например url: "https://fund.example/ws/ers".'
            ),
        ),
        (
            ("fss", "proxy"),
            {"url": "http://ers:hunter2@proxy.example"},
            (
                "fss.proxy.url: имя и пароль в адресе не пишут: пароль лежит в отдельном файле. Что сделать: "
                'нужно: адрес http://… или https://… без имени и пароля, например url: "http://proxy.example:3128".'
            ),
        ),
        (
            ("fss", "profile", "actor"),
            "http://eln.fss.ru/actor/mo/",
            (
                "fss.profile.actor: текст не подходит. Что сделать: "
                'нужно: текст, в котором {ogrn} стоит ровно один раз, например actor: "http://eln.fss.ru/actor/mo/{ogrn}".'
            ),
        ),
        (
            ("fss", "profile", "signers", "put_ticket1"),
            ["head"],
            (
                "fss.profile.signers.put_ticket1: список не подходит. "
                'Что сделать: нужно: список [mo] или [mo, head], например put_ticket1: ["mo"].'
            ),
        ),
        (
            ("prices",),
            [{"from": "2026-01-01", "ticket1": 4000, "ticket2": 6000, "ticket3_1": 1000}],
            (
                "prices[1].ticket3_2: обязательного ключа нет. "
                "Что сделать: добавьте его; нужно: целое число от 0 до 1000000, например ticket3_2: 1000."
            ),
        ),
    ],
)
def test_a_bad_value_is_named_and_explained(
    changed: Changed, problems: Problems, location: tuple[str | int, ...], value: Any, text: str
) -> None:
    assert problems(changed(location, value)) == [text]
