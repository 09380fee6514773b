"""Runs every benchmark of this folder, one after the other, and keeps what they print with the machine and the versions.

    make bench [ARGS="--only messages scan"]

On two cores all of them take less than twenty minutes, because some are smaller than by themselves; `--full` leaves them their own sizes.
The results file is what `benchmarks.plot` draws from.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measuring import arguments

FOLDER = Path(__file__).parent
PACKAGES = ("lxml", "zeep", "httpx", "SQLAlchemy", "psycopg2-binary", "XlsxWriter", "APScheduler")
BOXED = {
    "drain": ["--backlog", "20000", "--seconds", "12"],
    "history": ["--rows", "50000", "500000"],
    "memory": ["--backlog", "20000", "--seconds", "15"],
    "outbox": ["--history", "50000", "--seconds", "1"],
    "report": ["--women", "10000"],
    "scan": ["--visits", "24000", "240000", "--compare", "120000"],
}
_LINE = re.compile(
    r"^(?P<name>\w+): (?P<what>.*), ratio (?P<ratio>[\d.]+) \(reach: (?P<sign>[≤≥]) (?P<reach>[\d.]+)\)$"
)


def names() -> list[str]:
    """Return the modules that can be run, but for this one and what draws."""
    found = (path for path in FOLDER.glob("*.py") if '__name__ == "__main__"' in path.read_text(encoding="utf-8"))
    return sorted({path.stem for path in found} - {Path(__file__).stem, "plot"})


def machine() -> dict[str, str]:
    """Return what the figures depend on."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = re.findall(r"^model name\s*: (.*)$", text, re.MULTILINE)
    postgres = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)), None)
    told = (
        subprocess.run([str(postgres), "--version"], check=True, capture_output=True, text=True) if postgres else None
    )
    openssl = subprocess.run(["openssl", "version"], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607 - as found
    return {
        "processor": f"{len(models)} × {models[0] if models else platform.machine()}",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "PostgreSQL": told.stdout.strip() if told else "the wheel's",
        "OpenSSL": openssl,
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def load() -> str:
    """Return what else the machine had to do in the last minute: the mean number of processes that wanted to run."""
    return Path("/proc/loadavg").read_text(encoding="utf-8").split()[0]


def run(name: str, sizes: Sequence[str]) -> dict[str, object]:
    """Run one benchmark, show its lines as they come, and return them; one that fails is on record and stops no other."""
    command = ["-m", f"benchmarks.{name}", *sizes]
    began, lines, busy = time.perf_counter(), [], load()
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    figures = [match.groupdict() for match in map(_LINE.match, lines) if match]
    seconds = round(time.perf_counter() - began)
    told = " ".join(["python", *command])
    return {
        "command": told,
        "seconds": seconds,
        "load": busy,
        "failed": process.returncode,
        "lines": lines,
        "figures": figures,
    }


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--only", nargs="+", default=names(), choices=names(), metavar="NAME")
    parser.add_argument("--full", action="store_true", help="every benchmark at its own size")
    parser.add_argument("--results", type=Path, default=FOLDER / "results.json")
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": machine(), "runs": []}
    for name in options.only:
        sizes = ["--quick"] if options.quick else [] if options.full else BOXED.get(name, [])
        results["runs"].append(run(name, sizes))
        options.results.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    failed = [one["command"] for one in results["runs"] if one["failed"]]
    print(f"failed: {', '.join(failed)}" if failed else f"all in {options.results}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
