"""Hostile answers end in no success, whatever they are: forged, wrapped, replayed, torn, huge, deep, or no answer at all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.fss import encryption, xml
from ers_sync.fss.answers import Registered, Result
from ers_sync.fss.client import Exchange
from ers_sync.fss.crypto.provider import DecryptionError
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.xml import ERS, SOAP

from .answering import FUND, MOMENT, OGRN, OTHER, REQUEST_ID, RESULT, SNILS, Parties
from .editing import edit
from .forms import FORMS
from .wrapping import WRAPPINGS


@pytest.fixture(scope="module", params=["rsa", "pure"])
def parties(request: pytest.FixtureRequest) -> Parties:
    return Parties(request.param)


@pytest.fixture(scope="module")
def quick() -> Parties:
    return Parties()


ERS_NUMBER = "0123456789"
CERTIFICATE = (
    f'<getErsDataResponse xmlns="{ERS}"><ers><storage><ersNumber>{ERS_NUMBER}</ersNumber><createDate>2026-01-12</createDate>'
    "<status>OPEN</status><medicalOrganization><orgName>ЦГБ</orgName><ogrn>1026602336727</ogrn></medicalOrganization>"
    "<person><birthdate>1994-05-06</birthdate><firstName>Мария</firstName><secondName>Петрова</secondName>"
    f"<snils><snils>{SNILS}</snils></snils></person><tickets/><visits/></storage></ers></getErsDataResponse>"
)


def proves_nothing(exchange: Exchange, outcome: Outcome = Outcome.UNVERIFIABLE) -> None:
    assert (exchange.outcome, exchange.answer) == (outcome, None), exchange.fault_text


def test_the_answer_that_the_others_are_forged_from_is_right(parties: Parties) -> None:
    exchange = parties.judge(parties.sealed(edit(parties.signed(), lambda _: None)))
    assert exchange.outcome is Outcome.ANSWERED, exchange.fault_text
    assert isinstance(exchange.answer, Result)


@pytest.mark.parametrize("name", WRAPPINGS)
def test_signature_wrapping(parties: Parties, name: str) -> None:
    wrapped = edit(parties.signed(), WRAPPINGS[name])
    assert wrapped != parties.signed()
    proves_nothing(parties.judge(parties.sealed(wrapped)))


def test_there_are_enough_wrappings() -> None:
    assert len(WRAPPINGS) >= 12


def put_wire(parties: Parties, ogrn: str, request_id: str) -> bytes:
    """The Fund's right answer to a hospital."""
    result = RESULT.replace(REQUEST_ID, request_id)
    to = parties.hospital if ogrn == OGRN else parties.other
    return parties.sealed(parties.signed(result), to=to.certificate)


def test_an_answer_to_another_request_of_ours(parties: Parties) -> None:
    proves_nothing(parties.judge(put_wire(parties, OGRN, REQUEST_ID.replace("0a", "0b"))))


def test_an_answer_to_another_hospital_as_it_was(parties: Parties) -> None:
    proves_nothing(parties.judge(put_wire(parties, OTHER, REQUEST_ID)))


def test_an_answer_to_another_hospital_encrypted_anew_for_us(parties: Parties) -> None:
    """The signature is right, and encryption anybody can do: the requestId tells."""
    signed = parties.signed(RESULT.replace(REQUEST_ID, REQUEST_ID.replace("0a", "0c")))
    proves_nothing(parties.judge(parties.sealed(signed)))


def test_an_answer_to_another_question(parties: Parties) -> None:
    asked = parties.client.ask(parties.sender, ers_identifier=SNILS, moment=MOMENT)
    proves_nothing(parties.judge(parties.sealed(parties.signed()), asked=asked))
    put = f'<putVisitResponse xmlns="{ERS}"><requestId>{REQUEST_ID}</requestId><status>REGISTERED</status></putVisitResponse>'
    proves_nothing(parties.judge(parties.sealed(parties.signed(put))))
    empty = f'<getErsDataResponse xmlns="{ERS}"><ers/></getErsDataResponse>'
    proves_nothing(parties.judge(parties.sealed(parties.signed(empty))))


@pytest.mark.parametrize(
    ("asked_about", "hers"), [(SNILS, True), (ERS_NUMBER, True), ("11223344696", False), ("0123456780", False)]
)
def test_an_answer_about_another_woman(parties: Parties, asked_about: str, hers: bool) -> None:
    asked = parties.client.ask(parties.sender, ers_identifier=asked_about, moment=MOMENT)
    exchange = parties.judge(parties.sealed(parties.signed(CERTIFICATE)), asked=asked)
    assert (exchange.outcome is Outcome.ANSWERED) is hers, exchange.fault_text
    if not hers:
        proves_nothing(exchange)


