"""Contents of requests become elements that the schema allows, or a MessageError that quotes nothing."""

from __future__ import annotations

import copy
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ers_sync.domain.content import Kind, Numbers, Sender
from ers_sync.domain.limits import Limit
from ers_sync.fss import messages
from ers_sync.fss.binding import Binding, MessageError
from ers_sync.fss.messages import OPERATIONS, WSDL
from ers_sync.fss.software import Software
from ers_sync.fss.xml import ERS

from .samples import CONTENTS, NUMBERS, PERSON, sender

BINDING = Binding(WSDL)
SCHEMA = etree.XMLSchema(etree.fromstring((resources.files("ers_sync.fss") / "wsdl" / "ers.xsd").read_bytes()))
SOFTWARE = Software("ers-sync", "1.2.3")


def build(kind: Kind, content: dict[str, Any], numbers: Numbers = NUMBERS) -> etree._Element:
    body = etree.Element("Body")
    BINDING.render(body, OPERATIONS[kind], messages.request(kind, SOFTWARE, sender(kind), content, numbers))
    return body[0]


def text(element: etree._Element, path: str) -> str | None:
    return element.findtext("/".join(f"{{{ERS}}}{step}" for step in path.split("/")))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_valid_by_the_schema(kind: Kind) -> None:
    element = build(kind, CONTENTS[kind])
    assert element.tag == f"{{{ERS}}}{OPERATIONS[kind]}Request"
    SCHEMA.assertValid(element)
    assert text(element, "systemInfo/softwareVerison") == "1.2.3"
    assert text(element, "medicalOrganization/conractDate") == "2021-12-31"


def test_surname_stands_in_second_name() -> None:
    element = build(Kind.CREATE_ERS, CONTENTS[Kind.CREATE_ERS])
    assert text(element, "person/secondName") == "Петрова"
    assert text(element, "person/firstName") == "Мария"
    assert text(element, "registerDate") == "2026-02-27"


@pytest.mark.parametrize(("days", "weeks", "rest"), [(0, "0", "0"), (6, "0", "6"), (7, "1", "0"), (212, "30", "2")])
def test_gestation_of_a_visit_in_weeks_and_days(days: int, weeks: str, rest: str) -> None:
    element = build(Kind.PUT_VISIT, CONTENTS[Kind.PUT_VISIT] | {"gestation_days": days})
    assert (text(element, "visit/pregnancyTime"), text(element, "visit/pregnancyDays")) == (weeks, rest)
    assert text(element, "visit/visitId") == "77-2"


@pytest.mark.parametrize(("days", "weeks"), [(209, "29"), (210, "30"), (216, "30"), (217, "31")])
def test_a_ticket_counts_whole_weeks(days: int, weeks: str) -> None:
    ticket = build(Kind.PUT_TICKET1, CONTENTS[Kind.PUT_TICKET1] | {"put_gestation_days": days})
    assert text(ticket, "tickets/storage/ticket1/pregnancyTimeOnPutDate") == weeks
    assert text(ticket, "tickets/storage/ticket1/pregnancyTimeOnRegisterDate") == "8"
    assert text(ticket, "tickets/storage/ticket1/isMultiplePregnancy") == "false"
    assert text(ticket, "tickets/storage/ticket1/createDate") == "2026-03-02"


def test_ticket2_carries_every_newborn() -> None:
    ticket = build(Kind.PUT_TICKET2, CONTENTS[Kind.PUT_TICKET2])
    newborns = ticket.findall(f".//{{{ERS}}}newbornList/{{{ERS}}}storage")
    assert [[child.text for child in newborn] for newborn in newborns] == [
        ["MALE", "52", "3400"],
        ["FEMALE", "48", "2900", "асфиксия"],
    ]
    assert text(ticket, "tickets/storage/ticket2/birthDateTime") == "2026-03-01T04:05:06"


@pytest.mark.parametrize("group", ["medicalInsurance", "snils", "identifyingDocument", "residenceAddress"])
def test_a_stated_reason_takes_the_place_of_the_value(group: str) -> None:
    value, reason = {
        "medicalInsurance": ("policy_number", "policy_absence_reason"),
        "snils": ("snils", "snils_absence_reason"),
        "identifyingDocument": ("document", "document_absence_reason"),
        "residenceAddress": ("address", "address_absence_reason"),
    }[group]
    person = PERSON | {value: None, reason: "иностранная гражданка"}
    element = build(Kind.CREATE_ERS, CONTENTS[Kind.CREATE_ERS] | {"person": person})
    assert text(element, f"person/{group}/noDataReason") == "иностранная гражданка"
    with pytest.raises(MessageError, match=group):
        build(Kind.CREATE_ERS, CONTENTS[Kind.CREATE_ERS] | {"person": person | {reason: None}})


@pytest.mark.parametrize(
    ("kind", "half_year", "service", "allowed"),
    [
        (Kind.PUT_TICKET1, 0, "1", True),
        (Kind.PUT_TICKET1, 0, "2", False),
        (Kind.PUT_TICKET2, 0, "1", False),
        (Kind.PUT_TICKET3, 1, "3-1", True),
        (Kind.PUT_TICKET3, 2, "3-2", True),
        (Kind.PUT_TICKET3, 2, "3-1", False),
        (Kind.PUT_VISIT, 0, "3-1", True),
    ],
)
def test_a_ticket_names_a_contract_of_its_own_kind(kind: Kind, half_year: int, service: str, allowed: bool) -> None:
    content = CONTENTS[kind] | ({"half_year": half_year} if half_year else {})
    organization: Sender = {**sender(kind), "contract_kind": service}
    if allowed:
        values = messages.request(kind, SOFTWARE, organization, content, NUMBERS)
        assert values["medicalOrganization"]["contractServiceType"] == service
    else:
        with pytest.raises(ValueError, match="another kind of service"):
            messages.request(kind, SOFTWARE, organization, content, NUMBERS)


