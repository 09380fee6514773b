"""Elements written and read without zeep: what an answer says is what zeep would have made of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lxml import etree

from ers_sync.domain.content import Kind
from ers_sync.fss import binding as fss_binding
from ers_sync.fss import messages, parts, signature, xml
from ers_sync.fss.binding import Binding, MessageError
from ers_sync.fss.software import Software
from ers_sync.fss.xml import ERS
from tests.unit.fss import samples

ORGANIZATION = "<medicalOrganization><orgName>ЦГБ</orgName><ogrn>1026602336727</ogrn></medicalOrganization>"
ANSWERS = {
    "putVisit": "<requestId>0a1b2c3d-0000-1111-2222-333344445555</requestId><status>REGISTERED</status>",
    "getResultById": "<requestId>0a1b2c3d-0000-1111-2222-333344445555</requestId><status>PROCESSING_ERROR</status><processingResult>"
    "<storage><code>1201</code><message>a &lt; b</message></storage>"
    "<storage><code>1204</code><message>нет</message></storage></processingResult>",
    "getErsData": "<ers><storage><ersNumber>0123456789</ersNumber><createDate>2026-01-12</createDate><status>OPEN</status>"
    f"{ORGANIZATION}<person><birthdate>1994-05-06</birthdate><firstName>Мария</firstName><secondName>Петрова</secondName>"
    "<snils><snils>11223344595</snils></snils></person><tickets/><visits>"
    f"<storage><visitId>1</visitId><visitDate> 2026-02-01 </visitDate>{ORGANIZATION}</storage></visits></storage></ers>",
}


@pytest.fixture(scope="module")
def binding() -> Binding:
    return Binding(messages.WSDL)


def _leaves(part: parts.Part) -> list[parts.Part]:
    return [leaf for inner in part.inner.values() for leaf in _leaves(inner)] or [part]


def _body(payload: str) -> etree._Element:
    body = signature.new_envelope("x")
    body.append(etree.fromstring(payload))
    return body


@pytest.mark.parametrize("operation", ANSWERS)
def test_an_answer_is_read_as_zeep_reads_it(binding: Binding, operation: str) -> None:
    body = _body(f'<{operation}Response xmlns="{ERS}">{ANSWERS[operation]}</{operation}Response>')
    by_zeep = binding._operation(operation).output.body.parse(body[0], binding._client.wsdl.types)
    ours = messages.answer(operation, binding.read(body, operation))
    assert ours == messages.answer(operation, by_zeep)


@pytest.mark.parametrize("text", [" ЦГБ ", "ЦГБ\n\tг. Ревда", "a  b", "\u00a0ЦГБ", "ЦГБ&#13;&#10;"])
def test_a_name_is_read_as_zeep_reads_it(binding: Binding, text: str) -> None:
    answer = ANSWERS["getErsData"].replace("<orgName>ЦГБ<", f"<orgName>{text}<")
    body = _body(f'<getErsDataResponse xmlns="{ERS}">{answer}</getErsDataResponse>')
    by_zeep = binding._operation("getErsData").output.body.parse(body[0], binding._client.wsdl.types)
    ours = binding.read(body, "getErsData").ers.storage[0].medicalOrganization.orgName
    assert ours == by_zeep.ers.storage[0].medicalOrganization.orgName


@pytest.mark.parametrize("text", ["2024-02-29", "\n 2026-02-01 ", "2026-02-01+03:00", "2026-02-01Z"])
def test_a_day_is_read_as_zeep_reads_it(binding: Binding, text: str) -> None:
    days = [part for part in _leaves(binding._parts("getErsData")[1]) if part.name == "createDate"]
    by_zeep = binding._operation("getErsData").output.body
    answer = f"<ers><storage><ersNumber>0123456789</ersNumber><createDate>{text}</createDate><status>OPEN</status>"
    answer += f"{ORGANIZATION}<person><birthdate>1994-05-06</birthdate><firstName>М</firstName><secondName>П</secondName></person>"
    body = _body(f'<getErsDataResponse xmlns="{ERS}">{answer}<tickets/><visits/></storage></ers></getErsDataResponse>')
    assert days
    assert days[0].value(text) == by_zeep.parse(body[0], binding._client.wsdl.types).ers.storage[0].createDate


@pytest.mark.parametrize("text", ['a & b < c > d "e"', "first\r\nsecond\rthird", "]]>", "&amp;", "ёЁ😀"])
def test_a_text_comes_back_as_it_was(binding: Binding, text: str) -> None:
    content = samples.CONTENTS[Kind.PUT_VISIT] | {"obstetric_status": text}
    element = _visit(binding, content)
    found = etree.fromstring(xml.canonical(element, with_comments=False)).find(f".//{{{ERS}}}obstetricStatus")
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("text", ["\x00", "\x0b", "￾", "\ud800"])
def test_what_xml_cannot_hold_is_refused_and_not_quoted(binding: Binding, text: str) -> None:
    with pytest.raises(MessageError) as caught:
        _visit(binding, samples.CONTENTS[Kind.PUT_VISIT] | {"obstetric_status": f"secret{text}"})
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value.__context__)


def test_the_namespace_is_declared_once(binding: Binding) -> None:
    element = _visit(binding, samples.CONTENTS[Kind.PUT_VISIT])
    assert etree.tostring(element).count(ERS.encode()) == 1


def test_a_nil_is_nothing() -> None:
    leaf = parts.Part("a", "a", "<a>", "</a>", repeats=False, inner={}, text=str, value=int)
    nil = '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    assert parts.read(leaf, etree.fromstring(nil)) is None
    assert parts.read(leaf, etree.fromstring("<a>7</a>")) == 7


def _visit(binding: Binding, content: Any) -> etree._Element:
    body = signature.new_envelope("x")
    values = messages.request(Kind.PUT_VISIT, Software(), samples.sender(Kind.PUT_VISIT), content, samples.NUMBERS)
    binding.render(body, "putVisit", values)
    return body[0]


def test_the_schema_is_compiled_as_often_as_messages_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []
    compile_ = fss_binding._schema_of

    def counted(documents: Any) -> etree.XMLSchema:
        compiled.append(documents)
        return compile_(documents)

    monkeypatch.setattr(fss_binding, "_schema_of", counted)
    fresh = Binding(messages.WSDL)

    def several(_: int) -> None:
        for _ in range(5):
            _visit(fresh, samples.CONTENTS[Kind.PUT_VISIT])
        with pytest.raises(MessageError):  # a refusal gives the validator back too
            _visit(fresh, samples.CONTENTS[Kind.PUT_VISIT] | {"gestation_days": -1})

    several(0)
    assert len(compiled) == 1
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(several, range(12)))
    assert len(compiled) <= 3
