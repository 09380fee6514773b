"""A backlog that real daemons can work off: visits that РАМ calls for, of which the Fund has none, and a Fund that only takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.drain import backlog
from benchmarks.gateway import acknowledgements, gateway
from benchmarks.scan import FILL, FILL_LEDGER, HOSPITALS, filled
from ers_sync.stand.line import Line, ogrn
from ers_sync.stand.postgres import PrivatePostgres
from jobs import scan

VISITS = 9  # of a pregnancy, but for one in fifty that has one less until it is compared
_UNSENT = """
update ers.request set state = 'HELD', reason = 'missing_data', visit_id = null, first_sent_at = null, answered_at = null
where kind = 'put_visit' and pregnancy_id <= :women
"""


@contextmanager
def to_send(postgres: PrivatePostgres, many: int, finished: int = 0, *, worked_out: bool = True) -> Iterator[Line]:
    """Yield a line whose ledger has `many` visits to be sent, all of them as РАМ has them, and `finished` ones of women gone by.

    They are ready if they are worked out, else the next compare makes them so.
    """
    women = -(-many // VISITS)
    with backlog("engine", HOSPITALS, postgres) as line:
        visits = 10 * (women + finished // VISITS)
        filled(line.ram_dsn, FILL, visits, women)
        dsn = line.context.ledger.url.set(drivername="postgresql").render_as_string(hide_password=False)
        filled(dsn, FILL_LEDGER, visits, women)
        line.ledger(_UNSENT, women=women)
        line.ledger("update ers.pregnancy set ask_after = 'infinity'")
        if worked_out:
            scan.run(line.context, full=True)
        line.ledger("analyze ers.request")
        yield line


@contextmanager
def fund(line: Line, many: int, seconds: float, **schedule: Any) -> Iterator[Path]:
    """Run a Fund that takes up to `many` visits of each hospital, each after so many seconds; yield the configuration of a daemon for it.

    It answers nothing else: nobody polls or asks within the hour.
    """
    ogrns = [ogrn(id_) for id_ in range(1, HOSPITALS + 1)]
    canned = acknowledgements(line.context, line.config.parent / "fund" / "keys", ogrns, "putVisit", many)
    with gateway(canned, seconds) as url:
        values = yaml.safe_load(line.config.read_text(encoding="utf-8"))
        values["fss"]["endpoints"] = [{"url": url, "test_contour": True}]
        values["schedule"] = values.get("schedule", {}) | {"poll_seconds": 3600, "reconcile_minutes": 60} | schedule
        path = line.config.with_name("daemon.yaml")
        path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
        yield path
