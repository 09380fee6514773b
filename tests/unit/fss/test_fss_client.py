"""Preparing a request: who signs it, and what stops it before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ers_sync.domain.content import Kind, Sender
from ers_sync.fss.binding import MessageError
from ers_sync.fss.client import FundClient
from ers_sync.fss.keyring import Key, KeyProblem, Keyring
from ers_sync.fss.profile import Role
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.fss.xml import ERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.fss.conftest import World

OGRN = "1026602336727"
SENDER: Sender = {
    "name": "ЦГБ",
    "inn": "6658021402",
    "ogrn": OGRN,
    "kpp": None,
    "contract_kind": None,
    "contract_number": None,
    "contract_date": None,
}
CONTENT = {"reason_code": 3, "reason": "Прерывание"}


@pytest.fixture
def client(world: World) -> Iterator[Callable[..., FundClient]]:
    transports = []

    def make(*roles: Role, signers: tuple[Role, ...] = (Role.MO,)) -> FundClient:
        parties = {Role.MO: world.hospital, Role.HEAD: world.head}
        keys = [Key(OGRN, role, parties[role].certificate, parties[role].provider) for role in roles]
        profile = replace(world.profile, signers={Kind.DISABLE_ERS: signers})
        transports.append(Transport(TransportSettings()))
        return FundClient(profile, Keyring(keys, [world.fund.certificate]), transports[-1])

    yield make
    for transport in transports:
        transport.close()


def test_a_prepared_request_verifies(world: World, client: Callable[..., FundClient]) -> None:
    prepared = client(Role.MO).prepare(Kind.DISABLE_ERS, SENDER, CONTENT, {"ers_number": "0123456789"}, world.moment)
    assert (prepared.operation, prepared.ogrn) == ("disableErs", OGRN)
    verified = world.verify(prepared.signed)
    assert verified.body[0].tag == f"{{{ERS}}}disableErsRequest"
    assert verified.signers[0][0] == f"http://eln.fss.ru/actor/mo/{OGRN}"


def test_the_head_signs_too_where_the_profile_says_so(world: World, client: Callable[..., FundClient]) -> None:
    both = (Role.MO, Role.HEAD)
    prepared = client(*both, signers=both).prepare(
        Kind.DISABLE_ERS, SENDER, CONTENT, {"ers_number": "0123456789"}, world.moment
    )
    verified = world.verify(prepared.signed, trusted=[world.hospital.certificate, world.head.certificate])
    assert [actor for actor, _ in verified.signers] == [
        f"http://eln.fss.ru/actor/mo/{OGRN}",
        f"http://eln.fss.ru/actor/mo/{OGRN}/head",
    ]


def test_without_the_head_s_key_nothing_is_prepared(world: World, client: Callable[..., FundClient]) -> None:
    asking = client(Role.MO, signers=(Role.MO, Role.HEAD))
    with pytest.raises(KeyProblem, match="руководителя не указан") as caught:
        asking.prepare(Kind.DISABLE_ERS, SENDER, CONTENT, {"ers_number": "0123456789"}, world.moment)
    assert caught.value.role is Role.HEAD
    assert asking.ask(SENDER, ers_identifier="0123456789", moment=world.moment).operation == "getErsData"


def test_expired_certificates_stop_it(world: World, client: Callable[..., FundClient]) -> None:
    with pytest.raises(KeyProblem, match="истёк"):
        client(Role.MO).ask(SENDER, ers_identifier="0123456789", moment=world.moment + timedelta(days=4000))


def test_no_certificate_of_the_fund(world: World) -> None:
    key = Key(OGRN, Role.MO, world.hospital.certificate, world.hospital.provider)
    with Transport(TransportSettings()) as transport:
        asking = FundClient(world.profile, Keyring([key], []), transport)
        with pytest.raises(KeyProblem, match="Сертификат Фонда не указан"):
            asking.ask(SENDER, ers_identifier="0123456789", moment=world.moment)


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ({"reason_code": 3}, {"ers_number": "0123456789"}),
        (CONTENT, {}),
        (CONTENT, {"ers_number": "12"}),
        (CONTENT | {"reason": ""}, {"ers_number": "0123456789"}),
    ],
)
def test_what_the_schema_refuses_is_not_signed(
    world: World, client: Callable[..., FundClient], content: dict[str, object], numbers: dict[str, str]
) -> None:
    with pytest.raises(MessageError) as caught:
        client(Role.MO).prepare(Kind.DISABLE_ERS, SENDER, content, numbers, world.moment)  # type: ignore[arg-type] # wrong on purpose
    assert caught.value.operation == "disableErs"
