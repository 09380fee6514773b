"""The part of YAML that is read: traps of YAML 1.1 closed, broken markup does not hide the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from ers_sync.config import ConfigError, load
from ers_sync.config.reader import read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:00", "12:00"),
        ("no", "no"),
        ("010", "010"),
        ("1_000", "1_000"),
        ("2026-01-01", "2026-01-01"),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        ("'5'", "5"),
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ("1.5", 1.5),
        ("true", True),
        ("9" * 5000, "9" * 5000),
        (r'"\ud800"', "?"),
    ],
)
def test_only_plain_numbers_and_true_false_have_a_type(text: str, value: object) -> None:
    document = read(f"key: {text}\n")
    assert document.problems == []
    assert document.data == {"key": value}
    assert type(document.data["key"]) is type(value)


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_a_key_without_a_value_is_absent(text: str) -> None:
    assert read(f"key: {text}\n").data == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n",
            [("b.c", "ключ уже стоит в строке 3", 4), ("a", "ключ уже стоит в строке 1", 5)],
        ),
        ("a: !!python/object:os.system 1\n", [("a", "метки YAML (!…) здесь не понимаются", 1)]),
        ("a: &x 1\nb: *x\n", [("b", "разметка YAML нарушена", 2)]),
        ("a: &x [*x]\n", [("a", "разметка YAML нарушена", 1)]),
        ("? [1]\n: 2\n", [("", "ключ не простой текст", 1)]),
        ("- 1\n", [("", "строка не вида «ключ: значение»", 1)]),
        ("текст\n", [("", "строка не вида «ключ: значение»", 1)]),
        ("a: 1\nb: [1\nc: 2\n", [("b", "разметка YAML нарушена", 2)]),
        ("a: 'x\nb: 1\nc:\n\t- 2\n", [("a", "разметка YAML нарушена", 1), ("c", "разметка YAML нарушена", 4)]),
        ("a: 1\nb: \x01\n", [("b", "разметка YAML нарушена", 2)]),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(problem.key, problem.wrong, problem.line) for problem in read(text).problems] == expected


def test_broken_markup_does_not_hide_the_other_sections() -> None:
    document = read("a: 1\nb: {x: 1\n# comment\nc:\n  d: 2\nb2: 3\n")
    assert document.unreadable == {"b"}
    assert document.data == {"a": 1, "c": {"d": 2}, "b2": 3}
    assert document.lines[("c", "d")] == 5


def test_a_section_that_cannot_be_read_is_not_also_called_missing(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mode: 'dry\ntimezone: Asia/Nowhere\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert [(problem.key, problem.line) for problem in caught.value.problems] == [
        ("fss", None),
        ("hospitals", None),
        ("ledger", None),
        ("ram", None),
        ("reports", None),
        ("mode", 1),
        ("timezone", 2),
    ]


@pytest.mark.parametrize(
    ("content", "wrong"), [(b"mode: \xff\xfe", "файл не в кодировке UTF-8"), (None, "файл не читается")]
)
def test_a_file_that_cannot_be_read_at_all(tmp_path: Path, content: bytes | None, wrong: str) -> None:
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert [problem.wrong for problem in caught.value.problems] == [wrong]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfmode: dry\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "mode" not in {problem.key for problem in caught.value.problems}
