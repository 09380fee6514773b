"""How one stand-in Fund is set up, and its command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Settings:
    """One stand-in Fund.

    Attributes:
        folder: where everything lies that it keeps: journal, book, keys/, url.txt, control.txt, revoked.txt, exchanges/.
        host, port: where it listens; port 0 = any free one, written to url.txt.
        seed, names: JSON files (`seed.py`); they count at the first start in a folder only.
        at: business time of the first start; without a zone it is in `zone`. None = the real time.
        delay, spread: seconds from loading to processing: delay ± spread.
        zone: whose day is the Fund's day.
        crypto: provider of a GOST key (`auto`, `engine`, `pure`), and the kind of keys to make if keys/ is not there (`rsa`: RSA).
        profile: what the exchange profile changes (`fss.profile.from_settings`).
        random_seed: of the spread and of the faults.
        keep_exchanges: keep every exchange's bytes in exchanges/.
        dated_by_registration: a new certificate bears the day of registration for pregnancy; False: the day it was formed.
            The real Fund's choice is not public.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    seed: Path | None = None
    names: Path | None = None
    at: datetime | None = None
    delay: float = 0.2
    spread: float = 0.0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Yekaterinburg"))
    crypto: str = "auto"
    profile: Mapping[str, Any] = field(default_factory=dict)
    random_seed: int = 1
    keep_exchanges: bool = False
    dated_by_registration: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the stand-in Fund."""
    parser.add_argument(
        "--listen", metavar="АДРЕС", type=_address, default=("127.0.0.1", 0), help="адрес, например 127.0.0.1:0"
    )
    parser.add_argument("--dir", metavar="ПАПКА", type=Path, required=True, help="папка с журналом, книгой и ключами")
    parser.add_argument("--fund-seed", metavar="ФАЙЛ", type=Path, help="что Фонд знает с самого начала (JSON)")
    parser.add_argument("--names", metavar="ФАЙЛ", type=Path, help="названия МО и имена пациенток (JSON)")
    parser.add_argument("--at", metavar="ВРЕМЯ", type=datetime.fromisoformat, help="рабочее время при первом запуске")
    parser.add_argument(
        "--delay", metavar="СЕКУНД", type=float, default=0.2, help="секунд от приёма запроса до обработки"
    )
    parser.add_argument("--spread", metavar="СЕКУНД", type=float, default=0.0, help="разброс этого времени, секунд")
    parser.add_argument(
        "--zone", metavar="ПОЯС", type=ZoneInfo, default=ZoneInfo("Asia/Yekaterinburg"), help="часовой пояс Фонда"
    )
    parser.add_argument("--crypto", choices=("auto", "engine", "pure", "rsa"), default="auto", help="криптопровайдер")
    parser.add_argument(
        "--profile", metavar="JSON", type=json.loads, default={}, help="изменения профиля обмена (JSON)"
    )
    parser.add_argument("--random-seed", metavar="ЧИСЛО", type=int, default=1, help="начальное число случайностей")
    parser.add_argument("--keep-exchanges", action="store_true", help="сохранять все обмены в exchanges/")
    parser.add_argument("--dated", choices=("registered", "formed"), default="registered", help="дата нового ЭРС")


def from_arguments(arguments: argparse.Namespace) -> Settings:
    """Make the settings out of parsed options."""
    host, port = arguments.listen
    return Settings(
        folder=arguments.dir,
        host=host,
        port=port,
        seed=arguments.fund_seed,
        names=arguments.names,
        at=arguments.at,
        delay=arguments.delay,
        spread=arguments.spread,
        zone=arguments.zone,
        crypto=arguments.crypto,
        profile=arguments.profile,
        random_seed=arguments.random_seed,
        keep_exchanges=arguments.keep_exchanges,
        dated_by_registration=arguments.dated == "registered",
    )


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise argparse.ArgumentTypeError("нужен адрес вида 127.0.0.1:8080")
    return host, int(port)
