"""The wheel brings everything along that the program needs, and nothing else; it works wherever it is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# runs in a process of its own, in an empty folder, with the installed copy first
CANARY = """
import importlib, pkgutil, sys, tempfile
from pathlib import Path
sys.path.insert(0, {target!r})
import ers_sync, jobs
from ers_sync import config, files
assert Path(ers_sync.__file__).is_relative_to({target!r}), ers_sync.__file__
assert Path(jobs.__file__).is_relative_to({target!r}), jobs.__file__
for package in (ers_sync, jobs):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
assert "create table" in files.data_text("sql/schema.sql")
assert sorted(path.name for path in files.data_path("sql/queries").iterdir()) == {queries!r}
sample = Path(tempfile.mkdtemp(dir=".")) / "config.yaml"
sample.write_text(files.data_text("config.yaml"), encoding="utf-8")
assert config.load(sample).mode == "dry"
print("fine")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_the_product_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"ers_sync", "jobs"}
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sql").rglob("*.sql")}
    held = {name.removeprefix("ers_sync/_data/") for name in names if name.startswith("ers_sync/_data/")}
    assert held == expected | {"config.yaml"}
    assert {"ers_sync/fss/wsdl/ers.wsdl", "ers_sync/fss/wsdl/ers.xsd"} <= set(names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)


def test_the_wheel_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    queries = sorted(path.name for path in (ROOT / "sql" / "queries").iterdir())
    program = CANARY.format(target=str(target), queries=queries)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=empty, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout) == (0, "fine\n"), ran.stderr
