"""One, two and three daemons on one ledger while the Fund's pace is the bound: visits acknowledged a second, and none of them twice.

    .venv/bin/python -m benchmarks.daemons [--quick] [--seconds 20] [--answer 0.5]

Daemons are processes as the service starts them; each has two workers, and the Fund answers after half a second: four visits a second a
daemon is the bound. They take turns in growing number; what counts begins when all of them have sent something.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.backlog import fund, to_send
from benchmarks.measuring import arguments, tell
from benchmarks.scan import HOSPITALS
from ers_sync.stand.line import Line
from ers_sync.stand.postgres import PrivatePostgres

WORKERS = 2
REACH = {2: "≥ 1.8", 3: "≥ 2.6"}
SENT = "select count(*) as many from ers.request where state = 'REGISTERED'"
TWICE = "select count(*) as many from (select 1 from ers.exchange where operation = 'putVisit' group by request_id having count(*) > 1) t"
LOST = "select count(*) as many from ers.exchange where operation = 'putVisit' and outcome is distinct from 'ANSWERED'"


@contextmanager
def daemons(config: Path, many: int) -> Iterator[list[int]]:
    """Run so many daemons, yield their process ids, and stop them as systemd does."""
    command = [str(Path(sys.executable).with_name("ers-sync")), "run", "--config", str(config)]
    running = []
    try:
        for number in range(many):
            log = config.with_name(f"daemon-{number}.log").open("a", encoding="utf-8")
            running.append(subprocess.Popen(command, stderr=log))
        yield [process.pid for process in running]
        assert all(process.poll() is None for process in running), "a daemon has ended by itself"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def count(line: Line, query: str) -> int:
    return int(line.ledger(query)[0]["many"])


def rate(line: Line, config: Path, many: int, seconds: float, answer: float) -> float:
    """Return visits acknowledged a second by so many daemons, the Fund answering after so many seconds."""
    pace = many * WORKERS / answer
    with daemons(config, many):
        begun = count(line, SENT)
        while count(line, SENT) < begun + 5 * pace:  # all have started, and what they do at their start is over
            time.sleep(0.2)
        before, began = count(line, SENT), time.perf_counter()
        time.sleep(seconds)
        return (count(line, SENT) - before) / (time.perf_counter() - began)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--answer", type=float, default=0.5)
    options = parser.parse_args()
    seconds = 6.0 if options.quick else options.seconds
    needed = int(6 * WORKERS / options.answer * (seconds + 30))
    with (
        PrivatePostgres(durable=True, settings={"max_connections": "200"}) as postgres,
        to_send(postgres, needed) as line,
        fund(line, 3 * needed // HOSPITALS + 200, options.answer, submit_workers=WORKERS) as config,
    ):
        alone = rate(line, config, 1, seconds, options.answer)
        for many in (2, 3):
            found = rate(line, config, many, seconds, options.answer)
            tell("daemons", f"{many} of them, {found:.1f}/s against {alone:.1f}/s of one", found / alone, REACH[many])
        twice = count(line, TWICE)
        print(
            f"daemons: {count(line, SENT)} acknowledged, {twice} sent twice, {count(line, LOST)} not answered",
            flush=True,
        )
        assert twice == 0


if __name__ == "__main__":
    main()
