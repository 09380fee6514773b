from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from ers_sync.fss.crypto import known_answers, libcrypto, registry
from ers_sync.fss.crypto.engine import EngineProvider, engine_problem
from ers_sync.fss.crypto.gost28147 import cbc_encrypt
from ers_sync.fss.crypto.provider import CryptoError, UnavailableError
from ers_sync.fss.crypto.pure import PureProvider
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.stand.pki import KeyPair


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """What is decided once for the process is decided anew in each of these tests, and after them."""
    caches = (engine_problem, registry._best, libcrypto.library, libcrypto._load_engine)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_by_name(hospital: KeyPair, rsa_members: tuple[KeyPair, KeyPair]) -> None:
    assert make_provider("pure", hospital.private_key_pem).name == "pure"
    assert make_provider("rsa", rsa_members[0].private_key_pem).name == "rsa"


@pytest.mark.usefixtures("engine")
def test_auto_is_the_engine_where_it_works(hospital: KeyPair) -> None:
    assert engine_problem() is None
    assert make_provider("engine", hospital.private_key_pem).name == "engine"
    assert make_provider("auto", hospital.private_key_pem).name == "engine"


def test_auto_falls_back_with_one_warning_that_says_why(
    hospital: KeyPair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(libcrypto, "_LIBRARY", "libcrypto-that-is-not-there.so")
    with caplog.at_level(logging.WARNING):
        assert make_provider("auto", hospital.private_key_pem).name == "pure"
        assert make_provider("auto", hospital.private_key_pem).name == "pure"
    assert [record.message for record in caplog.records if "libcrypto-that-is-not-there" in record.message] == [
        caplog.records[0].message
    ]
    with pytest.raises(CryptoError, match="не загружается"):
        make_provider("engine", hospital.private_key_pem)


def test_a_failed_self_test_disqualifies_the_engine(monkeypatch: pytest.MonkeyPatch, hospital: KeyPair) -> None:
    def fail(_provider: EngineProvider) -> None:
        raise CryptoError("самопроверка криптографии не пройдена: подпись")

    monkeypatch.setattr(EngineProvider, "self_test", fail)
    monkeypatch.setattr(EngineProvider, "__init__", lambda *_, **__: None)
    assert engine_problem() == "самопроверка криптографии не пройдена: подпись"
    assert make_provider("auto", hospital.private_key_pem).name == "pure"
    with pytest.raises(UnavailableError, match="самопроверка"):
        make_provider("engine", hospital.private_key_pem)


def test_an_unknown_name_is_refused_with_the_known_ones(hospital: KeyPair) -> None:
    with pytest.raises(CryptoError, match=r"«cryptopro».*engine, pure, rsa, auto"):
        make_provider("cryptopro", hospital.private_key_pem)


def test_parameters_reach_the_provider(hospital: KeyPair) -> None:
    provider = make_provider("pure", hospital.private_key_pem, s_box="1.2.643.2.2.31.1", meshing=False)
    assert isinstance(provider, PureProvider)
    sealed = provider.encrypt(bytes(2000), hospital.certificate.spki_der)
    assert bytes.fromhex("06072a850302021f01") in sealed.key_transport


class _Wrong(PureProvider):
    """Does one thing wrong."""

    def __init__(self, fault: str) -> None:
        super().__init__(known_answers.PRIVATE_KEY)
        self.fault = fault

    def digest(self, data: bytes, size: int | None = None) -> bytes:
        digest = super().digest(data, size)
        return digest[::-1] if self.fault == f"digest{size}" else digest

    def verify_digest(self, spki_der: bytes, digest: bytes, signature: bytes) -> bool:
        return True if self.fault == "accepts all" else super().verify_digest(spki_der, digest, signature)

    def sign_digest(self, digest: bytes) -> bytes:
        signature = super().sign_digest(digest)
        return signature[32:] + signature[:32] if self.fault == "halves swapped" else signature


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("digest32", "Стрибог"),
        ("digest64", "Стрибог"),
        ("accepts all", "отказ от чужой подписи"),
        ("halves swapped", "самопроверка криптографии не пройдена: подпись"),
    ],
)
def test_the_known_answers_find_what_is_wrong(fault: str, named: str) -> None:
    with pytest.raises(CryptoError, match=named):
        known_answers.check(_Wrong(fault), PureProvider(known_answers.PRIVATE_KEY), cbc_encrypt)


def test_the_known_answers_find_a_cipher_that_does_not_mesh() -> None:
    def unmeshed(key: bytes, iv: bytes, data: bytes, *, s_box: str, meshing: bool) -> bytes:
        return cbc_encrypt(key, iv, data, s_box=s_box, meshing=False)

    own = PureProvider(known_answers.PRIVATE_KEY)
    with pytest.raises(CryptoError, match="28147"):
        known_answers.check(own, own, unmeshed)
