"""The house rules that a machine can hold (docs/house-rules.md)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ers_sync.files import data_path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
# no repository's history, no caches, no packages of others: what the project itself consists of
FOLDERS = (".ci", "benchmarks", "docs", "ers_sync", "jobs", "requirements", "sql", "systemd", "tests", "tools")
BINARY = {".xlsx", ".pdf", ".png", ".der", ".pyc"}


def files(*folders: str, suffix: str = "") -> Iterator[Path]:
    """Return the texts of some folders, of the whole project with no folder given."""
    tops = [] if folders else [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in folders or FOLDERS:
        tops += [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    yield from (path for path in sorted(tops) if path.name.endswith(suffix) and path.suffix not in BINARY)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def found(pattern: str, paths: Iterator[Path]) -> list[str]:
    """Return file:line of every line that the pattern is found in."""
    return [
        f"{name(path)}:{number}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_modules_are_short() -> None:
    lengths = {name(path): len(text(path).splitlines()) for path in files(suffix=".py")}
    assert len(lengths) > 50
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_texts_are_clean() -> None:
    """UTF-8, no blanks at line ends, one newline at the end, no carriage returns."""
    unclean = []
    for path in files():
        content = path.read_bytes()
        lines = content.decode("utf-8").split("\n")
        if (
            b"\r" in content
            or any(line != line.rstrip() for line in lines)
            or (content and not content.endswith(b"\n"))
        ):
            unclean.append(name(path))
    assert unclean == []


def test_no_address_to_download_from() -> None:
    """Any index will do: addresses of files rot, and not every site reaches the same ones."""
    assert (
        found(
            r'https?://[^ "]*/(simple|packages/[0-9a-f]{2}|debian)(/|"|$)|files\.\w+hosted|--(extra-)?index-url [^-]',
            files(),
        )
        == []
    )


def test_no_path_of_one_machine() -> None:
    assert found(r"(?<![\w.}~-])/(root|work|home/\w+|Users/\w+)/", files()) == []


def test_the_linters_are_silenced_with_a_reason_only() -> None:
    """The reason stands behind the mark or in a comment above the line."""
    bare = re.compile(r"# (noqa|type: ignore)(?!(: [A-Z0-9, ]+|\[[\w, -]+\])( - | +# )\w)")
    silenced = []
    for path in files("ers_sync", "jobs", suffix=".py"):
        above = ""
        for number, line in enumerate(text(path).splitlines(), 1):
            if bare.search(line) and not above.lstrip().startswith("#"):
                silenced.append(f"{name(path)}:{number}")
            above = line
    assert silenced == []


def test_a_package_of_tests_in_every_folder() -> None:
    """Else two modules of one name hide each other."""
    folders = {path.parent for path in files("tests", suffix=".py")}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


PINS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes(path: Path) -> None:
    lines = [line for line in text(path).splitlines() if not line.startswith("#")]
    assert not any("://" in line for line in lines)
    packages = "\n".join(lines).replace("\\\n", " ").splitlines()
    assert packages
    for package in packages:
        assert re.fullmatch(r"[\w.-]+==\S+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+", package.strip()), package


@pytest.mark.parametrize("together", [("runtime",), ("runtime", "build"), ("runtime", "postgres"), ("runtime", "dev")])
def test_what_is_installed_together_is_pinned_whole(together: tuple[str, ...]) -> None:
    """With hashes pip refuses a package that something needs and nothing pins."""
    pinned = {
        canonicalize_name(package)
        for part in together
        for package in re.findall(r"^([\w.-]+)==", text(ROOT / "requirements" / f"{part}.txt"), re.MULTILINE)
    }
    lacking = []
    for package in pinned:
        try:
            wanted = distribution(package).requires or []
        except PackageNotFoundError:
            continue  # for another system or another Python
        needs = [need for need in map(Requirement, wanted) if not need.marker or need.marker.evaluate({"extra": ""})]
        lacking += [f"{need.name} (for {package})" for need in needs if canonicalize_name(need.name) not in pinned]
    assert len(pinned) > 20
    assert lacking == []


def test_pins_agree_with_each_other() -> None:
    pins: dict[tuple[str, str], set[str]] = {}
    for path in PINS:
        for package, pin in re.findall(r"^([\w.-]+)==([^\\\n]+)", text(path), re.MULTILINE):
            # a version may be for some Pythons only
            version, _, condition = pin.partition(";")
            pins.setdefault((package, condition.strip()), set()).add(version.strip())
    assert {package: versions for package, versions in pins.items() if len(versions) > 1} == {}


def test_scripts_can_be_run_and_parse() -> None:
    scripts = [path for path in (*files("tools"), *files(".ci")) if text(path).startswith("#!")]
    assert len(scripts) > 4
    for path in scripts:
        assert path.stat().st_mode & 0o111, name(path)
        if "bash" in text(path).splitlines()[0]:
            subprocess.run([shutil.which("bash") or "/bin/bash", "-n", path], check=True)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [path for path in files() if path.suffix == ".md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\((?!https?:)([^)#]+)", text(page))]
    assert links
    assert [f"{name(page)}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = text(ROOT / "docs" / "README.md")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in files("docs", suffix=".md")]
    assert [page for page in pages if page != "README.md" and f"]({page})" not in index] == []


def test_data_files_are_those_of_the_checkout() -> None:
    assert data_path("sql/schema.sql") == ROOT / "sql" / "schema.sql"
