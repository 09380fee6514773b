from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ers_sync.fss.crypto import der
from ers_sync.fss.crypto.certificate import Certificate, read_certificate, verify_issued
from ers_sync.fss.crypto.certificate_fields import read_name, shown, split
from ers_sync.fss.crypto.keys import armour
from ers_sync.fss.crypto.provider import CryptoError
from ers_sync.fss.crypto.registry import make_provider
from ers_sync.stand.pki import KeyPair, TestAuthority

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
NAME = "ГБУЗ «Городская клиническая больница имени Святого Апостола Андрея Первозванного»"


def test_what_a_certificate_says() -> None:
    certificate = TestAuthority.create("gost", NOW).issue(NAME, "1027700132195", "7707083893").certificate
    assert (certificate.ogrn, certificate.inn) == ("1027700132195", "7707083893")
    assert certificate.organization == NAME[:64]
    assert "Тестовый удостоверяющий центр" in certificate.issuer
    assert certificate.serial > 0
    assert (certificate.key_bits, certificate.is_gost, certificate.is_rsa) == (256, True, False)
    assert certificate.allows("digital_signature")
    assert certificate.allows("key_encipherment", "key_agreement")
    assert not certificate.allows("key_cert_sign")
    assert not certificate.is_authority
    assert len(certificate.fingerprint) == 64


def test_an_rsa_certificate(rsa_members: tuple[KeyPair, KeyPair]) -> None:
    certificate = rsa_members[0].certificate
    assert (certificate.key_bits, certificate.is_gost, certificate.is_rsa) == (None, False, True)
    assert certificate.ogrn == "1027700132195"


def test_it_is_valid_ten_years_both_ways(hospital: KeyPair) -> None:
    certificate, second = hospital.certificate, timedelta(seconds=1)
    first = datetime(2015, 6, 1, 12, tzinfo=UTC)
    last = datetime(2035, 6, 1, 12, tzinfo=UTC)
    assert not certificate.is_valid_at(first - second)
    assert certificate.is_valid_at(first)
    assert certificate.is_valid_at(last)
    assert not certificate.is_valid_at(last + second)


@pytest.mark.parametrize("now", [datetime(2024, 2, 29, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)])
def test_days_that_are_not_in_every_year_and_years_past_2049(now: datetime) -> None:
    certificate = TestAuthority.create("gost", now).issue("МО", "1027700132195", "7707083893").certificate
    assert (certificate.not_before.year, certificate.not_after.year) == (now.year - 10, now.year + 10)
    assert certificate.is_valid_at(now)


def test_pem_and_der_are_the_same(hospital: KeyPair) -> None:
    assert read_certificate(hospital.certificate.der) == hospital.certificate
    crlf = hospital.certificate_pem.replace(b"\n", b"\r\n")
    assert read_certificate(b"Bag Attributes\r\n" + crlf) == hospital.certificate


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\x30\x00", b"\x30\x03\x02\x01\x01", armour(b"\x30\x00", "CERTIFICATE")]
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(CryptoError):
        read_certificate(data)


def test_a_truncated_certificate_is_refused(hospital: KeyPair) -> None:
    whole = hospital.certificate.der
    for size in range(0, len(whole), 7):
        with pytest.raises(CryptoError):
            read_certificate(whole[:size])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_certificate_that_is_damaged_anywhere_is_read_or_refused(hospital: KeyPair) -> None:
    """It must not stop the other hospitals, whose keys are read with it."""
    whole, refused = hospital.certificate.der, 0
    for at in range(len(whole)):
        for octet in (0x00, 0x7F, 0xFF):
            try:
                read_certificate(whole[:at] + bytes([octet]) + whole[at + 1 :])
            except CryptoError:
                refused += 1
    assert refused > len(whole) / 2


def test_nothing_personal_is_shown(hospital: KeyPair) -> None:
    assert hospital.certificate.subject not in repr(hospital.certificate)


def _with(certificate: Certificate, find: bytes, put: bytes) -> Certificate:
    assert len(find) == len(put)
    assert find in certificate.der
    return read_certificate(certificate.der.replace(find, put))


def test_the_authority_issued_it_and_no_other_did(gost_authority: TestAuthority, hospital: KeyPair) -> None:
    provider = make_provider("pure", hospital.private_key_pem)
    stranger = TestAuthority.create("gost", NOW)
    certificate, authority = hospital.certificate, gost_authority.certificate
    assert verify_issued(certificate, authority, provider)
    assert verify_issued(authority, authority, provider)
    assert not verify_issued(certificate, stranger.certificate, provider)
    assert not verify_issued(authority, certificate, provider), "a hospital is no authority"
    assert not verify_issued(certificate, certificate, provider)