@pytest.mark.parametrize("status", ["PROCESSED", "PROCESSING_ERROR"])
def test_a_put_is_registered_and_never_more(parties: Parties, status: str) -> None:
    """Which request a put's answer belongs to nothing in it tells: so it only ever gives an id to ask by (docs/protocol.md)."""
    put = f'<putVisitResponse xmlns="{ERS}"><requestId>{REQUEST_ID}</requestId><status>{status}</status></putVisitResponse>'
    asked = replace(parties.question, operation="putVisit")
    answer = parties.judge(parties.sealed(parties.signed(put)), asked=asked).answer
    assert isinstance(answer, Registered)
    assert answer.request_id == REQUEST_ID


def test_the_id_of_one_put_is_not_taken_for_another(quick: Parties) -> None:
    """A replayed REGISTERED would let the result of one visit count for the next; the same bytes sent again may get their id again."""
    put = f'<putVisitResponse xmlns="{ERS}"><requestId>%s</requestId><status>REGISTERED</status></putVisitResponse>'
    wire = quick.sealed(quick.signed(put % REQUEST_ID.replace("0a", "0d")))
    first = replace(quick.question, operation="putVisit")
    second = replace(first, signed=first.signed + b" ")
    assert quick.judge(wire, asked=first).outcome is Outcome.ANSWERED
    assert quick.judge(wire, asked=first).outcome is Outcome.ANSWERED
    proves_nothing(quick.judge(wire, asked=second))


def test_signed_by_another_hospital(parties: Parties) -> None:
    proves_nothing(parties.judge(parties.sealed(parties.signed(by=parties.other))))


def test_signed_by_ourselves(parties: Parties) -> None:
    proves_nothing(parties.judge(parties.sealed(parties.signed(by=parties.hospital))))


def test_our_own_request_sent_back(parties: Parties) -> None:
    proves_nothing(parties.judge(parties.sealed(parties.question.signed)))


def test_the_funds_certificate_over_another_key(parties: Parties) -> None:
    impostor = replace(parties.other, certificate=parties.fund.certificate)
    proves_nothing(parties.judge(parties.sealed(parties.signed(by=impostor))))


@pytest.mark.parametrize("checked", [False, True])
def test_another_actor_is_refused_where_the_profile_says_so(quick: Parties, checked: bool) -> None:
    profile = replace(quick.profile, check_fund_actor=checked)
    signed = quick.signed(by=replace(quick.fund, actor=f"http://eln.fss.ru/actor/mo/{FUND}"))
    client, exchange = quick.client, quick.judge(b"")
    was, client._profile = client._profile, profile
    try:
        exchange = quick.judge(quick.sealed(signed))
        right = quick.judge(quick.sealed(quick.signed()))
    finally:
        client._profile = was
    assert exchange.outcome is (Outcome.UNVERIFIABLE if checked else Outcome.ANSWERED)
    assert right.outcome is Outcome.ANSWERED


def test_every_truncation_of_an_answer(quick: Parties) -> None:
    wire, signed = quick.sealed(quick.signed()), quick.signed()
    for at in range(0, len(wire), 97):
        assert quick.judge(wire[:at]).answer is None
    for at in range(0, len(signed), 97):
        proves_nothing(quick.judge(quick.sealed(signed[:at])))


def test_one_text_for_every_failure_to_decrypt(parties: Parties) -> None:
    wire = parties.sealed(parties.signed())
    values = [(found.start(1), found.end(1)) for found in re.finditer(rb"CipherValue>([^<]+)<", wire)]
    right = parties.signed()
    forged = [
        parties.sealed(right, to=parties.other.certificate),
        parties.sealed(b"no XML"),
        parties.sealed(right[:-1]),
    ]
    for begin, end in values:
        forged += [wire[:begin] + wire[end:], wire[:begin] + wire[begin : end - 8] + wire[end:]]
        # CBC has no integrity: a change within comes out as an envelope that is none
        middle = begin + (end - begin) // 8 * 4
        forged.append(wire[:middle] + b"A" * 64 + wire[middle + 64 :])
    texts = set()
    for changed in forged:
        exchange = parties.judge(changed)
        proves_nothing(exchange)
        texts.add(exchange.fault_text)
    assert texts == {str(DecryptionError())}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_answer_by_its_form(quick: Parties, name: str) -> None:
    change, kind = FORMS[name]
    exchange = quick.judge(change(quick.sealed(quick.signed())), headers={"content-type": kind})
    proves_nothing(exchange, Outcome.PERHAPS_ACCEPTED)


