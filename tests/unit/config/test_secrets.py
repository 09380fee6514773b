"""Where files are looked for, and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ers_sync.config import SecretError, file_problems, load, read_secret, sample
from ers_sync.config.secrets import file_problem


@pytest.fixture
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name in ("ledger-dsn", "ram-dsn", "fund.pem", "mo-1-key.pem", "mo-1.pem"):
        (tmp_path / name).write_text("something", encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    path = tmp_path / "config.yaml"
    path.write_text(sample(), encoding="utf-8")
    return path


def test_a_relative_name_lies_beside_the_configuration(config_file: Path) -> None:
    config = load(config_file)
    assert config.ram.dsn_file == config_file.parent / "ram-dsn"
    assert config.hospitals[0].key_files == (config_file.parent / "mo-1-key.pem",)
    assert config.reports.dir == Path("/var/lib/ers-sync/reports")


def test_systemd_credentials_come_first(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = config_file.parent / "credentials"
    credentials.mkdir()
    (credentials / "ram-dsn").write_text("x", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    config = load(config_file)
    assert config.ram.dsn_file == credentials / "ram-dsn"
    assert config.ledger.dsn_file == config_file.parent / "ledger-dsn"


@pytest.mark.parametrize("written", ["mo-1-key.pem", "keys_mo-1-key.pem"])
def test_one_name_of_a_key_for_systemd_and_for_a_command_by_hand(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    folder = config_file.parent
    config_file.write_text(config_file.read_text(encoding="utf-8").replace("mo-1-key.pem", written), encoding="utf-8")
    keys, copies = folder / "credentials" / "keys", folder / "copies"
    keys.mkdir(parents=True)
    copies.mkdir()
    (folder / "mo-1-key.pem").rename(keys / "mo-1-key.pem")
    (folder / "ram-dsn").rename(folder / "credentials" / "ram-dsn")

    by_hand = load(config_file)

    assert file_problems(by_hand) == []
    assert by_hand.ram.dsn_file == folder / "credentials" / "ram-dsn"
    assert by_hand.ledger.dsn_file == folder / "ledger-dsn"
    assert by_hand.hospitals[0].key_files == (keys / "mo-1-key.pem",)

    (copies / "keys_mo-1-key.pem").write_text("x", encoding="utf-8")  # as LoadCredential=keys:FOLDER names it
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(copies))
    assert load(config_file).hospitals[0].key_files == (copies / "keys_mo-1-key.pem",)


def test_sound_files_are_no_problem(config_file: Path) -> None:
    assert file_problems(load(config_file)) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_secret_open_to_others_is_named(config_file: Path, mode: int) -> None:
    key = config_file.parent / "mo-1-key.pem"
    key.chmod(mode)
    assert [str(problem) for problem in file_problems(load(config_file))] == [
        f"hospitals[1].key_files[1]: файл {key} доступен не только владельцу. Что сделать: выполните chmod 600 {key}."
    ]


def test_a_certificate_may_be_read_by_all(config_file: Path) -> None:
    (config_file.parent / "mo-1.pem").chmod(0o644)
    assert file_problems(load(config_file)) == []


def test_systemd_shows_its_access_list_as_rights_of_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o440)
    assert file_problem(secret, secret=True)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert file_problem(secret, secret=True) is None


def test_every_absent_file_is_named_but_not_a_secret_in_its_place(config_file: Path) -> None:
    text = sample().replace("dsn_file: ram-dsn", "dsn_file: hunter2").replace("[fund.pem]", "[fund.pem, next.pem]")
    config_file.write_text(text, encoding="utf-8")
    found = [str(problem) for problem in file_problems(load(config_file))]
    folder = config_file.parent
    assert found == [
        f"ram.dsn_file: файла с таким именем в папке {folder} нет. Что сделать: положите файл или исправьте имя.",
        f"fss.certificates[2]: файла {folder / 'next.pem'} нет. Что сделать: положите файл или исправьте имя.",
    ]


def test_an_empty_file_and_a_folder_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch(mode=0o600)
    assert file_problem(empty, secret=True) == (f"файл {empty} пуст", "запишите в него то, что нужно")
    assert file_problem(tmp_path, secret=False) == (
        f"файл {tmp_path} не читается",
        "дайте право чтения пользователю службы",
    )


def test_a_secret_is_read_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("hunter2\n", encoding="utf-8")
    assert read_secret(path) == "hunter2"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"hunter2\xff"])
def test_a_secret_that_cannot_be_read_is_not_quoted(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SecretError) as caught:
        read_secret(path)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert str(path) in str(caught.value)
    assert "hunter2" not in str(caught.value)
