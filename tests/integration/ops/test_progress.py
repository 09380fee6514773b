from __future__ import annotations

from time import monotonic

import pytest

from ers_sync.running import moved_since
from tests.integration.ops.conftest import MakeSite


def test_a_job_that_runs_is_progress_and_so_is_one_that_fails(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site()
    before = monotonic()
    assert not moved_since(before)
    site.watch()
    after = monotonic()
    assert moved_since(before)
    assert not moved_since(after)
    monkeypatch.setattr("ers_sync.watching.find.present", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        site.watch()
    assert moved_since(after)
