"""What holds a patient's data shows none of it as text: in a `repr`, an f-string, a traceback with the values of its locals."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import traceback
from typing import Any

import pytest

import ers_sync
from ers_sync.domain import called, matching, model, request
from ers_sync.domain.identifiers import clean
from ers_sync.domain.personal import Personal
from ers_sync.fss import answers, client, exchange, outcomes, transport
from ers_sync.ledger import certificates, exchanges, requests

CANARY = "Щурик"
ROWS = (
    model.Doctor,
    model.Patient,
    model.Pregnancy,
    model.Exam,
    model.Newborn,
    model.Outcome,
    model.Child,
)
HIDDEN = {
    called.CalledFor: {"content", "identity"},
    request.Request: {"details", "identity"},
    request.Desired: {"details"},
    request.Draft: {"content", "identity"},
    matching.Certificate: {"snils"},
    certificates.Woman: {"snils", "lmp"},
    requests.Claimed: {"content"},
    requests.Step: {"details"},
    exchanges.Attempt: {"signed", "signed_answer"},
    answers.Result: {"errors"},
    client.Prepared: {"signed", "question"},
    exchange.Reading: {"fault_text", "answer_signed"},
    client.Exchange: {"fault_text", "request_wire", "answer_wire", "answer_signed"},
    outcomes.Fault: {"text"},
    transport.Reply: {"body"},
    transport.TransportSettings: {"proxy_password"},
}
NEVER = {
    "password",
    "proxy_password",
    *(field.name for row in ROWS for field in dataclasses.fields(row)),
} | set().union(*HIDDEN.values())
# these words are in other classes no person's: ids, our own codes, a hospital's data
NEVER -= {"id", "kind", "deleted", "text", "position", "ordinal", "half_year", "doctor_id", "organization_id"}
NEVER -= {"patient_id", "pregnancy_id", "outcome_id", "exams", "body"}


def filled(kind: type[Any]) -> Any:
    """Return an object whose every field tells its own name, but for the ids."""
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: 17 if name == "id" or name.endswith("_id") else f"{CANARY}-{name}." for name in names})


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_of_ram_is_its_ids(kind: type[Any]) -> None:
    row = filled(kind)
    ids = [f"{field.name}=17" for field in dataclasses.fields(kind) if field.name == "id" or field.name.endswith("_id")]
    assert repr(row) == str(row) == f"{row}" == f"{kind.__name__}({', '.join(ids)})"


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_hidden_and_nothing_else(kind: type[Any]) -> None:
    shown = repr(filled(kind))
    fields = {field.name for field in dataclasses.fields(kind)} - {"id"}
    hidden = {name for name in fields if f"{CANARY}-{name}." not in shown and f"{name}=17" not in shown}
    assert hidden == HIDDEN[kind]


def test_a_traceback_that_shows_locals_shows_no_person() -> None:
    def fails() -> None:
        rows = [filled(kind) for kind in ROWS]
        case = model.Case(pregnancy=rows[2], patient=rows[1], exams=(rows[3],), doctors={17: rows[0]})
        raise ValueError(f"{case} {rows}")

    try:
        fails()
    except ValueError as error:
        said = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Patient(id=17)" in said
    assert "case = Case(" in said
    assert CANARY not in said


def test_no_class_shows_a_field_of_a_persons() -> None:
    """Also one that is written tomorrow."""
    found = set()
    for module in pkgutil.walk_packages(ers_sync.__path__, "ers_sync."):
        if module.name.split(".")[1] in {"stand", "reports"}:  # not the service; where names belong
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in ROWS:
                found |= {
                    f"{kind.__name__}.{field.name}"
                    for field in dataclasses.fields(kind)
                    if field.repr and field.name in NEVER
                }
    assert found == {"Sealed.content"}  # ciphertext


def test_a_personal_value_is_no_text_by_accident() -> None:
    value = Personal(f" {CANARY} ")
    forms = [str(value), repr(value), f"{value}", f"{value:>9}", f"{[value]}", "%s" % value]  # noqa: UP031 - as a library may
    assert not any(CANARY in form for form in forms)
    assert clean(value) == CANARY
    assert type(clean(value)) is str
    assert json.dumps([value], ensure_ascii=False) == f'[" {CANARY} "]'
