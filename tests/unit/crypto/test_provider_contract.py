"""What every provider must do. An adapter to a CSP of another make adds itself to `MAKES` and must pass."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ers_sync.fss.crypto.engine import EngineProvider
from ers_sync.fss.crypto.provider import CryptoError, CryptoProvider, DecryptionError, Sealed
from ers_sync.fss.crypto.pure import PureProvider
from ers_sync.fss.crypto.rsa import RsaProvider
from ers_sync.stand.pki import KeyPair

MAKES: dict[str, Callable[[bytes], CryptoProvider]] = {
    "engine": EngineProvider,
    "pure": PureProvider,
    "rsa": RsaProvider,
}


@dataclass(frozen=True)
class Side:
    own: CryptoProvider
    other: CryptoProvider
    own_member: KeyPair
    other_member: KeyPair
    foreign: KeyPair  # a key of another kind


WITH_KEYS = [("engine", "gost-256"), ("engine", "gost-512"), ("pure", "gost-256"), ("pure", "gost-512"), ("rsa", "rsa")]


@pytest.fixture(scope="module", params=WITH_KEYS, ids="-".join)
def side(
    request: pytest.FixtureRequest,
    require_engine: Callable[[], None],
    members: dict[str, tuple[KeyPair, KeyPair]],
) -> Side:
    name, kind = request.param
    if name == "engine":
        require_engine()
    own, other = members[kind]
    foreign = members["gost-256" if name == "rsa" else "rsa"][0]
    make = MAKES[name]
    return Side(make(own.private_key_pem), make(other.private_key_pem), own, other, foreign)


def test_it_says_what_it_is(side: Side) -> None:
    assert side.own.name in MAKES
    assert side.own.certified is False
    assert side.own.digest_size == (side.own_member.certificate.key_bits or 256) // 8
    assert len(side.own.digest(b"")) == side.own.digest_size


def test_it_knows_its_own_key(side: Side) -> None:
    assert side.own.owns(side.own_member.certificate.spki_der)
    assert side.own.owns(side.own.public_key)
    assert not side.own.owns(side.other_member.certificate.spki_der)
    assert not side.own.owns(side.foreign.certificate.spki_der)
    assert not side.own.owns(b"")


def test_the_self_test_passes(side: Side) -> None:
    side.own.self_test()


def test_the_other_verifies_what_it_signs(side: Side) -> None:
    digest = side.own.digest("текст".encode())
    signature = side.own.sign_digest(digest)
    assert side.other.verify_digest(side.own_member.certificate.spki_der, digest, signature)
    assert not side.other.verify_digest(side.other_member.certificate.spki_der, digest, signature)
    assert not side.other.verify_digest(
        side.own_member.certificate.spki_der, side.own.digest(b"another text"), signature
    )


def test_a_signature_altered_anywhere_is_false(side: Side) -> None:
    digest = side.own.digest(b"text")
    signature = side.own.sign_digest(digest)
    half = len(signature) // 2
    altered = [
        signature[half:] + signature[:half],
        signature[::-1],
        signature[:-1],
        signature + b"\0",
        b"",
        bytes(2 * half),
    ]
    altered += [
        signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :] for at in (0, half - 1, half, -1 % (2 * half))
    ]
    for wrong in altered:
        assert side.other.verify_digest(side.own_member.certificate.spki_der, digest, wrong) is False
    assert side.other.verify_digest(side.own_member.certificate.spki_der, digest[:-1], signature) is False


@pytest.mark.parametrize("spki", [b"", b"\x30\x00", b"garbage" * 20])
def test_a_malformed_key_is_false_in_verification_and_an_error_in_encryption(side: Side, spki: bytes) -> None:
    digest = side.own.digest(b"text")
    assert side.own.verify_digest(spki, digest, side.own.sign_digest(digest)) is False
    with pytest.raises(CryptoError):
        side.own.encrypt(b"text", spki)


def test_a_key_of_another_kind_is_false_in_verification_and_an_error_in_encryption(side: Side) -> None:
    digest = side.own.digest(b"text")
    assert side.own.verify_digest(side.foreign.certificate.spki_der, digest, side.own.sign_digest(digest)) is False
    with pytest.raises(CryptoError):
        side.own.encrypt(b"text", side.foreign.certificate.spki_der)


def test_a_digest_of_another_length_is_not_signed(side: Side) -> None:
    for size in (0, side.own.digest_size - 1, side.own.digest_size + 32):
        with pytest.raises(CryptoError, match="длина хэша"):
            side.own.sign_digest(bytes(size))


def test_every_signature_and_every_message_is_another(side: Side) -> None:
    first, second = (side.own.encrypt(b"text", side.other_member.certificate.spki_der) for _ in range(2))
    assert first.key_transport != second.key_transport
    assert first.content != second.content


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1015, 1016, 1017, 1023, 1024, 1025, 2047, 2048, 2049, 7800])
def test_the_recipient_alone_decrypts(side: Side, size: int) -> None:
    plain = bytes(at % 251 for at in range(size))
    sealed = side.own.encrypt(plain, side.other_member.certificate.spki_der)
    assert side.other.decrypt(sealed) == plain
    with pytest.raises(DecryptionError):
        side.own.decrypt(sealed)


def test_every_failure_to_decrypt_looks_the_same(side: Side) -> None:
    sealed = side.own.encrypt(b"text" * 500, side.other_member.certificate.spki_der)
    transport, content = sealed.key_transport, sealed.content
    broken = [
        Sealed(b"", content),
        Sealed(transport[:-1], content),
        Sealed(transport[: len(transport) // 2], content),
        Sealed(transport + b"\0", content),
        Sealed(transport, b""),
        Sealed(transport, content[:8]),
        Sealed(transport, content[:-1]),
        Sealed(transport, content[:7]),
        replace(sealed, key_transport=side.own.encrypt(b"text", side.own_member.certificate.spki_der).key_transport),
    ]
    broken += [
        replace(sealed, key_transport=transport[:at] + bytes([transport[at] ^ 1]) + transport[at + 1 :])
        for at in range(0, len(transport), 9)
    ]
    texts = set()
    for wrong in broken:
        with pytest.raises(DecryptionError) as caught:
            side.other.decrypt(wrong)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
        texts.add(str(caught.value))
    assert texts == {str(DecryptionError())}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.binary(max_size=3000))
def test_any_bytes_come_back(side: Side, plain: bytes) -> None:
    assert side.other.decrypt(side.own.encrypt(plain, side.other_member.certificate.spki_der)) == plain


def test_threads_share_it(side: Side) -> None:
    def turn(number: int) -> bool:
        plain = bytes([number]) * 1500
        digest = side.own.digest(plain)
        signed = side.other.verify_digest(side.own_member.certificate.spki_der, digest, side.own.sign_digest(digest))
        return signed and side.other.decrypt(side.own.encrypt(plain, side.other_member.certificate.spki_der)) == plain

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(turn, range(40)))


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES.keys())
@pytest.mark.parametrize("key", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"])
def test_a_file_without_a_key_is_refused(make: Callable[[bytes], CryptoProvider], key: bytes) -> None:
    with pytest.raises(CryptoError):
        make(key)


def test_a_key_of_another_kind_is_refused(side: Side) -> None:
    with pytest.raises(CryptoError):
        MAKES[side.own.name](side.foreign.private_key_pem)
