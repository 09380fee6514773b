"""Keys of one hospital and of the Fund, and a message in every profile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ers_sync.fss import profile, signature
from ers_sync.fss.crypto.certificate import Certificate, read_certificate
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.stand.pki import TestAuthority

if TYPE_CHECKING:
    from ers_sync.fss.crypto.provider import CryptoProvider
    from ers_sync.stand.pki import KeyPair

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Party:
    pair: KeyPair
    certificate: Certificate
    provider: CryptoProvider

    def signer(self, actor: str = "http://eln.fss.ru/actor/mo/1026602336727") -> signature.Signer:
        return signature.Signer(actor, self.certificate, self.provider)


@dataclass(frozen=True)
class World:
    """A profile, the hospital, its head, the Fund, and the moment at which all certificates are valid."""

    profile: profile.Profile
    hospital: Party
    head: Party
    fund: Party
    moment: datetime = MOMENT

    def signed(self, text: str = "строка") -> bytes:
        """An envelope around one element, signed by the hospital."""
        body = signature.new_envelope("OGRN_1026602336727")
        etree.SubElement(etree.SubElement(body, "{urn:example}message"), "{urn:example}value").text = text
        return signature.sign(body, self.profile, [self.hospital.signer()])

    def verify(self, data: bytes, **changed: object) -> signature.Verified:
        arguments = {
            "profile": self.profile,
            "provider": self.fund.provider,
            "trusted": [self.hospital.certificate],
            "moment": self.moment,
        }
        return signature.verify(data, **(arguments | changed))  # type: ignore[arg-type] # tests change one at a time


def _party(authority: TestAuthority, provider: str, ogrn: str, inn: str) -> Party:
    pair = authority.issue("Организация", ogrn, inn)
    return Party(pair, read_certificate(pair.certificate_pem), make_provider(provider, pair.private_key_pem))


@pytest.fixture(scope="session", params=["gost", "rsa"])
def world(request: pytest.FixtureRequest) -> World:
    gost = request.param == "gost"
    authority = TestAuthority.create("gost" if gost else "rsa", MOMENT)
    provider = "pure" if gost else "rsa"
    return World(
        profile.GOST if gost else profile.RSA,
        _party(authority, provider, "1026602336727", "6658021402"),
        _party(authority, provider, "1026602336727", "6658021402"),
        _party(authority, provider, "1027739443236", "7736056647"),
    )
