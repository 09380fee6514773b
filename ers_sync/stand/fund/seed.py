"""What the Fund knows before the first request: `--fund-seed`, and the same shape later on through the control endpoint.

    {"organizations": [{"ogrn", "contracts": [{"kind": "1"|"2"|"3-1"|"3-2", "number", "from", "to"}]}],
     "certificates": [{"ers_number", "snils", "ogrn", "create_date", "status",
                       "tickets": [{"type", "create_date", "ogrn"}], "visits": [{"visit_id", "visit_date", "ogrn"}]}]}

`to` may be null, `tickets` and `visits` may be missing. A second file may bring names:
`{"organizations": {ogrn: name}, "women": {snils: {"last_name", "first_name", "patronymic", "birth_date"}}}`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ers_sync.stand.fund.model import Certificate, Contract, Person, Ticket, Visit
from ers_sync.stand.fund.registry import Registry

Ogrn = Annotated[str, StringConstraints(pattern=r"^(\d{13}|\d{15})$")]
Kind = Literal["1", "2", "3-1", "3-2"]
Text = Annotated[str, StringConstraints(min_length=1)]


Model = TypeVar("Model", bound=BaseModel)


class SeedError(ValueError):
    """The seed cannot be used; the text says where it is wrong, without its values."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Contract(_Strict):
    kind: Kind
    number: Text
    begin: date = Field(alias="from")
    end: date | None = Field(alias="to", default=None)


class _Organization(_Strict):
    ogrn: Ogrn
    contracts: list[_Contract] = []


class _Ticket(_Strict):
    type: Kind
    create_date: date
    ogrn: Ogrn


class _Visit(_Strict):
    visit_id: Text
    visit_date: date
    ogrn: Ogrn


class _Certificate(_Strict):
    ers_number: Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
    snils: Annotated[str, StringConstraints(pattern=r"^(\d{11})?$")]
    ogrn: Ogrn
    create_date: date
    status: Literal["OPEN", "SERVICE", "CLOSED"]
    tickets: list[_Ticket] = []
    visits: list[_Visit] = []


class _Woman(_Strict):
    last_name: str
    first_name: str
    patronymic: str | None = None
    birth_date: date


class Seed(_Strict):
    """The seed file."""

    organizations: list[_Organization] = []
    certificates: list[_Certificate] = []


class Names(_Strict):
    """The file of names: of hospitals by ОГРН, of women by СНИЛС."""

    organizations: dict[str, str] = {}
    women: dict[str, _Woman] = {}


def read_seed(text: str | bytes) -> Seed:
    """Read a seed from JSON. Raise SeedError."""
    return _read(Seed, text)


def read_names(text: str | bytes) -> Names:
    """Read names from JSON. Raise SeedError."""
    return _read(Names, text)


def plant(registry: Registry, seed: Seed, names: Names) -> None:
    """Put a seed into the registry: an organization's contracts replace those it had, a certificate the one of its number."""
    registry.names.update(names.organizations)
    for organization in seed.organizations:
        registry.contracts[organization.ogrn] = [
            Contract(c.kind, c.number, c.begin.isoformat(), c.end.isoformat() if c.end else None)
            for c in organization.contracts
        ]
    for certificate in seed.certificates:
        registry.add(_certificate(certificate, names.women.get(certificate.snils)))


def _certificate(seed: _Certificate, woman: _Woman | None) -> Certificate:
    owner = Person(snils=seed.snils)
    if woman:
        birth = woman.birth_date.isoformat()
        owner = Person(woman.last_name, woman.first_name, woman.patronymic or "", birth, seed.snils)
    return Certificate(
        number=seed.ers_number,
        create_date=seed.create_date.isoformat(),
        ogrn=seed.ogrn,
        owner=owner,
        status=seed.status,
        tickets=[Ticket(t.type, t.create_date.isoformat(), t.ogrn) for t in seed.tickets],
        visits=[Visit(v.visit_id, v.visit_date.isoformat(), v.ogrn) for v in seed.visits],
    )


def _read(model: type[Model], text: str | bytes) -> Model:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SeedError(f"начальные сведения Фонда неверны: {places}") from None
