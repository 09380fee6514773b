"""Put a stand-in Fund together and let it run."""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import resources

from lxml import etree

from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import from_settings
from ers_sync.stand.fund.behaviours import Mischief
from ers_sync.stand.fund.clock import BusinessClock
from ers_sync.stand.fund.control import ControlHandler
from ers_sync.stand.fund.desk import Desk
from ers_sync.stand.fund.entrance import Entrance, Identity
from ers_sync.stand.fund.gateway import Gateway
from ers_sync.stand.fund.keeper import Keeper
from ers_sync.stand.fund.keys import AUTHORITY, certificate_file, key_file, make_keys
from ers_sync.stand.fund.listener import Front
from ers_sync.stand.fund.seed import read_names, read_seed
from ers_sync.stand.fund.settings import Settings
from ers_sync.stand.fund.trust import Trust
from ers_sync.stand.fund.wire import FundHandler

_logger = logging.getLogger(__name__)


def serve(settings: Settings, ready: Callable[[str, str], object]) -> None:
    """Run a Fund until SIGTERM or SIGINT. Once it listens its URL is in `url.txt`, that of the control endpoint in `control.txt`.

    Both are then told to `ready` as well.

    Raises:
        SeedError: the seed or the names cannot be used.
        CryptoError: the keys cannot be used.
        OSError: the address is taken, or the folder cannot be written.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    settings.folder.mkdir(parents=True, exist_ok=True)
    desk = _desk(settings)
    mischief = Mischief(random.Random(settings.random_seed))  # noqa: S311 - not a secret
    keeper = Keeper(settings.folder / "exchanges") if settings.keep_exchanges else None
    gateway = Gateway(_entrance(settings, desk.clock.now()), desk)
    worker = threading.Thread(target=_work, args=(desk,), name="processing", daemon=True)
    worker.start()
    front = Front((settings.host, settings.port), partial(FundHandler, gateway, mischief, keeper))
    control = Front(("127.0.0.1", 0), partial(ControlHandler, desk, gateway.identity, mischief, front))
    _announce(settings, front, control)
    ready(front.url, control.url)
    stopped.wait()
    for door in (control, front):
        door.set_open(False)
    desk.stop()
    worker.join()
    desk.close()


def _desk(settings: Settings) -> Desk:
    """The desk with its journal replayed; at the first start the seed is planted and the clock set."""
    seed = settings.seed.read_text("utf-8") if settings.seed else "{}"
    names = settings.names.read_text("utf-8") if settings.names else "{}"
    read_seed(seed), read_names(names)
    desk = Desk(settings, BusinessClock(settings.zone))
    if desk.is_new:
        desk.set_clock(settings.at or datetime.now(settings.zone))
        desk.plant(seed, names)
        desk.sync()
    return desk


def _entrance(settings: Settings, now: datetime) -> Entrance:
    """The Fund's key and the authority of the folder, made anew where there are none."""
    folder = settings.folder / "keys"
    if not folder.exists():
        seed = read_seed(settings.seed.read_text("utf-8") if settings.seed else "{}")
        hospitals = {organization.ogrn: f"МО {organization.ogrn}" for organization in seed.organizations}
        make_keys(folder, "rsa" if settings.crypto == "rsa" else "gost", hospitals, now)
    certificate = read_certificate(certificate_file(folder, "fund").read_bytes())
    crypto = "rsa" if certificate.is_rsa else settings.crypto
    profile = from_settings(crypto, settings.profile)
    provider = make_provider(
        crypto, key_file(folder, "fund").read_bytes(), s_box=profile.parameter_set, meshing=profile.meshing
    )
    trust = Trust(read_certificate((folder / AUTHORITY).read_bytes()), provider, settings.folder)
    schema = etree.XMLSchema(etree.fromstring(resources.files("ers_sync.fss").joinpath("wsdl/ers.xsd").read_bytes()))
    return Entrance(Identity(profile, provider, certificate), trust, schema)


def _work(desk: Desk) -> None:
    """Process; a Fund that cannot do that any more must not go on taking requests in."""
    try:
        desk.work()
    except Exception:
        _logger.exception("fund.processing_failed")
        os._exit(70)


def _announce(settings: Settings, front: Front, control: Front) -> None:
    for name, url in (("control.txt", control.url), ("url.txt", front.url)):
        fresh = settings.folder / f"{name}.new"
        fresh.write_text(f"{url}\n")
        fresh.replace(settings.folder / name)
