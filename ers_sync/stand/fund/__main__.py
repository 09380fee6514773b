"""`python -m ers_sync.stand.fund`: the stand-in Fund as a process of its own."""

from __future__ import annotations

import argparse
import logging

from ers_sync.stand.fund.server import serve
from ers_sync.stand.fund.settings import add_arguments, from_arguments

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    parser = argparse.ArgumentParser(prog="ers_sync.stand.fund", description="Стенд Фонда: отвечает, как настоящий")
    add_arguments(parser)
    serve(from_arguments(parser.parse_args()))
