"""The messages that the Fund itself printed: their signatures are right, and become wrong when they are touched.

They are no part of this project. `ERS_VECTORS` names the folder where they are; without it these tests are skipped, and in CI fail.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ers_sync.fss import signature, xml
from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.crypto.keys import armour, new_private_key, write_private_key
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import GOST
from ers_sync.fss.signature import SignatureError

PRINTED = datetime(2020, 8, 28, tzinfo=UTC)
NAMES = ("eln2_01_getNewLNNumRequest.xml", "eln2_02_getNewLNNumRangeResponse.xml", "eln2_05_disableLnRequest.xml")
KEY = armour(write_private_key(new_private_key("1.2.643.2.2.36.0")), "PRIVATE KEY")


@pytest.fixture(params=NAMES)
def printed(request: pytest.FixtureRequest) -> bytes:
    folder = os.environ.get("ERS_VECTORS", "")
    path = Path(folder, request.param)
    if not folder or not path.is_file():
        why = "ERS_VECTORS does not name the folder of the messages that the Fund printed"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return path.read_bytes()


def token(data: bytes) -> Certificate:
    found = xml.parse(data).find(".//{*}BinarySecurityToken")
    assert found is not None
    return read_certificate(xml.from_base64(found))


def verify(data: bytes, certificate: Certificate, moment: datetime = PRINTED) -> signature.Verified:
    provider = make_provider("pure", KEY)
    return signature.verify(data, profile=GOST, provider=provider, trusted=[certificate], moment=moment)


def test_the_printed_signature_is_right(printed: bytes) -> None:
    verified = verify(printed, token(printed))
    assert verified.signers[0][1].ogrn == "1027739443236"
    assert xml.local_name(verified.body[0]).startswith(("getNewLNNum", "disableLn"))


def test_a_touched_body_is_refused(printed: bytes) -> None:
    for old, new in ((b":ogrn>1027500716143", b":ogrn>1027500716144"), (b"900000161980", b"900000161981")):
        if old in printed:
            with pytest.raises(SignatureError, match="changed after it was signed"):
                verify(printed.replace(old, new), token(printed))
            return
    pytest.fail("nothing was touched")


def test_the_certificate_has_expired(printed: bytes) -> None:
    with pytest.raises(SignatureError, match="not valid at this time"):
        verify(printed, token(printed), datetime(2026, 1, 1, tzinfo=UTC))
