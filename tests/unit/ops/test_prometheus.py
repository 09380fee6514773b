from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from ers_sync.ops import prometheus
from ers_sync.ops.prometheus import Metric

ALERTS = Path(__file__).resolve().parents[3] / "docs" / "prometheus-alerts.yml"
METRICS = [
    Metric("ers_firsts", "What a is.", [({}, 1.0)]),
    Metric("ers_others", "What b is.", [({"x": 'q"\\\n'}, 0.5), ({"x": "y", "z": "1"}, 12345678901.0)]),
]
TEXT = """# HELP ers_firsts What a is.
# TYPE ers_firsts gauge
ers_firsts 1
# HELP ers_others What b is.
# TYPE ers_others gauge
ers_others{x="q\\"\\\\\\n"} 0.5
ers_others{x="y",z="1"} 1.23456789e+10
"""


def test_the_text_is_what_prometheus_reads() -> None:
    assert prometheus.exposition(METRICS) == TEXT


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "ers.prom"
    prometheus.write_textfile(path, "old\n")
    prometheus.write_textfile(path, "new\n")
    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [found.name for found in tmp_path.iterdir()] == ["ers.prom"]


def test_the_port_answers_on_this_machine_only_and_fails_as_500() -> None:
    said = ["text\n"]
    server = prometheus.serve(0, lambda: said[0])
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        assert server.server_address[0] == "127.0.0.1"
        assert httpx.get(f"{url}/metrics").text == "text\n"
        assert httpx.get(f"{url}/other").status_code == 404
        said.clear()
        reply = httpx.get(f"{url}/metrics")
        assert (reply.status_code, "IndexError" in reply.text) == (500, False)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool")
def test_promtool_accepts_the_figures_and_the_alerts() -> None:
    promtool = str(shutil.which("promtool"))
    figures = subprocess.run([promtool, "check", "metrics"], input=TEXT, capture_output=True, text=True, check=False)
    assert (figures.returncode, figures.stderr) == (0, "")
    rules = subprocess.run([promtool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
    assert rules.returncode == 0, rules.stdout + rules.stderr
