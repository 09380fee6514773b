"""N campaigns from a seed on: `python -m ers_sync.stand.soak --runs N --seed S`.

The seeds that fail are printed; `--runs 1 --seed SEED` makes the same decisions again. Exit code 1 if one failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from time import monotonic
from typing import Any

from ers_sync.fss.crypto.engine import engine_problem
from ers_sync.ops.logging_setup import setup_logging
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.soak import campaign
from ers_sync.stand.soak.campaign import CLUSTER
from ers_sync.stand.soak.verdict import Verdict

Figures = dict[str, Any]


def main() -> int:
    """Run the campaigns that the command line asks for."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gost", type=int, default=20, help="every so many-th campaign is on GOST; 0: none")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no campaign after so long")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        _part(options)
        return 0
    began = monotonic()
    total: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    deaths: Counter[str] = Counter()
    failed = []
    for figures in _all(options):
        total.update(campaigns=1, lost=figures["lost"], doubled=figures["doubled"])
        total.update({name: figures[name] for name in ("exchanges", "puts", "processed")})
        faults.update(figures["faults"])
        deaths.update(figures["deaths"])
        if figures["problems"]:
            failed.append(figures["seed"])
            print(f"seed {figures['seed']} ({figures['provider']}): {'; '.join(figures['problems'])}", flush=True)
    print(
        json.dumps({**total, "faults": faults.total(), "deaths": deaths.total(), "seconds": round(monotonic() - began)})
    )
    print(json.dumps({"faults": dict(faults.most_common()), "deaths": dict(deaths.most_common())}, ensure_ascii=False))
    if failed:
        print(f"failed: {failed}; again: python -m ers_sync.stand.soak --runs 1 --seed {failed[0]}")
    return 1 if failed or not total["campaigns"] else 0


def _all(options: argparse.Namespace) -> Iterator[Figures]:
    """Yield the figures of all campaigns, which several processes share out."""
    many = max(1, min(options.processes, options.runs))
    plain = ["--runs", str(options.runs), "--seed", str(options.seed), "--gost", str(options.gost)]
    command = [sys.executable, "-m", "ers_sync.stand.soak", *plain, "--seconds", str(options.seconds)]
    parts = [
        subprocess.Popen([*command, "--part", f"{number}/{many}"], stdout=subprocess.PIPE, encoding="utf-8")
        for number in range(many)
    ]
    reading = [part.stdout for part in parts if part.stdout is not None]
    for out in reading:
        yield from (json.loads(line) for line in out)
    if sum(part.wait() for part in parts):
        raise SystemExit("a part of the soak broke off")


def _part(options: argparse.Namespace) -> None:
    setup_logging(level=100)  # what goes wrong is on purpose
    number, _, many = options.part.partition("/")
    ends = monotonic() + options.seconds
    gost_provider = "pure" if engine_problem() else "engine"
    with PrivatePostgres(durable=False, settings=CLUSTER) as postgres:
        for seed in range(options.seed + int(number), options.seed + options.runs, int(many)):
            if monotonic() > ends:
                return
            gost = options.gost and seed % options.gost == 0
            print(json.dumps(_one(seed, postgres, gost_provider if gost else "rsa")), flush=True)


def _one(seed: int, postgres: PrivatePostgres, provider: str) -> Figures:
    try:
        figures = campaign.run(seed, postgres, provider=provider)
    except Exception as error:  # noqa: BLE001 - whatever it was, the seed is told and the others go on
        told = f"{type(error).__name__}: {error}"
        figures = campaign.Figures(seed, provider, verdict=Verdict(0, 0, (told,)))
    return figures.plain()


if __name__ == "__main__":
    sys.exit(main())
