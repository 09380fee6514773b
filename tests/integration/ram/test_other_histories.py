"""On a real server: transaction ids beyond the first epoch, and a timeline that changed."""

from __future__ import annotations

import subprocess
from datetime import timedelta

from ers_sync.ram.reader import open_ram
from ers_sync.ram.snapshot import EPOCH, Mark
from ers_sync.stand.postgres import PrivatePostgres
from tests.integration.ram.conftest import execute, small_ram

DAY = timedelta(days=1)


def rewrite_history(cluster: PrivatePostgres, *options: str) -> None:
    """Stop the server, let pg_resetwal change its control file, and start it again."""
    cluster.stop()
    command = [str(cluster._binaries / "pg_resetwal"), *options, "-D", str(cluster.data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **cluster._surroundings())
    cluster.start()


def scan(dsn: str, since: Mark | None) -> tuple[set[int], str | None, Mark]:
    with open_ram(dsn) as ram:
        changes = ram.changes(since, "changes", DAY)
    return changes.pregnancy_ids, changes.why_full, changes.mark


def test_a_later_epoch_and_then_another_timeline() -> None:
    with PrivatePostgres(durable=False) as cluster:
        dsn = cluster.create_database("ram")
        small_ram(dsn)

        rewrite_history(cluster, "-e", "5")
        mark = scan(dsn, None)[2]
        assert 5 * EPOCH < mark.xmin < 6 * EPOCH
        execute(dsn, "update ram.exam set updated_at = now() where id = 112")
        ids, why, later = scan(dsn, mark)
        assert (ids, why) == ({11}, None)
        assert scan(dsn, later)[:2] == (set(), None)

        rewrite_history(cluster, "-l", f"{mark.timeline + 1:08X}00000001000000FF")
        ids, why, promoted = scan(dsn, later)
        assert (ids, why) == ({11, 12, 21}, "другая линия времени сервера")
        assert promoted.timeline == mark.timeline + 1
        assert promoted.system_identifier == mark.system_identifier