@pytest.mark.parametrize("bits", [256, 512])
def test_either_length_of_the_authority_is_checked_by_a_provider_of_either(bits: int, hospital: KeyPair) -> None:
    authority = TestAuthority.create("gost", NOW, bits=512 if bits == 512 else 256)
    issued = authority.issue("МО", "1027700132195", "7707083893", bits=512 if bits == 256 else 256)
    for key in (hospital, issued):
        provider = make_provider("pure", key.private_key_pem)
        assert verify_issued(issued.certificate, authority.certificate, provider)


def test_an_altered_certificate_is_not_issued(gost_authority: TestAuthority, hospital: KeyPair) -> None:
    provider = make_provider("pure", hospital.private_key_pem)
    altered = _with(hospital.certificate, b"1027700132195", b"1027700132196")
    assert altered.ogrn == "1027700132196"
    assert not verify_issued(altered, gost_authority.certificate, provider)
    at = len(hospital.certificate.der) - 65  # how many bits of the signature's last octet are not used
    assert hospital.certificate.der[at] == 0
    odd = read_certificate(hospital.certificate.der[:at] + b"\x01" + hospital.certificate.der[at + 1 : -1] + b"\0")
    assert not verify_issued(odd, gost_authority.certificate, provider)
    renamed = _with(hospital.certificate, b"1000000000009", b"1000000000008")
    assert not verify_issued(renamed, gost_authority.certificate, provider)


def test_rsa_authorities_too(rsa_authority: TestAuthority, rsa_members: tuple[KeyPair, KeyPair]) -> None:
    provider = make_provider("rsa", rsa_members[0].private_key_pem)
    certificate = rsa_members[0].certificate
    assert verify_issued(certificate, rsa_authority.certificate, provider)
    assert not verify_issued(certificate, TestAuthority.create("rsa", NOW).certificate, provider)
    assert not verify_issued(
        _with(certificate, b"1027700132195", b"1027700132196"), rsa_authority.certificate, provider
    )


def _name(*attributes: tuple[str, int, bytes]) -> bytes:
    return der.encode(
        der.SEQUENCE,
        *(
            der.encode(der.SET, der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode(tag, octets)))
            for oid, tag, octets in attributes
        ),
    )


def test_names_in_all_alphabets_of_the_standard() -> None:
    name = _name(
        ("2.5.4.10", 0x1E, "Роддом".encode("utf-16-be")),
        ("2.5.4.3", 0x0C, " Роддом № 1 ".encode()),
        ("1.2.643.100.1", 0x12, b"1027700132195"),
        ("2.5.4.8", 0x13, "Кириллица, где её быть не должно".encode()),
        ("2.5.4.11", 0x0C, b"\xff"),
    )
    attributes = dict(read_name(name))
    assert attributes["2.5.4.10"] == "Роддом"
    assert attributes["2.5.4.3"] == "Роддом № 1"
    assert attributes["1.2.643.100.1"] == "1027700132195"
    assert attributes["2.5.4.8"] == "Кириллица, где её быть не должно"
    assert shown(read_name(name)).startswith("O=Роддом, CN=Роддом № 1, 1.2.643.100.1=1027700132195, ST=")


@pytest.mark.parametrize(
    ("fields", "inn"),
    [
        ([("1.2.643.100.4", "7707083893")], "7707083893"),
        ([("1.2.643.3.131.1.1", "007707083893")], "7707083893"),
        ([("1.2.643.3.131.1.1", "7707083893")], "7707083893"),
        ([("1.2.643.3.131.1.1", "500100732259")], None),
        ([("1.2.643.3.131.1.1", "500100732259"), ("1.2.643.100.4", "7707083893")], "7707083893"),
        ([], None),
    ],
    ids=["own field", "padded", "plain", "a person's", "both", "none"],
)
def test_which_inn_is_the_organizations(hospital: KeyPair, fields: list[tuple[str, str]], inn: str | None) -> None:
    subject = _name(*((oid, 0x12, text.encode()) for oid, text in fields), ("2.5.4.10", 0x0C, b"MO"))
    assert read_certificate(_with_subject(hospital.certificate.der, subject)).inn == inn


def _with_subject(certificate: bytes, subject: bytes) -> bytes:
    content, algorithm, signature = der.sequence(certificate)
    members = [item.whole for item in der.sequence(content.whole)]
    members[5] = subject
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *members), algorithm.whole, signature.whole)


def test_without_extensions_all_uses_are_allowed_but_issuing(hospital: KeyPair) -> None:
    content, algorithm, signature = der.sequence(hospital.certificate.der)
    members = [item.whole for item in der.sequence(content.whole) if item.tag != 0xA3]
    bare = read_certificate(
        der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *members), algorithm.whole, signature.whole)
    )
    assert bare.key_usage is None
    assert bare.allows("digital_signature")
    assert not bare.is_authority
    assert split(bare.der).extensions is None
