"""Memory of a real daemon: idle, with 100,000 requests in the backlog, and while it compares РАМ and writes the reports.

    .venv/bin/python -m benchmarks.memory [--quick] [--backlog 100000] [--seconds 30]

A daemon compares and reports as soon as it is started. Counted is the resident memory of its processes (reports are written in one of
their own), five times a second, by the jobs that are under way then; the last seconds, when sending alone goes on, are the steady state.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.backlog import fund, to_send
from benchmarks.daemons import daemons
from benchmarks.measuring import arguments, tell
from ers_sync.stand.line import Line
from ers_sync.stand.postgres import PrivatePostgres

ANSWER_SECONDS = 0.2
MOST_MIB = 150
GOING_ON = "select job from ers.job_run where ended_at is null order by job"
ENDED = "select distinct job from ers.job_run where succeeded and job in ('report', 'sweep')"
_RSS = re.compile(r"VmRSS:\s+(\d+) kB")


def mib(pid: int) -> float:
    """Return the resident memory of a process, 0 if it has ended meanwhile."""
    try:
        found = _RSS.search(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) / 1024 if found else 0


def children(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, task.read_text(encoding="utf-8").split())


def watched(line: Line, pid: int, seconds: float) -> tuple[dict[str, list[float]], list[float]]:
    """Return the daemon's memory by the jobs under way, and its child's; it ends when sending alone has gone on for so many seconds."""
    found: dict[str, list[float]] = defaultdict(list)
    apart: list[float] = []
    alone_since = None
    while alone_since is None or time.perf_counter() - alone_since < seconds:
        jobs = [row["job"] for row in line.ledger(GOING_ON)]
        heavy = {"report", "sweep"}.intersection(jobs)
        found["+".join(sorted(heavy)) or "steady"].append(mib(pid))
        apart.append(max((mib(child) for child in children(pid)), default=0))
        over = not heavy and done(line) == {"report", "sweep"}
        alone_since = alone_since or time.perf_counter() if over else None
        time.sleep(0.2)
    return found, apart


def done(line: Line) -> set[str]:
    """Return which of the two jobs have ended well."""
    return {row["job"] for row in line.ledger(ENDED)}


def shown(found: dict[str, list[float]], apart: list[float]) -> str:
    parts = [f"{what} at most {max(taken):.0f} MiB" for what, taken in sorted(found.items())]
    return ", ".join([*parts, f"the process of the reports at most {max(apart):.0f} MiB"])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--backlog", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    many, seconds = (5_000, 10.0) if options.quick else (options.backlog, options.seconds)
    steady, most, most_apart = {}, 0.0, 0.0
    for backlog in (0, many):
        with (
            PrivatePostgres(durable=False, settings={"max_connections": "200"}) as postgres,
            to_send(postgres, backlog, finished=9000, worked_out=False) as line,
            fund(line, 2000, ANSWER_SECONDS) as config,
            daemons(config, 1) as (pid,),
        ):
            found, apart = watched(line, pid, seconds)
        print(f"memory: with {backlog} in the backlog {shown(found, apart)}", flush=True)
        half = found["steady"][len(found["steady"]) // 2 :]
        steady[backlog] = median(half)
        most, most_apart = max(most, *(max(taken) for taken in found.values())), max(most_apart, *apart)
    tell("memory", f"the daemon, at most {most:.0f} MiB of {MOST_MIB}", most / MOST_MIB, "≤ 1")
    tell(
        "memory",
        f"its process that writes the reports, at most {most_apart:.0f} MiB of {MOST_MIB}",
        most_apart / MOST_MIB,
        "≤ 1",
    )
    told = f"steady, {steady[many]:.0f} MiB with {many} in the backlog against {steady[0]:.0f} idle"
    tell("memory", told, steady[many] / steady[0], "≤ 1.3")


if __name__ == "__main__":
    main()
