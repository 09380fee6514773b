"""The profile: how the Fund wants messages addressed, signed and encrypted, as data.

Everything here can be overridden in the configuration, because no public description of the ЭРС service exists. What was computed on
messages that the Fund printed for its sick-leave service: algorithms, canonical form, actor and id of the hospital and of the Fund. What
is our reconstruction: that ЭРС uses the same patterns, the actor of the head, and what can be asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from ers_sync.domain.content import Kind

EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
CRYPTOPRO = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"


class Role(StrEnum):
    """Whose key signs: the hospital's, its head's (руководитель)."""

    MO = "mo"
    HEAD = "head"


class Placement(StrEnum):
    """Which certificate the encrypted message shows: the sender's (v1) or the recipient's, the sender's being inside (v2)."""

    V1 = "v1"
    V2 = "v2"


@dataclass(frozen=True, slots=True)
class Suite:
    """The URIs that go together with one length of key; `digest_size` is in bytes."""

    signature: str
    digest: str
    digest_size: int


GOST_256 = Suite(f"{CRYPTOPRO}gostr34102012-gostr34112012-256", f"{CRYPTOPRO}gostr34112012-256", 32)
GOST_512 = Suite(f"{CRYPTOPRO}gostr34102012-gostr34112012-512", f"{CRYPTOPRO}gostr34112012-512", 64)
RSA_SHA256 = Suite("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256", 32)

_ACTORS = {
    Role.MO: "http://eln.fss.ru/actor/mo/{ogrn}",
    Role.HEAD: "http://eln.fss.ru/actor/mo/{ogrn}/head",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One form of the exchange.

    Attributes:
        suites: what a signature may be made with; ours is the one for the length of our key.
        canonicalization: of SignedInfo and of the Body.
        cipher: of the content.
        transports: of the content's key: all are read, the first is written.
        parameter_set: OID of the S-box of outgoing GOST content; incoming content names its own.
        meshing: CryptoPro key meshing of GOST content, both ways.
        placement: which certificate an encrypted message shows.
        actors: of the hospital's signers; a pattern with `{ogrn}`, as the next two.
        body_id: the id of a signed Body.
        fund_actor: of the Fund's own signature.
        check_fund_actor: whether an answer of another actor is refused. The actor is not covered by the signature, so that it proves
            nothing that the pinned certificate does not prove.
        signers: kind of request → who signs it, in order; where it says nothing, and under a question, the hospital signs alone.
        askable: kinds of requests whose fate `getErsData` tells.
    """

    suites: tuple[Suite, ...] = (GOST_256, GOST_512)
    canonicalization: str = EXCLUSIVE_WITH_COMMENTS
    cipher: str = f"{CRYPTOPRO}gost28147"
    transports: tuple[str, ...] = (f"{CRYPTOPRO}transport-gost2001", f"{CRYPTOPRO}transport-gost2012-256")
    parameter_set: str = "1.2.643.7.1.2.5.1.1"
    meshing: bool = True
    placement: Placement = Placement.V2
    actors: Mapping[Role, str] = field(default_factory=lambda: dict(_ACTORS))
    body_id: str = "OGRN_{ogrn}"
    fund_actor: str = "http://eln.fss.ru/actor/fss/ca/{ogrn}"
    check_fund_actor: bool = False
    signers: Mapping[Kind, tuple[Role, ...]] = field(default_factory=dict)
    askable: frozenset[Kind] = frozenset(Kind)

    @property
    def with_comments(self) -> bool:
        """Whether the canonical form keeps comments: the algorithm's URI says so."""
        return self.canonicalization == EXCLUSIVE_WITH_COMMENTS

    def signers_of(self, kind: Kind | None) -> tuple[Role, ...]:
        """Return who signs a request of a kind, None for a question, in order."""
        return self.signers.get(kind, (Role.MO,)) if kind else (Role.MO,)


GOST = Profile()
RSA = Profile(
    suites=(RSA_SHA256,),
    cipher="http://www.w3.org/2009/xmlenc11#aes256-gcm",
    transports=(RSA_OAEP,),
)


def from_settings(crypto: str, settings: Mapping[str, Any]) -> Profile:
    """Return the profile for a provider (`rsa`, or any of GOST) with what the configuration changes in it.

    The keys are `Profile`'s own fields; enumerations and tuples may be given as plain strings and lists, and `signers` goes by kinds
    of requests (`put_ticket1`, …).

    Raises:
        ValueError: an unknown field or value; the text is Russian and names it.
    """
    unknown = sorted(settings.keys() - {field.name for field in fields(Profile)} | settings.keys() & {"suites"})
    if unknown:
        raise ValueError(f"профиль обмена: неизвестные поля: {', '.join(unknown)}")
    try:
        typed = {name: _TYPED.get(name, _same)(value) for name, value in settings.items()}
    except ValueError as error:
        raise ValueError(f"профиль обмена: недопустимое значение: {error}") from error
    base = RSA if crypto == "rsa" else GOST
    if "actors" in typed:
        typed["actors"] = {**base.actors, **typed["actors"]}
    return replace(base, **typed)


def _same(value: Any) -> Any:
    return value


def _canonicalization(value: Any) -> str:
    if value not in {EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS}:
        raise ValueError(value)
    return str(value)


_TYPED: Mapping[str, Callable[[Any], Any]] = {
    "canonicalization": _canonicalization,
    "transports": tuple,
    "placement": Placement,
    "actors": lambda value: {Role(role): str(pattern) for role, pattern in value.items()},
    "signers": lambda value: {Kind(kind): tuple(map(Role, roles)) for kind, roles in value.items()},
    "askable": lambda value: frozenset(map(Kind, value)),
}