@pytest.mark.parametrize("name", ["DTD", "entity bomb", "deep", "deep and closed", "wide", "many attributes"])
def test_the_same_inside_the_encryption(quick: Parties, name: str) -> None:
    proves_nothing(quick.judge(quick.sealed(FORMS[name][0](quick.signed()))))


def test_a_fault_is_never_a_success(quick: Parties) -> None:
    """A Fault beside an answer, in an answer, around an answer: the Fault counts, and it proves nothing."""
    fault = f'<s:Fault xmlns:s="{SOAP}"><faultcode>s:Server</faultcode><faultstring>f</faultstring></s:Fault>'
    inner = fault.replace("</s:Fault>", f"<detail>{RESULT}</detail></s:Fault>")
    for body in (fault, inner, fault + RESULT, RESULT + fault):
        plain = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()
        for status in (200, 500):
            proves_nothing(quick.judge(plain, status), Outcome.PERHAPS_ACCEPTED)
    proves_nothing(quick.judge(quick.sealed(quick.signed(inner))), Outcome.PERHAPS_ACCEPTED)


def test_two_encrypted_messages(quick: Parties) -> None:
    wire = quick.sealed(quick.signed())
    data = wire[wire.index(b"<xenc:EncryptedData") : wire.index(b"</soapenv:Body>")]
    proves_nothing(quick.judge(wire.replace(b"</soapenv:Body>", data + b"</soapenv:Body>")))
    assert encryption.find_encrypted(xml.parse(wire)) is not None


# Canonical XML refuses namespaces that are no absolute URIs, and lxml then raises an error of its own.
FOUND = {
    "relative namespace": (b'xmlns="http://gtw.', b'xmlns="gtw.'),
    "half a scheme": (b'xmlns="http://gtw.', b'xmlns="httpg/:/gtw.'),
    "relative namespace in SignedInfo": (b"<ds:SignedInfo>", b'<ds:SignedInfo xmlns:q="q" q:a="">'),
    "relative namespace in the Envelope": (b"<soapenv:Envelope ", b'<soapenv:Envelope xmlns:q="q" q:a="" '),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_fuzzing_found(parties: Parties, name: str) -> None:
    """Answers of a form that once raised something else than it may: the exchange ends, and proves nothing."""
    signed = parties.signed()
    changed = signed.replace(*FOUND[name])
    assert changed != signed
    proves_nothing(parties.judge(parties.sealed(changed)))


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400), status=st.sampled_from([200, 200, 200, 500, 403, 404]))
def test_any_bytes_as_a_reply(quick: Parties, data: bytes, status: int) -> None:
    assert quick.judge(data, status).answer is None


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_inside_the_encryption(quick: Parties, data: bytes) -> None:
    proves_nothing(quick.judge(quick.sealed(data)))


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_any_change_of_a_signed_answer(quick: Parties, data: st.DataObject) -> None:
    """Whatever is answered is what the Fund signed: the Header outside of the signature may change, the answer may not."""
    signed = quick.signed()
    place = data.draw(st.integers(0, len(signed) - 1))
    count = data.draw(st.integers(0, 40))
    piece = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"<!--x-->", b"<?x?>", b"&amp;", b"</x>", b"xmlns=''"]))
    )
    exchange = quick.judge(quick.sealed(signed[:place] + piece + signed[place + count :]))
    if exchange.answer is not None:
        assert exchange.answer == quick.judge(quick.sealed(signed)).answer


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60), element=st.sampled_from(["requestId", "status", "ersNumber", "code", "message"]))
def test_any_text_that_the_fund_may_sign(quick: Parties, text: str, element: str) -> None:
    """A right signature over values of any kind: an answer about this very request, or none."""
    results = "<processingResult><storage><code>1</code><message>m</message></storage></processingResult>"
    payload = RESULT.replace("</getResultByIdResponse>", f"{results}</getResultByIdResponse>")
    body = edit(payload.encode(), lambda root: next(root.iter(f"{{{ERS}}}{element}")).__setattr__("text", safe(text)))
    exchange = quick.judge(quick.sealed(quick.signed(body.decode())))
    if exchange.answer is not None:
        assert isinstance(exchange.answer, Result)
        assert exchange.answer.request_id.lower() == REQUEST_ID


def safe(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char < "\ufffe")
