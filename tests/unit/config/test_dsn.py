"""To another machine only over a TLS that is verified, unless the site says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from ers_sync.config import SecretError, database_dsn

VERIFIED = "sslmode=verify-full&sslrootcert=/etc/ers-sync/ca.pem"


@pytest.mark.parametrize(
    ("dsn", "host"),
    [
        ("postgresql://u:hunter2@localhost/ers", None),
        ("postgresql://u:hunter2@127.0.0.1:5433/ers", None),
        ("postgresql://u:hunter2@[::1]/ers", None),
        ("postgresql:///ers?host=/run/postgresql", None),
        ("host=/run/postgresql dbname=ers", None),
        ("postgresql:///ers", None),
        ("postgresql://u:hunter2@db.example/ers", "db.example"),
        ("postgresql://u:hunter2@10.0.0.7/ers?sslmode=require", "10.0.0.7"),
        ("postgresql://u:hunter2@db.example/ers?sslmode=verify-ca", "db.example"),
        ("host=db.example password=hunter2", "db.example"),
        ("postgresql://u:hunter2@localhost,db.example/ers", "db.example"),
        ("host=localhost hostaddr=10.0.0.7", "10.0.0.7"),
        (f"postgresql://u:hunter2@db.example/ers?{VERIFIED}", None),
    ],
)
def test_which_connections_are_refused(tmp_path: Path, dsn: str, host: str | None) -> None:
    path = tmp_path / "dsn"
    path.write_text(dsn)
    assert database_dsn(path, "off") == dsn
    if host is None:
        assert database_dsn(path, "verify") == dsn
        return
    with pytest.raises(SecretError, match="sslmode=verify-full") as caught:
        database_dsn(path, "verify")
    assert f"узел {host} " in str(caught.value)
    assert "hunter2" not in str(caught.value)
