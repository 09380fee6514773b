"""The profile can be overridden field by field from the configuration, and nothing else can."""

from __future__ import annotations

from typing import Any

import pytest

from ers_sync.domain.content import Kind
from ers_sync.fss import profile
from ers_sync.fss.profile import Placement, Role


@pytest.mark.parametrize("crypto", ["engine", "pure", "auto"])
def test_gost_by_default(crypto: str) -> None:
    assert profile.from_settings(crypto, {}) == profile.GOST
    assert profile.from_settings(crypto, {}).suites == (profile.GOST_256, profile.GOST_512)


def test_rsa() -> None:
    assert profile.from_settings("rsa", {}).suites == (profile.RSA_SHA256,)


def test_the_hospital_signs_alone_unless_told() -> None:
    changed = profile.from_settings("pure", {"signers": {"put_ticket1": ["mo", "head"]}})
    assert changed.signers_of(Kind.PUT_TICKET1) == (Role.MO, Role.HEAD)
    assert changed.signers_of(Kind.CREATE_ERS) == changed.signers_of(None) == (Role.MO,)


def test_plain_values_become_the_profile_s_own() -> None:
    changed = profile.from_settings(
        "pure",
        {"placement": "v1", "transports": ["urn:x"], "actors": {"mo": "urn:{ogrn}"}, "askable": ["create_ers"]},
    )
    assert changed.placement is Placement.V1
    assert changed.transports == ("urn:x",)
    assert changed.actors[Role.MO] == "urn:{ogrn}"
    assert changed.actors[Role.HEAD] == profile.GOST.actors[Role.HEAD]
    assert changed.askable == {Kind.CREATE_ERS}


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"colour": 1}, "colour"),
        ({"suites": []}, "suites"),
        ({"placement": "v3"}, "v3"),
        ({"canonicalization": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}, "REC-xml-c14n"),
        ({"signers": {"put_ticket1": ["nurse"]}}, "nurse"),
        ({"signers": {"putTicket1": ["mo"]}}, "putTicket1"),
        ({"askable": ["put_everything"]}, "put_everything"),
    ],
)
def test_errors_name_what_is_wrong(settings: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=f"профиль обмена.*{word}"):
        profile.from_settings("pure", settings)
