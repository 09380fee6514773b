"""The command line as a tired person meets it: Russian, with examples that work, completed by Tab."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ers_sync.commands import COMMANDS, completion, parser
from ers_sync.commands.examples import EXAMPLES

BUILT = parser.build(COMMANDS)
LEAVES = dict(parser.leaves(BUILT))
# of design: what an operator may rely on
PROMISED = """
demo --dir --patients --seed --ram-sql --fund-seed --at --keep | run --config | job --dry-run --at | status --json | check --json --nagios
diagnose | migrate --restored | requests list --json | requests show --json | requests retry | requests cancel | requests release
requests resolve | send-ticket1 | close-certificate --reason-code --reason | annul-visit --reason | contracts list --json | contracts set
contracts import | report --from --to --by --period --subject --pdf | stand --listen --dir --fund-seed --at --delay | sample-ram
"""


@pytest.mark.parametrize("line", [line.strip() for line in re.split(r"[|\n]", PROMISED) if line.strip()])
def test_what_is_promised_is_there(line: str) -> None:
    words = line.split()
    path = tuple(word for word in words if not word.startswith("--"))
    options = {option for action in parser.actions(LEAVES[path]) for option in action.option_strings}
    assert [word for word in words if word.startswith("--") and word not in options] == []


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_has_examples_that_it_takes(path: tuple[str, ...]) -> None:
    examples = EXAMPLES[path]
    assert examples
    shown = LEAVES[path].format_help()
    for words, why in examples:
        parsed = BUILT.parse_args(shlex.split(words))
        assert parsed.run
        assert shlex.split(words)[: len(path)] == list(path)
        assert words in shown
        assert why in shown


def test_no_examples_of_what_is_not_there() -> None:
    assert set(EXAMPLES) == set(LEAVES)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_everything_is_explained_in_russian(path: tuple[str, ...]) -> None:
    for action in parser.actions(LEAVES[path]):
        assert action.help, action
        if action.help != "==SUPPRESS==":
            assert re.search("[а-яё]", action.help) or action.help == "bash", action


WRONG = [
    "",
    "nothing",
    "job",
    "job nothing",
    "job scan --at",
    "job scan more",
    "check --json --nagios",
    "check --json=1",
    "requests show x",
    "requests list --s HELD",
    "requests resolve 1 --reason x",
    "link-certificate 1 --reason x",
    "contracts set --hospital 1 --kind 9 --number 1 --from 01.01.2026",
    "annul-visit 1 --reason ' '",
    "close-certificate 12 --reason-code 1 --reason x",
]


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_russian(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        BUILT.parse_args(shlex.split(line))
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "Справка: ers-sync" in said
    foreign = re.findall(
        r"\b(?:usage|error|argument|required|invalid|choose|expected|unrecognized|allowed|could|value)\b", said
    )
    assert foreign == []
    assert re.search("[а-яё]{4}", said.partition("\n")[0])


def completed(script: Path, *words: str) -> list[str]:
    """What bash offers after these words, the last of which is being written."""
    line = " ".join(shlex.quote(word) for word in words)
    program = (
        f"source {shlex.quote(str(script))}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _ers_sync; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run([str(shutil.which("bash")), "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.split()


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "ers-sync"
    path.write_text(completion.bash(BUILT), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["di"], ["diagnose"]),
        (["requests", "re"], ["retry", "release", "resolve"]),
        (["requests", "list", "--st"], ["--state"]),
        (["requests", "list", "--state", "RE"], ["READY", "REGISTERED", "REJECTED"]),
        (["requests", "list", "--json", "--ho"], ["--hospital"]),
        (["job", "s"], ["scan", "submit", "sweep"]),
        (["job", "--dry-run", "po"], ["poll"]),
        (["diagnose", "sup"], []),
    ],
)
def test_tab_offers_what_can_follow(script: Path, words: list[str], offered: list[str]) -> None:
    assert completed(script, "ers-sync", *words) == offered
