"""Messages that were made once (tests/data/crypto): a change that both providers share, and a round trip hides, shows here.

Their makers are our providers, and Bouncy Castle 1.72 with the canonical form of Java 17, which share no code with us: the envelopes
have other prefixes, indentation, line breaks in base64, no Header outside and no certificate at the encrypted key.

The keys are of no value. `plain` of a sealed message is `random.Random(size).randbytes(size)`.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ers_sync.fss import encryption, signature, xml
from ers_sync.fss.crypto.certificate import read_certificate
from ers_sync.fss.crypto.provider import CryptoProvider, Sealed
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.fss.profile import GOST

FOLDER = Path(__file__).resolve().parents[2] / "data" / "crypto"
OURS = ("engine", "pure")
MAKERS = (*OURS, "bouncycastle")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FROZEN: dict[str, dict[str, Any]] = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in MAKERS}


@pytest.fixture(params=OURS)
def reader(request: pytest.FixtureRequest, require_engine: Callable[[], None]) -> Callable[..., CryptoProvider]:
    """Make a provider of the reading side."""
    if request.param == "engine":
        require_engine()
    return lambda key, **settings: make_provider(request.param, key.encode(), **settings)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("number", range(7))
def test_sealed_messages(reader: Callable[..., CryptoProvider], maker: str, number: int) -> None:
    message = FROZEN[maker]["sealed"][number]
    keys = FROZEN[maker]["keys"][str(message["bits"])]
    plain = random.Random(message["size"]).randbytes(message["size"])
    provider = reader(keys["recipient"], meshing=message["meshing"])
    sealed = Sealed(*(base64.b64decode(message[name]) for name in ("key_transport", "content")))
    assert provider.decrypt(sealed) == plain
    sender = read_certificate(keys["sender_certificate"].encode())
    value = base64.b64decode(message["signature"])
    assert provider.verify_digest(sender.spki_der, provider.digest(plain), value)
    assert not provider.verify_digest(sender.spki_der, provider.digest(plain + b"x"), value)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("number", range(2))
def test_whole_envelopes(reader: Callable[..., CryptoProvider], maker: str, number: int) -> None:
    message = FROZEN[maker]["envelopes"][number]
    keys = FROZEN[maker]["keys"][str(message["bits"])]
    provider = reader(keys["recipient"])
    encrypted = encryption.find_encrypted(xml.parse(base64.b64decode(message["wire"])))
    assert encrypted is not None
    signed = encryption.decrypt(encrypted, profile=GOST, providers=[provider])
    sender = read_certificate(keys["sender_certificate"].encode())
    verified = signature.verify(signed, profile=GOST, provider=provider, trusted=[sender], moment=NOW)
    assert verified.body[0][0].text == "Щёлково & < > "