def test_questions() -> None:
    body = etree.Element("Body")
    request_id = "0a1b2c3d-0000-1111-2222-333344445555"
    organization: Sender = {**sender(), "contract_kind": None, "contract_number": None, "contract_date": None}
    result = messages.result_question(SOFTWARE, organization, Kind.PUT_TICKET1, request_id)
    BINDING.render(body, "getResultById", result)
    BINDING.render(body, "getErsData", messages.data_question(SOFTWARE, organization, "11223344595"))
    assert [text(body[0], name) for name in ("requestType", "requestId")] == ["putTicket1", request_id]
    assert text(body[1], "params/ersIdentifier") == "11223344595"


@pytest.mark.parametrize(
    ("kind", "change", "path"),
    [
        (Kind.CREATE_ERS, {"snils": "12"}, "person/snils/snils"),
        (Kind.CREATE_ERS, {"snils": "1122334459x"}, "person/snils/snils"),
        (Kind.CREATE_ERS, {"birth_date": "06.05.1994"}, "person/birthdate"),
        (Kind.CREATE_ERS, {"birth_date": "1994-05-06Z"}, "person/birthdate"),
        (Kind.CREATE_ERS, {"first_name": None}, "person/secondName"),
        (Kind.CREATE_ERS, {"last_name": " \t "}, "person/secondName"),
        (Kind.CREATE_ERS, {"last_name": "П" * (Limit.NAME + 1)}, "person/secondName"),
        (Kind.CREATE_ERS, {"address": "у" * (Limit.ADDRESS + 1)}, "person/residenceAddress/residenceAddress"),
        (Kind.CREATE_ERS, {"policy_number": "1" * (Limit.POLICY + 1)}, "insuranceNumber"),
    ],
)
def test_an_invalid_message_names_the_element_and_not_the_value(kind: Kind, change: dict[str, Any], path: str) -> None:
    with pytest.raises(MessageError) as caught:
        build(kind, CONTENTS[kind] | {"person": PERSON | change})
    assert caught.value.path.endswith(path)
    assert caught.value.operation == "createErs"
    assert not any(value and value in str(caught.value) for value in change.values())


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Kind.PUT_VISIT, {"gestation_days": Limit.GESTATION_DAYS}),
        (Kind.PUT_VISIT, {"obstetric_status": "т" * Limit.NOTE}),
        (Kind.PUT_TICKET1, {"exchange_card_number": "1" * Limit.CODE}),
        (Kind.CREATE_ERS, {"person": PERSON | {"last_name": "П" * Limit.NAME}}),
        (Kind.CREATE_ERS, {"person": PERSON | {"address": "у" * Limit.ADDRESS}}),
        (Kind.CREATE_ERS, {"person": PERSON | {"snils": None, "snils_absence_reason": "п" * Limit.REASON}}),
        (Kind.CREATE_ERS, {"person": PERSON | {"policy_number": "1" * Limit.POLICY}}),
        (
            Kind.CREATE_ERS,
            {
                "person": PERSON
                | {
                    "document": PERSON["document"]
                    | {
                        "kind": "к" * Limit.KIND,
                        "number": "1" * Limit.DOCUMENT,
                        "series": "1" * Limit.DOCUMENT,
                        "issuer": "о" * Limit.ISSUER,
                    }
                }
            },
        ),
        (
            Kind.PUT_TICKET2,
            {
                "newborns": [
                    {"sex": "male", "height_cm": Limit.HEIGHT_CM, "weight_g": Limit.WEIGHT_G, "death_reason": None}
                ]
            },
        ),
    ],
)
def test_what_the_domain_lets_pass_the_schema_takes(kind: Kind, change: dict[str, Any]) -> None:
    SCHEMA.assertValid(build(kind, CONTENTS[kind] | change))


def test_a_number_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        build(Kind.PUT_VISIT, CONTENTS[Kind.PUT_VISIT], {"ers_number": "0123456789"})


ODD = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.text("0123456789", min_size=8, max_size=13),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.booleans(),
    st.dates().map(str),
    st.just("x" * 5000),
    st.lists(st.text(max_size=3), max_size=2),
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every plain value of a content."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [path] if pairs is None else [leaf for key, item in pairs for leaf in leaves(item, (*path, key))]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_invalid_is_ever_built_in_silence(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(Kind)))
    content = copy.deepcopy(CONTENTS[kind])
    for path in data.draw(st.lists(st.sampled_from(leaves(content)), max_size=2, unique=True)):
        target: Any = content
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = data.draw(ODD)
    try:
        element = build(kind, content)
    except (TypeError, ValueError):
        return  # no message was built
    except MessageError as error:
        refusal = str(error)
    else:
        SCHEMA.assertValid(etree.fromstring(etree.tostring(element)))  # parsed anew: what goes out is bytes
        return
    assert not any(secret in refusal for secret in ("Петрова", "11223344595", "6600000000000001"))
