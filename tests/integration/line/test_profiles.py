"""Every form of the exchange that the profile knows, on the whole line, with GOST: the Fund is told to take nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ers_sync.fss import xml
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.der import encode_oid
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z
from ers_sync.fss.profile import EXCLUSIVE, GOST
from ers_sync.stand.line import Line, ogrn
from ers_sync.stand.site import POWER_OF_ATTORNEY, KeyForm
from tests.integration.line.conftest import MakeHer, OpenLine

# what we are told, what the Fund insists on (every part of it), and the keys
FORMS: dict[str, tuple[dict[str, Any], dict[str, Any], KeyForm]] = {
    "as it is": ({}, {}, KeyForm()),
    "v1, canonical form, transport, S-box": (
        {
            "certificate_placement": "sender",
            "c14n_comments": False,
            "key_transport": GOST.transports[1],
            "parameter_set": "cryptopro-a",
        },
        {
            "placement": "v1",
            "canonicalization": EXCLUSIVE,
            "transports": [GOST.transports[1]],
            "parameter_set": CRYPTOPRO_A,
        },
        KeyForm(),
    ),
    "512 bits, names, no meshing": (
        {
            "actor": "urn:mo:{ogrn}",
            "body_id": "B-{ogrn}",
            "fund_actor": "urn:fss:{ogrn}",
            "check_fund_actor": True,
            "key_meshing": False,
        },
        {"actors": {"mo": "urn:mo:{ogrn}"}, "body_id": "B-{ogrn}", "fund_actor": "urn:fss:{ogrn}", "meshing": False},
        KeyForm(bits=512),
    ),
    "no ОГРН in the certificate": ({}, {}, KeyForm(named=False)),
}


def opened(open_a_line: OpenLine, ours: dict[str, Any], funds: dict[str, Any], keys: KeyForm) -> Line:
    changes = {"fss": {"profile": ours}} if ours else {}
    return open_a_line(provider="pure", changes=changes, fund_profile=funds, keys=keys)


def certified(line: Line, make_her: MakeHer) -> list[tuple[str, str]]:
    """Have a certificate formed, and return what the Fund processed."""
    her = make_her(line)
    line.ram(her.registered())
    line.settle()
    return [(entry["operation"], entry["result"]) for entry in her.entries()]


def signed(line: Line) -> bytes:
    """The newest request as it was signed."""
    return bytes(line.exchanges()[-1]["signed_request"])


def transport(line: Line) -> bytes:
    """The wrapped session key of the newest request."""
    wire = line.exchanges()[-1]["wire_request"]
    return base64.b64decode(xml.parse(wire).findtext(f".//{{{xml.XENC}}}EncryptedKey//{{*}}CipherValue") or "")


@pytest.mark.parametrize("form", FORMS)
def test_a_certificate_is_formed(open_a_line: OpenLine, make_her: MakeHer, form: str) -> None:
    line = opened(open_a_line, *FORMS[form])
    assert certified(line, make_her) == [("createErs", "PROCESSED")]
    assert (POWER_OF_ATTORNEY.encode() in signed(line)) is (form == "no ОГРН in the certificate")
    assert (b":gostr34102012-gostr34112012-512" in signed(line)) is ("512 bits" in form)
    s_boxes = {CRYPTOPRO_A} if "S-box" in form else {TC26_Z}
    assert {s_box for s_box in (TC26_Z, CRYPTOPRO_A) if encode_oid(s_box) in transport(line)} == s_boxes


def test_a_fund_of_another_form_takes_nothing(open_a_line: OpenLine, make_her: MakeHer) -> None:
    """So that the tests above prove something: the Fund does insist."""
    line = opened(open_a_line, {}, {"canonicalization": EXCLUSIVE}, KeyForm())
    her = make_her(line)
    line.ram(her.registered())
    line.run("scan", "pull", "submit")
    assert her.entries() == []


SIGNERS = {"put_ticket1": ["mo", "head"]}


def with_talon(line: Line, make_her: MakeHer) -> list[tuple[str, str]]:
    her = make_her(line)
    line.ram(her.registered(days=150) + her.exam(2, "2026-03-13 10:00", 210))
    line.settle()
    return [(entry["operation"], entry["result"]) for entry in her.entries()]


def test_a_talon_signed_by_the_hospital_and_its_head(open_a_line: OpenLine, make_her: MakeHer) -> None:
    line = opened(open_a_line, {"signers": SIGNERS}, {"signers": SIGNERS}, KeyForm(heads=True))
    assert ("putTicket1", "PROCESSED") in with_talon(line, make_her)


def test_a_new_key_signs_without_a_restart(open_a_line: OpenLine, make_her: MakeHer) -> None:
    line = opened(open_a_line, {}, {}, KeyForm())
    assert certified(line, make_her) == [("createErs", "PROCESSED")]
    key, certificate = line.keys.hospitals[1]
    old = read_certificate(certificate.read_bytes())
    assert base64.b64encode(old.der) in signed(line)

    fresh = line.keys.authority.issue("Новый ключ", ogrn(1), "0000000000")
    key.write_bytes(fresh.private_key_pem)
    certificate.write_bytes(fresh.certificate_pem)

    assert certified(line, make_her) == [("createErs", "PROCESSED")]
    assert base64.b64encode(fresh.certificate.der) in signed(line)
    assert base64.b64encode(old.der) not in signed(line)
    assert [k.certificate.der for k in line.context.keyring.opening(ogrn(1))] == [fresh.certificate.der, old.der]


def test_a_bad_key_holds_and_a_good_one_frees(open_a_line: OpenLine, make_her: MakeHer) -> None:
    line = opened(open_a_line, {}, {}, KeyForm())
    key, _ = line.keys.hospitals[1]
    good = key.read_bytes()
    her = make_her(line)
    key.write_bytes(b"")
    line.ram(her.registered())
    line.settle()
    assert her.state("create_ers") == ("HELD", "no_signing_key")
    assert "не читается" in str(her.requests()[0]["details"])

    key.write_bytes(good)
    line.settle()
    assert her.state("create_ers") == ("DONE", None)
